//! Sharpness at the edge of stability.

use crate::{Curves, Figure};
use lab::experiment::edge_of_stability::Edge;

/// The sharpness of each run over its limit, against the step; preconditioned where the rule is.
pub fn edge_of_stability(runs: &[(&str, Edge)]) -> Figure {
    let chart = Curves::new(
        "Sharpness over its limit",
        "The largest eigenvalue of the Hessian, preconditioned for adaptive rules, divided by the value \
         above which a quadratic would diverge, against the training step.",
    )
    .axes("step", "sharpness / limit")
    .level("limit", 1.0);
    let add = |chart: Curves, (name, run): &(&str, Edge)| {
        let steps: Vec<f64> = run.steps.iter().map(|step| *step as f64).collect();
        let share: Vec<f64> =
            run.preconditioned.iter().map(|sharpness| sharpness / run.limit).collect();
        chart.curve(name, &steps, &share)
    };
    runs.iter().fold(chart, add).figure()
}

/// The loss of each run against the step.
pub fn losses_at_the_edge(runs: &[(&str, Edge)]) -> Figure {
    let chart = Curves::new(
        "Loss at the edge of stability",
        "The training loss against the step, for runs whose sharpness hovers at its limit.",
    )
    .axes("step", "training loss")
    .log_y();
    let add = |chart: Curves, (name, run): &(&str, Edge)| {
        let steps: Vec<f64> = (1..=run.losses.len()).map(|step| step as f64).collect();
        chart.curve(name, &steps, &run.losses)
    };
    runs.iter().fold(chart, add).figure()
}
