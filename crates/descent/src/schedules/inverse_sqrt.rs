//! Linear warmup, then decay with the square root of the step: the original Transformer's.
//!
//! ```text
//! η = η₀ min((t + 1) / w, √(w / (t + 1)))    t = 0 at the first step
//! ```
//!
//! Vaswani et al. (2017), section 5.3, where η₀ = 1/√(d w) for a model of width d. It has no end.

use crate::schedule::check;
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// Inverse square root decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct InverseSqrt {
    /// The peak, which the last step of the warmup has: at least 0.
    pub base_lr: f64,
    /// w: at least 1.
    pub warmup_steps: u64,
}

impl Schedule for InverseSqrt {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        let (step, warmup_steps) = (step.max(1) as f64, self.warmup_steps as f64);
        self.base_lr * (step / warmup_steps).min((warmup_steps / step).sqrt())
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let lengths = [("warmup_steps", self.warmup_steps)];
        check("InverseSqrt", &[("base_lr", self.base_lr)], &lengths)
    }
}
