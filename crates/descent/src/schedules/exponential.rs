//! Exponential decay.
//!
//! ```text
//! η = η₀ γᵗ               t = 0 at the first step
//! ```
//!
//! PyTorch's `ExponentialLR`.

use crate::schedule::check;
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// Exponential decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exponential {
    /// The rate at the start: at least 0.
    pub base_lr: f64,
    /// γ, what the rate is multiplied by at each step: at least 0.
    pub gamma: f64,
}

impl Schedule for Exponential {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        self.base_lr * libm::pow(self.gamma, step.saturating_sub(1) as f64)
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        check("Exponential", &[("base_lr", self.base_lr), ("gamma", self.gamma)], &[])
    }
}
