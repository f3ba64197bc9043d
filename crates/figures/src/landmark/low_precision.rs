//! Adam's memory and its gradients in 16 bits and in 8.

use crate::{Curves, Figure};
use lab::experiment::low_precision::{DigitsRun, LostGradients};

/// The mean of v after each step, for each way to keep it.
pub fn second_moments(ways: &[(&str, Vec<f64>)]) -> Figure {
    let chart = Curves::new(
        "A second moment that cannot fall",
        "The mean of Adam's v against the step. Half-way the gradients fall to a hundredth, and v should \
         fall to a ten-thousandth.",
    )
    .axes("step", "mean of v")
    .log_y()
    .y_range(1e-2, 3.0);
    let add = |chart: Curves, (name, means): &(&str, Vec<f64>)| {
        let steps: Vec<f64> = (1..=means.len()).map(|step| step as f64).collect();
        chart.curve(name, &steps, means)
    };
    ways.iter().fold(chart, add).figure()
}

/// The shares of gradients that become zero and infinite in fp16, against the loss scale.
pub fn lost_gradients(found: &LostGradients) -> Figure {
    Curves::new(
        "What fp16 loses",
        "The share of a network's gradients that are zero in fp16, and the share that are infinite, against \
         what the loss is multiplied by before.",
    )
    .axes("loss scale", "share of gradients")
    .log_x()
    .marked_curve("become zero", &found.scales, &found.underflowing)
    .marked_curve("become infinite", &found.scales, &found.overflowing)
    .figure()
}

/// The training losses of runs that keep Adam's moments in different ways.
pub fn losses_by_moments(runs: &[(&str, DigitsRun)]) -> Figure {
    let chart = Curves::new(
        "Adam with moments of eight bits",
        "The training loss on the digits against the step, for several ways to keep Adam's moments.",
    )
    .axes("step", "training loss")
    .log_y()
    .y_range(1e-3, 1e7);
    let add = |chart: Curves, (name, run): &(&str, DigitsRun)| {
        let steps: Vec<f64> = (1..=run.losses.len()).map(|step| step as f64).collect();
        chart.curve(name, &steps, &run.losses)
    };
    runs.iter().fold(chart, add).figure()
}
