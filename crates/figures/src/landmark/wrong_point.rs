//! Where Adam and its relatives go on Reddi's problems.

use crate::{Curves, Figure};
use lab::experiment::wrong_point::Descent;

/// The position of each rule by step, with the best point and the worst.
pub fn wrong_point(runs: &[(&str, Descent)]) -> Figure {
    let chart = Curves::new(
        "Where each rule goes",
        "The position between −1, which is best, and +1, which is worst, against the step, for several \
         rules on the same sequence of linear losses.",
    )
    .axes("step", "position x")
    .log_x()
    .y_range(-1.1, 1.1)
    .level("worst", 1.0)
    .level("best", -1.0);
    let add = |chart: Curves, (name, run): &(&str, Descent)| {
        let steps: Vec<f64> = run.steps.iter().map(|step| *step as f64).collect();
        chart.curve(name, &steps, &run.positions)
    };
    runs.iter().fold(chart, add).figure()
}
