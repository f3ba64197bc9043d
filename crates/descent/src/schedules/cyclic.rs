//! A rate that goes up and down between two bounds.
//!
//! Smith (2017), section 3: up in a straight line from `base_lr` to `max_lr`, down again, over and
//! over; in mode `Triangular2` each cycle is half as high as the last. PyTorch's `CyclicLR`. It has no
//! end.

use crate::schedule::check;
use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// A cyclical rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cyclic {
    /// The lower bound, where every cycle begins: at least 0.
    pub base_lr: f64,
    /// The upper bound of the first cycle: at least 0.
    pub max_lr: f64,
    /// How many steps the way up has: at least 1.
    pub step_size_up: u64,
    /// How many steps the way down has: at least 1.
    pub step_size_down: u64,
    /// How high later cycles are.
    pub mode: CyclicMode,
}

/// How high the cycles of [`Cyclic`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CyclicMode {
    /// All alike.
    Triangular,
    /// Each half as high as the one before.
    Triangular2,
}

impl Schedule for Cyclic {
    // ANCHOR: learning_rate
    fn learning_rate(&self, step: u64) -> f64 {
        let length = self.step_size_up.saturating_add(self.step_size_down).max(1);
        let (cycle, into) = (step.saturating_sub(1) / length, step.saturating_sub(1) % length);
        let height = if into <= self.step_size_up {
            into as f64 / self.step_size_up as f64
        } else {
            (length - into) as f64 / self.step_size_down as f64
        };
        let scale = match self.mode {
            CyclicMode::Triangular => 1.0,
            CyclicMode::Triangular2 => libm::pow(0.5, cycle as f64),
        };
        self.base_lr + (self.max_lr - self.base_lr) * height * scale
    }
    // ANCHOR_END: learning_rate

    fn validate(&self) -> Result<(), HyperparameterError> {
        let rates = [("base_lr", self.base_lr), ("max_lr", self.max_lr)];
        let lengths =
            [("step_size_up", self.step_size_up), ("step_size_down", self.step_size_down)];
        check("Cyclic", &rates, &lengths)
    }
}
