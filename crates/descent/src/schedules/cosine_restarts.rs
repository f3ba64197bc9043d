//! Cosine decay with warm restarts.
//!
//! Each period goes from the base rate to the least one as [`Cosine`](crate::Cosine) does; each is
//! `period_mult` times as long as the one before. Loshchilov and Hutter (2017), SGDR, equation 5;
//! PyTorch's `CosineAnnealingWarmRestarts`. It has no end.

use crate::schedule::{check, half_cosine};
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// Cosine decay with restarts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CosineRestarts {
    /// The rate at the start: at least 0.
    pub base_lr: f64,
    /// How many steps the first period has: at least 1.
    pub first_period: u64,
    /// How many times longer each period is than the last: at least 1.
    pub period_mult: u64,
    /// The rate that a period approaches and never takes: at least 0.
    pub min_lr: f64,
}

impl Schedule for CosineRestarts {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        let (mut into, mut period) = (step.saturating_sub(1), self.first_period.max(1));
        if self.period_mult <= 1 {
            into %= period;
        }
        while into >= period {
            into -= period;
            period = period.saturating_mul(self.period_mult);
        }
        half_cosine(self.base_lr, self.min_lr, into as f64 / period as f64)
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let rates = [("base_lr", self.base_lr), ("min_lr", self.min_lr)];
        let lengths = [("first_period", self.first_period), ("period_mult", self.period_mult)];
        check("CosineRestarts", &rates, &lengths)
    }
}
