//! Linear warmup, then cosine decay: what most large models are trained with.
//!
//! ```text
//! η = η_init + (η₀ − η_init) t / w                            for t < w, from t = 0
//! η = η_min + ½ (η₀ − η_min) (1 + cos(π (t − w) / (T − w)))   for w ≤ t < T; then η_min
//! ```
//!
//! Optax's `warmup_cosine_decay_schedule`: T counts the warmup too. With η_init = 0 the first step has
//! the rate zero; [`Warmup`](crate::Warmup) has a warmup that does not waste it.

use crate::schedule::{check, half_cosine, progress};
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// Warmup and cosine decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WarmupCosine {
    /// The first rate: at least 0.
    pub initial_lr: f64,
    /// The rate after warmup: at least 0.
    pub base_lr: f64,
    /// w: fewer than T.
    pub warmup_steps: u64,
    /// T, warmup and decay together: at least 1.
    pub total_steps: u64,
    /// The rate from step T + 1 on: at least 0.
    pub min_lr: f64,
}

impl Schedule for WarmupCosine {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        let step = step.max(1);
        if step <= self.warmup_steps {
            let progress = progress(step, self.warmup_steps);
            return self.initial_lr + (self.base_lr - self.initial_lr) * progress;
        }
        let decay_steps = self.total_steps.saturating_sub(self.warmup_steps);
        let progress = progress(step - self.warmup_steps, decay_steps);
        half_cosine(self.base_lr, self.min_lr, progress)
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let rates =
            [("initial_lr", self.initial_lr), ("base_lr", self.base_lr), ("min_lr", self.min_lr)];
        let decay_steps = self.total_steps.saturating_sub(self.warmup_steps);
        check("WarmupCosine", &rates, &[("total_steps - warmup_steps", decay_steps)])
    }
}
