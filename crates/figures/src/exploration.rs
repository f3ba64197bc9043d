//! The pictures of the page's explorations, which are also their static form.

use crate::{Curves, Figure};
use lab::experiment::bias_correction::{Trace, TraceConfig};

/// Adam's moments over time, with and without their corrections, and the size of its steps.
pub fn bias_correction(config: &TraceConfig, trace: &Trace) -> [Figure; 2] {
    let steps: Vec<f64> = (1..=config.steps).map(|t| t as f64).collect();
    let square = config.mean * config.mean + config.noise * config.noise;
    let moments = Curves::new(
        "Moments",
        "Adam's two moving averages at each step, before and after bias correction.",
    )
    .axes("step t", "moment")
    .curve("m", &steps, &trace.first_moment)
    .curve("m̂", &steps, &trace.corrected_first_moment)
    .curve("v", &steps, &trace.second_moment)
    .curve("v̂", &steps, &trace.corrected_second_moment)
    .level("E[g]", config.mean)
    .level("E[g²]", square)
    .figure()
    .caption(
        "The uncorrected averages start at 0 and climb; the corrected ones start at the first \
         gradient and its square.",
    );
    let step_size = Curves::new(
        "Size of the step",
        "How far Adam moves at each step, in units of the learning rate.",
    )
    .axes("step t", "|Δθ| / η")
    .curve("step", &steps, &trace.step_size)
    .level("η", 1.0)
    .figure()
    .caption(
        "With both corrections the first step is the learning rate. Switch one or both off \
             and compare the first few.",
    );
    [moments, step_size]
}
