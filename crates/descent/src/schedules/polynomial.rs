//! Polynomial decay to zero.
//!
//! ```text
//! η = η₀ (1 − t / T)^p    for t < T, from t = 0 at the first step; then 0 (η₀ if p = 0)
//! ```
//!
//! PyTorch's `PolynomialLR`.

use crate::schedule::{check, progress};
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// Polynomial decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Polynomial {
    /// The rate at the start: at least 0.
    pub base_lr: f64,
    /// T, after how many steps the rate is zero: at least 1.
    pub total_steps: u64,
    /// p: at least 0. One is a straight line.
    pub power: f64,
}

impl Schedule for Polynomial {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        self.base_lr * libm::pow(1.0 - progress(step, self.total_steps), self.power)
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let rates = [("base_lr", self.base_lr), ("power", self.power)];
        check("Polynomial", &rates, &[("total_steps", self.total_steps)])
    }
}
