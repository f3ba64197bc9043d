//! How far each token is from being learned, by its rank.

use crate::{Curves, Figure};
use lab::experiment::heavy_tails::Excess;

/// The excess loss of each token against its rank, for each run.
pub fn heavy_tails(runs: &[(&str, Excess)]) -> Figure {
    let chart = Curves::new(
        "Frequent tokens and rare ones",
        "The loss of each token above the lowest possible one, in nats, against the token's rank by \
         frequency, for several rules after the same number of steps.",
    )
    .axes("rank of the token", "excess loss")
    .log_x()
    .log_y();
    let add = |chart: Curves, (name, run): &(&str, Excess)| {
        let ranks: Vec<f64> = (1..=run.tokens.len()).map(|rank| rank as f64).collect();
        // Rounding leaves some at or below zero, which a logarithmic axis does not show.
        let excess: Vec<f64> = run.tokens.iter().map(|excess| excess.max(1e-9)).collect();
        chart.curve(name, &ranks, &excess)
    };
    runs.iter().fold(chart, add).figure()
}
