//! Adam's moments and steps, with the corrections on or off.

use crate::control::{Control, Settings};
use crate::exploration::{Exploration, Refusal};
use crate::view::View;
use figures::short;
use lab::ablation::Corrections;
use lab::experiment::bias_correction::{TraceConfig, trace};
use serde_json::json;

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "bias-correction",
    title: "Adam with and without its corrections",
    invitation: "Switch the corrections off, one at a time and both, and watch the first step. \
                 Then lower β₂ and see how soon the difference is gone.",
    controls: &[
        Control::choice(
            "beta1",
            "β₁, decay rate of m",
            &[0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99],
            "0.9",
        ),
        Control::choice(
            "beta2",
            "β₂, decay rate of v",
            &[0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999],
            "0.999",
        ),
        Control::switch("first", "correct m", true),
        Control::switch("second", "correct v", true),
        Control::choice(
            "noise",
            "noise of the gradient (its mean is 1)",
            &[0.0, 0.25, 0.5, 1.0, 2.0, 4.0],
            "0.5",
        ),
        Control::choice("steps", "steps shown", &[20.0, 60.0, 200.0, 1000.0, 4000.0], "60"),
    ],
    view,
    ..Exploration::BLANK
};

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let config = TraceConfig {
        beta1: settings.number("beta1"),
        beta2: settings.number("beta2"),
        corrections: Corrections { first: settings.on("first"), second: settings.on("second") },
        noise: settings.number("noise"),
        steps: settings.count("steps"),
        ..TraceConfig::default()
    };
    let trace = trace(&config)?;
    let largest = trace.step_size.iter().copied().fold(0.0, f64::max);
    let peak = trace.step_size.iter().position(|size| *size == largest).unwrap_or(0) + 1;
    let summary = format!(
        "The first step is {} times η. The largest of the first {} steps is {} times η, at step {peak}. At the \
         end m = {}, m̂ = {}, v = {}, v̂ = {}.",
        short(trace.step_size[0]),
        config.steps,
        short(largest),
        short(trace.first_moment[config.steps - 1]),
        short(trace.corrected_first_moment[config.steps - 1]),
        short(trace.second_moment[config.steps - 1]),
        short(trace.corrected_second_moment[config.steps - 1]),
    );
    let figures = figures::exploration::bias_correction(&config, &trace);
    let View { parts, summary, record, .. } = View::new(&figures, summary);
    let series = json!(trace).as_object().cloned().unwrap_or_default();
    Ok(View { parts, summary, record, series })
}
