//! Steps and learning rates against the batch size.

use crate::{Curves, Figure};
use lab::experiment::scaling::{BestRates, StepsByBatch};

/// How many steps a loss takes at each batch size, for each method.
pub fn steps_by_batch(methods: &[(&str, StepsByBatch)]) -> Figure {
    let chart = Curves::new(
        "Steps by batch size",
        "The fewest steps that bring the expected loss of the noisy quadratic model to a target, against \
         the batch size, each with its best learning rate.",
    )
    .axes("batch size B", "steps")
    .log_x()
    .log_y();
    let add = |chart: Curves, (name, found): &(&str, StepsByBatch)| {
        chart.marked_curve(name, &found.batch_sizes, &found.steps)
    };
    methods.iter().fold(chart, add).figure()
}

/// The best learning rate at each batch size, for each rule.
pub fn rates_by_batch(rules: &[(&str, BestRates)]) -> Figure {
    let chart = Curves::new(
        "Best learning rate by batch size",
        "The learning rate with the lowest final loss, against the batch size, at a fixed number of \
         examples.",
    )
    .axes("batch size B", "best learning rate")
    .log_x()
    .log_y();
    let add = |chart: Curves, (name, found): &(&str, BestRates)| {
        chart.marked_curve(name, &found.batch_sizes, &found.best)
    };
    rules.iter().fold(chart, add).figure()
}
