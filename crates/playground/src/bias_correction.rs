//! Adam's moments and steps, with the corrections on or off.

use crate::exploration::{Control, Exploration, Kind, View};
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
        Control {
            name: "beta1",
            label: "β₁, decay rate of m",
            kind: Kind::Choice(&[0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99]),
            value: 0.9,
        },
        Control {
            name: "beta2",
            label: "β₂, decay rate of v",
            kind: Kind::Choice(&[0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999]),
            value: 0.999,
        },
        Control { name: "first", label: "correct m", kind: Kind::Switch, value: 1.0 },
        Control { name: "second", label: "correct v", kind: Kind::Switch, value: 1.0 },
        Control {
            name: "noise",
            label: "noise of the gradient (its mean is 1)",
            kind: Kind::Choice(&[0.0, 0.25, 0.5, 1.0, 2.0, 4.0]),
            value: 0.5,
        },
        Control {
            name: "steps",
            label: "steps shown",
            kind: Kind::Choice(&[20.0, 60.0, 200.0, 1000.0, 4000.0]),
            value: 60.0,
        },
    ],
    view,
};

fn view(settings: &[f64]) -> Result<View, String> {
    let [beta1, beta2, first, second, noise, steps] = settings else {
        return Err("the exploration takes six settings".to_owned());
    };
    let config = TraceConfig {
        beta1: *beta1,
        beta2: *beta2,
        corrections: Corrections { first: *first == 1.0, second: *second == 1.0 },
        noise: *noise,
        steps: *steps as usize,
        ..TraceConfig::default()
    };
    let trace = trace(&config).map_err(|error| error.to_string())?;
    let largest = trace.step_size.iter().copied().fold(0.0, f64::max);
    let peak = trace.step_size.iter().position(|size| *size == largest).unwrap_or(0) + 1;
    let summary = format!(
        "The first step is {} η. The largest of the first {} steps is {} η, at step {peak}. At the \
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
    let serde_json::Value::Object(series) = json!(trace) else {
        return Err("a trace is an object".to_owned());
    };
    Ok(View { figures: figures.iter().map(figures::Figure::html).collect(), summary, series })
}
