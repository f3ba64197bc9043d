//! What faults look like.

use crate::{Curves, Figure};
use lab::experiment::planted_faults::Run;

/// The root mean square update of each run in units of the learning rate.
pub fn update_sizes(runs: &[(&str, Run)]) -> Figure {
    let sizes = |run: &Run| run.telemetry.iter().map(|step| step.update_rms).collect::<Vec<_>>();
    over_steps(
        "The step in units of the rate",
        "The root mean square update divided by the learning rate, against the training step, for runs \
         with one thing wrong each.",
        "update / rate",
        runs,
        sizes,
    )
}

/// The training loss of each run.
pub fn losses_of_faults(runs: &[(&str, Run)]) -> Figure {
    let losses = |run: &Run| {
        let losses: Vec<f64> = run.telemetry.iter().map(|step| step.loss).collect();
        lab::statistics::moving_mean(&losses, 10)
    };
    over_steps(
        "The loss of the same runs",
        "The training loss, averaged over ten steps, against the training step, for the same runs.",
        "training loss",
        runs,
        losses,
    )
}

fn over_steps(
    title: &str,
    description: &str,
    label: &str,
    runs: &[(&str, Run)],
    values: impl Fn(&Run) -> Vec<f64>,
) -> Figure {
    let chart = Curves::new(title, description).axes("step", label).log_y();
    let add = |chart: Curves, (name, run): &(&str, Run)| {
        let values = values(run);
        // A moving average begins when its first window is full.
        let first = run.telemetry.len() - values.len() + 1;
        let steps: Vec<f64> = (first..first + values.len()).map(|step| step as f64).collect();
        chart.curve(name, &steps, &values)
    };
    runs.iter().fold(chart, add).figure()
}
