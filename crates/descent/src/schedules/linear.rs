//! A straight line from one rate to another.
//!
//! ```text
//! η = η₀ + (η_min − η₀) t / T     for t < T, from t = 0 at the first step; then η_min
//! ```
//!
//! Optax's `linear_schedule`.

use crate::schedule::{check, progress, straight_line};
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// A straight line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// The rate at the start: at least 0.
    pub base_lr: f64,
    /// The rate from step T + 1 on: at least 0.
    pub min_lr: f64,
    /// T: at least 1.
    pub total_steps: u64,
}

impl Schedule for Linear {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        straight_line(self.base_lr, self.min_lr, progress(step, self.total_steps))
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let rates = [("base_lr", self.base_lr), ("min_lr", self.min_lr)];
        check("Linear", &rates, &[("total_steps", self.total_steps)])
    }
}
