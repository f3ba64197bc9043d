//! Adadelta: a step in the units of the parameter.
//!
//! ```text
//! s ← ρ s + (1 − ρ) g²
//! u = g √(d + ε) / √(s + ε)
//! d ← ρ d + (1 − ρ) u²
//! θ ← θ − η u
//! ```
//!
//! Zeiler (2012), Algorithm 1, where η = 1. ε is inside both roots: there it also starts the
//! method, since d begins at zero. d is the average of squared steps before the rate is applied, as
//! in PyTorch.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// Adadelta.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adadelta {
    /// ρ, the decay rate of both averages: in [0, 1).
    pub rho: f64,
    /// ε, inside both roots: above 0.
    pub eps: f64,
}

impl Default for Adadelta {
    /// PyTorch's settings: ρ = 0.9, ε = 10⁻⁶.
    fn default() -> Self {
        Self { rho: 0.9, eps: 1e-6 }
    }
}

impl Elementwise for Adadelta {
    type Memory<F: Real> = [F; 2];
    const MEMORY: &'static [&'static str] = &["mean_square_gradient", "mean_square_step"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_decay_rate("Adadelta", "rho", self.rho)?;
        HyperparameterError::check_positive("Adadelta", "eps", self.eps)
    }

    // ANCHOR: update
    fn update<F: Real>(&self, _step: u64, learning_rate: f64) -> impl Update<F, [F; 2]> {
        let [learning_rate, rho, one_minus_rho, eps] =
            [learning_rate, self.rho, 1.0 - self.rho, self.eps].map(F::of);
        move |theta, g, [s, d]| {
            let s = rho * s + one_minus_rho * g * g;
            let u = (d + eps).sqrt() / (s + eps).sqrt() * g;
            let d = rho * d + one_minus_rho * u * u;
            (theta - learning_rate * u, [s, d])
        }
    }
    // ANCHOR_END: update
}
