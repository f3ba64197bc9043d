//! The variance of Adam's rate in the first steps, and the size of its step.

use crate::{Curves, Figure};
use lab::experiment::rectification::Variances;

/// The variance of 1/√v̂, measured and predicted, and the root mean square update.
pub fn rectification(found: &Variances) -> Figure {
    let steps: Vec<f64> = found.steps.iter().map(|step| *step as f64).collect();
    Curves::new(
        "Adam's rate and Adam's step",
        "On gradients of pure noise, against the step: the variance of the rate 1/√v̂, measured and as the \
         degrees of freedom predict it, and the root mean square step in units of the learning rate.",
    )
    .axes("step", "variance; step")
    .log_x()
    .log_y()
    .marked_curve("variance of 1/√v̂", &steps, &found.measured)
    .curve("predicted", &steps, &found.predicted)
    .marked_curve("root mean square step", &steps, &found.update_rms)
    .figure()
}
