//! Losses on a text.

use crate::{Curves, Figure};
use lab::statistics::moving_mean;

/// The training losses of several runs, averaged over twenty steps.
pub fn losses_on_text(runs: &[(&str, Vec<f64>)]) -> Figure {
    const WINDOW: usize = 20;
    let chart = Curves::new(
        "Training loss on a text",
        "The loss in nats a character, averaged over twenty steps, against the training step.",
    )
    .axes("step", "loss (nats a character)");
    let add = |chart: Curves, (name, losses): &(&str, Vec<f64>)| {
        let smooth = moving_mean(losses, WINDOW);
        let steps: Vec<f64> = (0..smooth.len()).map(|step| (step + WINDOW) as f64).collect();
        chart.curve(name, &steps, &smooth)
    };
    runs.iter().fold(chart, add).figure()
}
