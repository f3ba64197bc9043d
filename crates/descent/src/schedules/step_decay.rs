//! Step decay: the rate is cut at fixed intervals.
//!
//! ```text
//! η = η₀ γ^⌊t / s⌋        t = 0 at the first step
//! ```
//!
//! PyTorch's `StepLR`.

use crate::schedule::check;
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// Step decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDecay {
    /// The rate at the start: at least 0.
    pub base_lr: f64,
    /// s, how many steps pass between two cuts: at least 1.
    pub step_size: u64,
    /// γ, what the rate is multiplied by at each cut: at least 0.
    pub gamma: f64,
}

impl Schedule for StepDecay {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        let cuts = step.saturating_sub(1) / self.step_size.max(1);
        self.base_lr * libm::pow(self.gamma, cuts as f64)
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let rates = [("base_lr", self.base_lr), ("gamma", self.gamma)];
        check("StepDecay", &rates, &[("step_size", self.step_size)])
    }
}
