//! The telemetry of a run that is to be diagnosed.

use crate::{Curves, Figure};
use lab::experiment::planted_faults::Run;
use lab::train::Telemetry;

/// Loss, gradient, step size, learning rate, and what each tensor does: five figures. Of several
/// runs, such as one before and one after a change of settings, each has a curve; the tensors are
/// those of the last.
pub fn telemetry(runs: &[(&str, &Run)]) -> Vec<Figure> {
    let mut figures = vec![
        over_steps("Training loss", "loss of the batch", runs, |step| step.loss),
        over_steps("Gradient norm", "norm, before clipping", runs, |step| step.gradient_norm),
        over_steps("The step in units of the rate", "update / rate", runs, |step| step.update_rms),
        over_steps("Learning rate", "rate", runs, |step| step.learning_rate),
    ];
    if let Some((_, run)) = runs.last() {
        figures.push(tensors(run));
    }
    figures
}

fn over_steps(
    title: &str,
    label: &str,
    runs: &[(&str, &Run)],
    value: impl Fn(&Telemetry) -> f64,
) -> Figure {
    let description = format!("{title} against the training step.");
    let chart = Curves::new(title, &description).axes("step", label).log_y();
    let add = |chart: Curves, (name, run): &(&str, &Run)| {
        let points = run.telemetry.iter().map(|step| (step.step as f64, value(step)));
        let (steps, values): (Vec<f64>, Vec<f64>) = points.filter(|point| shows(point.1)).unzip();
        chart.curve(name, &steps, &values)
    };
    runs.iter().fold(chart, add).figure()
}

/// What a logarithmic axis can show.
fn shows(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

/// The size of each matrix and gain, relative to its first.
fn tensors(run: &Run) -> Figure {
    let description = "The norm of each matrix, and of each gain of a norm, divided by what it was at \
                       the start, against the training step.";
    let mut chart = Curves::new("The size of each tensor", description)
        .axes("step", "norm / first norm")
        .log_y();
    let first = run.telemetry.first().map(|step| step.layers.as_slice()).unwrap_or_default();
    for (place, layer) in first.iter().enumerate() {
        if !(layer.name.starts_with("weight") || layer.name.starts_with("gain")) {
            continue;
        }
        let norm = |step: &Telemetry| step.layers.get(place).map_or(f64::NAN, |l| l.weight_norm);
        let points =
            run.telemetry.iter().map(|step| (step.step as f64, norm(step) / layer.weight_norm));
        let (steps, values): (Vec<f64>, Vec<f64>) = points.filter(|point| shows(point.1)).unzip();
        chart = chart.curve(&layer.name, &steps, &values);
    }
    chart.figure()
}
