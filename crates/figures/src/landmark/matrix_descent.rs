//! Preconditioners on a matrix problem, and on the digits.

use crate::{Curves, Figure};
use lab::experiment::matrix_descent::Outcome;

/// The relative loss of each contestant against the step.
pub fn matrix_race(title: &str, outcomes: &[(&str, Outcome)]) -> Figure {
    let chart = Curves::new(
        title,
        "The loss divided by that at the start, against the step, for several rules on one least-squares \
         problem whose parameters are a matrix, each with its best learning rate.",
    )
    .axes("step", "relative loss")
    .log_y();
    let add = |chart: Curves, (name, outcome): &(&str, Outcome)| {
        let steps: Vec<f64> = (1..=outcome.losses.len()).map(|step| step as f64).collect();
        let losses: Vec<f64> = outcome.losses.iter().map(|loss| loss.max(1e-15)).collect();
        chart.curve(name, &steps, &losses)
    };
    outcomes.iter().fold(chart, add).figure()
}

/// The test loss of each way to train on the digits against its peak rate.
pub fn ways_on_digits(ways: &[(&str, Vec<f64>, Vec<f64>)]) -> Figure {
    let chart = Curves::new(
        "Test loss by peak rate",
        "The loss on test images of the digits after 300 steps against the peak learning rate, for several \
         rules and schedules.",
    )
    .axes("peak learning rate", "test loss")
    .log_x()
    .log_y();
    let add = |chart: Curves, (name, rates, losses): &(&str, Vec<f64>, Vec<f64>)| {
        chart.marked_curve(name, rates, losses)
    };
    ways.iter().fold(chart, add).figure()
}
