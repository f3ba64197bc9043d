//! When SGD leaves a minimum.

use crate::{Curves, Figure};

/// The share of runs that leave a minimum against the learning rate, for each way to take gradients.
pub fn share_that_leaves(learning_rates: &[f64], ways: &[(&str, Vec<f64>)]) -> Figure {
    let chart = Curves::new(
        "Leaving a minimum",
        "The share of runs that leave one of two minima of the same curvature, against the learning rate.",
    )
    .axes("learning rate η", "share of runs");
    let add = |chart: Curves, (name, shares): &(&str, Vec<f64>)| {
        chart.marked_curve(name, learning_rates, shares)
    };
    ways.iter().fold(chart, add).figure()
}
