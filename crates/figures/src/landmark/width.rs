//! The best learning rate by the width of a network.

use crate::{Curves, Figure};
use lab::experiment::width::BestRates;

/// The best rate at each width, for each parametrization.
pub fn rates_by_width(parametrizations: &[(&str, BestRates)]) -> Figure {
    let chart = Curves::new(
        "Best learning rate by width",
        "The learning rate of Adam with the lowest training loss against the width of a perceptron, for \
         two parametrizations.",
    )
    .axes("width", "best learning rate")
    .log_x()
    .log_y();
    let add = |chart: Curves, (name, found): &(&str, BestRates)| {
        let widths: Vec<f64> = found.widths.iter().map(|width| *width as f64).collect();
        chart.marked_curve(name, &widths, &found.best)
    };
    parametrizations.iter().fold(chart, add).figure()
}
