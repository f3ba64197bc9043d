//! AdamW: Adam, with weight decay beside the gradient instead of inside it.
//!
//! ```text
//! m ← β₁ m + (1 − β₁) g            m̂ = m / (1 − β₁ᵗ)
//! v ← β₂ v + (1 − β₂) g²           v̂ = v / (1 − β₂ᵗ)
//! θ ← θ − η λ θ − η m̂ / (√v̂ + ε)
//! ```
//!
//! Loshchilov and Hutter (2019), Algorithm 2. The paper multiplies λ by the schedule alone, not by
//! the learning rate; PyTorch and Optax multiply it by the learning rate, schedule included.
//! [`DecayScale`] makes the choice. The parameter decays before the gradient's step, as in
//! PyTorch; both terms are taken from the same θ, so the order does not matter.

use crate::rules::adam::bias_correction;
use crate::{Adam, Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// AdamW.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamW {
    /// β₁, the decay rate of the first moment: in [0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the second moment: in [0, 1).
    pub beta2: f64,
    /// ε, added to the root of the second moment: at least 0, in units of the gradient. At 0,
    /// a coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// λ, the strength of the decay: at least 0.
    pub weight_decay: f64,
    /// What λ is multiplied by.
    pub decay_scale: DecayScale,
}

/// What weight decay is multiplied by at each step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum DecayScale {
    /// The learning rate η: the parameter shrinks by η λ, as in PyTorch and Optax.
    LearningRate,
    /// The schedule alone: the parameter shrinks by λ η / `peak`, as in the paper, where `peak` is
    /// the learning rate of which the schedule gives fractions.
    Schedule {
        /// The schedule's full learning rate: above 0.
        peak: f64,
    },
}

impl DecayScale {
    /// The fraction of the parameter that one step takes away.
    fn fraction(self, weight_decay: f64, learning_rate: f64) -> f64 {
        match self {
            Self::LearningRate => learning_rate * weight_decay,
            Self::Schedule { peak } => learning_rate / peak * weight_decay,
        }
    }
}

impl Default for AdamW {
    /// PyTorch's settings: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, λ = 0.01, multiplied by η.
    fn default() -> Self {
        let Adam { beta1, beta2, eps } = Adam::default();
        Self { beta1, beta2, eps, weight_decay: 0.01, decay_scale: DecayScale::LearningRate }
    }
}

impl Elementwise for AdamW {
    type Memory<F: Real> = [F; 2];
    const MEMORY: &'static [&'static str] = &["first_moment", "second_moment"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        Adam::check("AdamW", self.beta1, self.beta2, self.eps)?;
        HyperparameterError::check_non_negative("AdamW", "weight_decay", self.weight_decay)?;
        match self.decay_scale {
            DecayScale::LearningRate => Ok(()),
            DecayScale::Schedule { peak } => {
                HyperparameterError::check_positive("AdamW", "peak", peak)
            }
        }
    }

    // ANCHOR: update
    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 2]> {
        let first_correction = F::of(bias_correction(self.beta1, step));
        let second_correction = F::of(bias_correction(self.beta2, step));
        let kept = F::of(1.0 - self.decay_scale.fraction(self.weight_decay, learning_rate));
        let [learning_rate, beta1, beta2, eps] =
            [learning_rate, self.beta1, self.beta2, self.eps].map(F::of);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - self.beta1, 1.0 - self.beta2].map(F::of);
        move |theta, g, [m, v]| {
            let m = beta1 * m + one_minus_beta1 * g;
            let v = beta2 * v + one_minus_beta2 * g * g;
            let m_hat = first_correction * m;
            let v_hat = second_correction * v;
            (kept * theta - learning_rate * m_hat / (v_hat.sqrt() + eps), [m, v])
        }
    }
    // ANCHOR_END: update

    fn denominator<F: Real>(&self, step: u64, [_, v]: &[F; 2]) -> Option<F> {
        let v_hat = F::of(bias_correction(self.beta2, step)) * *v;
        Some(v_hat.sqrt() + F::of(self.eps))
    }
}

#[cfg(test)]
mod tests {
    use crate::{AdamW, DecayScale, Optimizer, Tensors};
    use approx::assert_relative_eq;
    use ndarray::array;

    /// Where a parameter that meets no gradient stands after ten steps.
    fn decayed(rule: AdamW, learning_rate: f64) -> f64 {
        let mut parameters = Tensors::new().with("theta", array![1.0].into_dyn());
        let gradients = parameters.zeros_like();
        let mut optimizer = Optimizer::new(rule, learning_rate, &parameters).unwrap();
        for _ in 0..10 {
            optimizer.step(&mut parameters, &gradients).unwrap();
        }
        parameters.scalars().sum()
    }

    #[test]
    fn the_two_scales_of_decay_agree_where_they_should() {
        let torch = AdamW { weight_decay: 0.1, ..AdamW::default() };
        assert_relative_eq!(decayed(torch, 0.5), 0.95_f64.powi(10), max_relative = 1e-14);
        let schedule = DecayScale::Schedule { peak: 0.5 };
        let paper = AdamW { weight_decay: 0.1, decay_scale: schedule, ..AdamW::default() };
        assert_relative_eq!(decayed(paper, 0.5), 0.9_f64.powi(10), max_relative = 1e-14);
        assert_relative_eq!(decayed(paper, 0.25), 0.95_f64.powi(10), max_relative = 1e-14);
    }
}
