//! Half a cosine wave from one rate to another.
//!
//! ```text
//! η = η_min + ½ (η₀ − η_min) (1 + cos(π t / T))     for t < T, from t = 0; then η_min
//! ```
//!
//! Loshchilov and Hutter (2017), equation 5, without restarts; PyTorch's `CosineAnnealingLR`, whose
//! rate rises again after T where this one stays.

use crate::schedule::{check, half_cosine, progress};
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// Cosine decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cosine {
    /// The rate at the start: at least 0.
    pub base_lr: f64,
    /// The rate from step T + 1 on: at least 0.
    pub min_lr: f64,
    /// T: at least 1.
    pub total_steps: u64,
}

impl Schedule for Cosine {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        half_cosine(self.base_lr, self.min_lr, progress(step, self.total_steps))
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let rates = [("base_lr", self.base_lr), ("min_lr", self.min_lr)];
        check("Cosine", &rates, &[("total_steps", self.total_steps)])
    }
}
