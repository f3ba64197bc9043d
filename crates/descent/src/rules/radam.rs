//! RAdam: Adam that waits until its second moment means something.
//!
//! ```text
//! ρ∞ = 2 / (1 − β₂) − 1            ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
//! m ← β₁ m + (1 − β₁) g            m̂ = m / (1 − β₁ᵗ)
//! v ← β₂ v + (1 − β₂) g²           v̂ = v / (1 − β₂ᵗ)
//! where ρ > 5:   r = √[(ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ)]
//!                θ ← θ − η r m̂ / (√v̂ + ε)
//! elsewhere:     θ ← θ − η m̂
//! ```
//!
//! Liu et al. (2020), Algorithm 2. The paper rectifies from ρ > 4 on, PyTorch and Optax from 5.
//! The paper's algorithm has no ε. Optax adds it to √v̂, as above; PyTorch adds it to √v and
//! corrects the sum, so that ε counts for more early on. [`EpsPlace`] makes the choice.

use crate::rules::adam::bias_correction;
use crate::{Adam, Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// RAdam.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RAdam {
    /// β₁, the decay rate of the first moment: in [0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the second moment: in [0, 1).
    pub beta2: f64,
    /// ε, added to the root of the second moment: at least 0, in units of the gradient. At 0,
    /// a coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// Whether ε is added before or after the second moment is corrected.
    pub eps_place: EpsPlace,
}

/// Where ε stands relative to bias correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EpsPlace {
    /// (√v + ε) / √(1 − β₂ᵗ), as PyTorch's `RAdam` has it.
    BeforeCorrection,
    /// √v̂ + ε, as Optax's `radam` and every Adam in this crate have it.
    AfterCorrection,
}

impl Default for RAdam {
    /// Adam's settings, and ε where PyTorch has it.
    fn default() -> Self {
        let Adam { beta1, beta2, eps } = Adam::default();
        Self { beta1, beta2, eps, eps_place: EpsPlace::BeforeCorrection }
    }
}

impl RAdam {
    /// r, or nothing while the variance of the adaptive rate is beyond repair.
    fn rectification(&self, step: u64) -> Option<f64> {
        let t = step as f64;
        let decayed = libm::pow(self.beta2, t);
        let rho_infinity = 2.0 / (1.0 - self.beta2) - 1.0;
        let rho = rho_infinity - 2.0 * t * decayed / (1.0 - decayed);
        let variance = ((rho - 4.0) * (rho - 2.0) * rho_infinity)
            / ((rho_infinity - 4.0) * (rho_infinity - 2.0) * rho);
        (rho > 5.0).then(|| variance.sqrt())
    }
}

impl Elementwise for RAdam {
    type Memory<F: Real> = [F; 2];
    const MEMORY: &'static [&'static str] = &["first_moment", "second_moment"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        Adam::check("RAdam", self.beta1, self.beta2, self.eps)
    }

    // ANCHOR: update
    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 2]> {
        let first_correction = F::of(bias_correction(self.beta1, step));
        let second_correction = bias_correction(self.beta2, step);
        let rectification = self.rectification(step);
        let rate = F::of(learning_rate * rectification.unwrap_or(1.0));
        let eps = F::of(match self.eps_place {
            EpsPlace::BeforeCorrection => self.eps * second_correction.sqrt(),
            EpsPlace::AfterCorrection => self.eps,
        });
        let second_correction = F::of(second_correction);
        let [beta1, beta2] = [self.beta1, self.beta2].map(F::of);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - self.beta1, 1.0 - self.beta2].map(F::of);
        move |theta, g, [m, v]| {
            let m = beta1 * m + one_minus_beta1 * g;
            let v = beta2 * v + one_minus_beta2 * g * g;
            let m_hat = first_correction * m;
            let v_hat = second_correction * v;
            let denominator = if rectification.is_some() { v_hat.sqrt() + eps } else { F::one() };
            (theta - rate * m_hat / denominator, [m, v])
        }
    }
    // ANCHOR_END: update
}
