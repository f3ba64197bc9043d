//! WSD: linear warmup, a long plateau, and a short linear decay.
//!
//! ```text
//! η = η₀ (t + 1) / w                              for t < w, from t = 0 at the first step
//! η = η₀                                          for t < w + s
//! η = η₀ + (η_min − η₀) (t − w − s) / d           for t < w + s + d; then η_min
//! ```
//!
//! Hu et al. (2024), MiniCPM, section 4, with a linear decay (Hägele et al. 2024). The plateau can
//! be prolonged without having been planned.

use crate::schedule::{check, straight_line};
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// Warmup, stable, decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WarmupStableDecay {
    /// η₀, the rate of the plateau: at least 0.
    pub base_lr: f64,
    /// w.
    pub warmup_steps: u64,
    /// s.
    pub stable_steps: u64,
    /// d. Zero drops the rate at once.
    pub decay_steps: u64,
    /// η_min, the rate at the end: at least 0.
    pub min_lr: f64,
}

impl Schedule for WarmupStableDecay {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        let step = step.max(1);
        if step <= self.warmup_steps {
            return self.base_lr * step as f64 / self.warmup_steps as f64;
        }
        let plateau_end = self.warmup_steps.saturating_add(self.stable_steps);
        if step <= plateau_end {
            return self.base_lr;
        }
        let into = step - 1 - plateau_end;
        let progress =
            if into < self.decay_steps { into as f64 / self.decay_steps as f64 } else { 1.0 };
        straight_line(self.base_lr, self.min_lr, progress)
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let rates = [("base_lr", self.base_lr), ("min_lr", self.min_lr)];
        check("WarmupStableDecay", &rates, &[])
    }
}
