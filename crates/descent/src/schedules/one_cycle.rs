//! One cycle: up from a fraction of the peak, then down to almost nothing, along half cosines.
//!
//! Smith and Topin (2018); PyTorch's `OneCycleLR` in two phases with cosine annealing. The peak is at
//! step `pct_start` · T, the end at step T.

use crate::schedule::{check, half_cosine};
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// One cycle.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneCycle {
    /// The peak: at least 0.
    pub max_lr: f64,
    /// T, the length of the cycle: at least 1.
    pub total_steps: u64,
    /// The fraction of the cycle that goes up: in [0, 1].
    pub pct_start: f64,
    /// The first rate is the peak divided by this: above 0.
    pub div_factor: f64,
    /// The last rate is the first divided by this: above 0.
    pub final_div_factor: f64,
}

impl OneCycle {
    /// A cycle with PyTorch's proportions: 30 % up, from a 25th of the peak, down to a 10 000th of
    /// that.
    pub fn new(max_lr: f64, total_steps: u64) -> Self {
        Self { max_lr, total_steps, pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4 }
    }
}

impl Schedule for OneCycle {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        let first = self.max_lr / self.div_factor;
        let last = first / self.final_div_factor;
        // As in PyTorch, the peak may fall between two steps.
        let peak = self.pct_start * self.total_steps as f64 - 1.0;
        let end = self.total_steps as f64 - 1.0;
        let now = (step.saturating_sub(1) as f64).min(end);
        if now <= peak {
            let progress = if peak > 0.0 { now / peak } else { 1.0 };
            half_cosine(first, self.max_lr, progress)
        } else {
            half_cosine(self.max_lr, last, (now - peak) / (end - peak))
        }
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_fraction("OneCycle", "pct_start", self.pct_start)?;
        HyperparameterError::check_positive("OneCycle", "div_factor", self.div_factor)?;
        HyperparameterError::check_positive("OneCycle", "final_div_factor", self.final_div_factor)?;
        let lengths = [("total_steps", self.total_steps)];
        check("OneCycle", &[("max_lr", self.max_lr)], &lengths)
    }
}
