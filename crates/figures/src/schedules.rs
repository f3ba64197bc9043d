//! Learning-rate schedules, drawn.

use crate::{Curves, Figure};
use descent::Schedule;

/// The rates of one or more schedules over their first steps.
///
/// ```
/// use descent::{Cosine, Warmup};
///
/// let cosine = Cosine { base_lr: 1e-3, min_lr: 0.0, total_steps: 900 };
/// let figure = figures::schedules(1000, &[
///     ("cosine", &cosine),
///     ("with warmup", &Warmup::new(100, cosine)),
/// ]);
/// assert!(figure.svg().contains("with warmup"));
/// ```
pub fn schedules(steps: u64, schedules: &[(&str, &dyn Schedule)]) -> Figure {
    let at: Vec<f64> = (1..=steps).map(|step| step as f64).collect();
    let names: Vec<&str> = schedules.iter().map(|(name, _)| *name).collect();
    let description = format!("The learning rate at each step: {}.", names.join(", "));
    let chart = Curves::new("Learning-rate schedule", &description).axes("step", "learning rate");
    schedules
        .iter()
        .fold(chart, |chart, (name, schedule)| chart.curve(name, &at, &schedule.rates(steps)))
        .figure()
}
