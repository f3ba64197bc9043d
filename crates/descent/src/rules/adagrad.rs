//! Adagrad: each coordinate's step shrinks with all the gradient it has seen.
//!
//! ```text
//! s ← s + g²
//! θ ← θ − η g / (√s + ε)
//! ```
//!
//! Duchi, Hazan and Singer (2011), Figure 1, with the diagonal matrix. ε is outside the root, as in
//! PyTorch; Optax adds it inside. PyTorch's `lr_decay` is a schedule of its own and is left to
//! schedules here.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// Adagrad.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adagrad {
    /// ε, added to the root: at least 0, in units of the gradient.
    pub eps: f64,
    /// What s starts at: at least 0, in units of the gradient squared.
    pub initial_accumulator_value: f64,
}

impl Default for Adagrad {
    /// PyTorch's settings: ε = 10⁻¹⁰, s₀ = 0.
    fn default() -> Self {
        Self { eps: 1e-10, initial_accumulator_value: 0.0 }
    }
}

impl Elementwise for Adagrad {
    type Memory<F: Real> = [F; 1];
    const MEMORY: &'static [&'static str] = &["sum_of_squares"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_non_negative("Adagrad", "eps", self.eps)?;
        let start = self.initial_accumulator_value;
        HyperparameterError::check_non_negative("Adagrad", "initial_accumulator_value", start)
    }

    fn start<F: Real>(&self) -> [F; 1] {
        [F::of(self.initial_accumulator_value)]
    }

    // ANCHOR: update
    fn update<F: Real>(&self, _step: u64, learning_rate: f64) -> impl Update<F, [F; 1]> {
        let [learning_rate, eps] = [learning_rate, self.eps].map(F::of);
        move |theta, g, [s]| {
            let s = s + g * g;
            (theta - learning_rate * g / (s.sqrt() + eps), [s])
        }
    }
    // ANCHOR_END: update
}
