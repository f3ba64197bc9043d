//! Lion: the sign of an interpolation between momentum and gradient.
//!
//! ```text
//! c = β₁ m + (1 − β₁) g
//! θ ← θ − η (sign(c) + λ θ)
//! m ← β₂ m + (1 − β₂) g
//! ```
//!
//! Chen et al. (2023), Algorithm 2. The step is taken along c, which weighs the present gradient
//! more than the memory m does. The decay is decoupled and multiplied by η, as in Optax. The sign
//! of zero is zero.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// Lion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lion {
    /// β₁, the weight of the memory in the step: in [0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the memory: in [0, 1).
    pub beta2: f64,
    /// λ, the strength of the decay: at least 0.
    pub weight_decay: f64,
}

impl Default for Lion {
    /// The paper's β₁ = 0.9 and β₂ = 0.99, without decay.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.99, weight_decay: 0.0 }
    }
}

impl Elementwise for Lion {
    type Memory<F: Real> = [F; 1];
    const MEMORY: &'static [&'static str] = &["first_moment"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_decay_rate("Lion", "beta1", self.beta1)?;
        HyperparameterError::check_decay_rate("Lion", "beta2", self.beta2)?;
        HyperparameterError::check_non_negative("Lion", "weight_decay", self.weight_decay)
    }

    // ANCHOR: update
    fn update<F: Real>(&self, _step: u64, learning_rate: f64) -> impl Update<F, [F; 1]> {
        let [learning_rate, beta1, beta2, weight_decay] =
            [learning_rate, self.beta1, self.beta2, self.weight_decay].map(F::of);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - self.beta1, 1.0 - self.beta2].map(F::of);
        move |theta, g, [m]| {
            let c = beta1 * m + one_minus_beta1 * g;
            let m = beta2 * m + one_minus_beta2 * g;
            (theta - learning_rate * (c.sign() + weight_decay * theta), [m])
        }
    }
    // ANCHOR_END: update
}
