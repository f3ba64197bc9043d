//! Schedules at equal budget.

use crate::{Curves, Figure};
use lab::experiment::schedules::TunedSchedule;

/// The expected loss of each schedule over its run.
pub fn tuned_schedules(runs: &[(&str, TunedSchedule)]) -> Figure {
    let chart = Curves::new(
        "Schedules, each with its best peak",
        "The expected loss of the noisy quadratic model against the step, for several schedules of the same \
         length.",
    )
    .axes("step", "expected loss")
    .log_y();
    let add = |chart: Curves, (name, run): &(&str, TunedSchedule)| {
        let steps: Vec<f64> = (1..=run.losses.len()).map(|step| step as f64).collect();
        chart.curve(name, &steps, &run.losses)
    };
    runs.iter().fold(chart, add).figure()
}
