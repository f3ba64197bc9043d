//! AMSGrad: Adam whose second moment never shrinks.
//!
//! ```text
//! m ← β₁ m + (1 − β₁) g            m̂ = m / (1 − β₁ᵗ)
//! v ← β₂ v + (1 − β₂) g²
//! w ← max(w, v)                    ŵ = w / (1 − β₂ᵗ)
//! θ ← θ − η m̂ / (√ŵ + ε)
//! ```
//!
//! Reddi, Kale and Kumar (2018), Algorithm 2, which has neither bias correction nor ε. With the
//! correction there are two maxima one can keep, and they are not the same rule: PyTorch keeps the
//! largest v and corrects it, as above; Optax keeps the largest v̂. [`Maximum`] makes the choice.

use crate::rules::adam::bias_correction;
use crate::{Adam, Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// AMSGrad.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AmsGrad {
    /// β₁, the decay rate of the first moment: in [0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the second moment: in [0, 1).
    pub beta2: f64,
    /// ε, added to the root of the maximum: at least 0, in units of the gradient. At 0,
    /// a coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// Which maximum is kept.
    pub maximum: Maximum,
}

/// What AMSGrad keeps the maximum of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Maximum {
    /// v, which is corrected after the maximum is taken, as in PyTorch. The correction still
    /// shrinks what it is applied to, so steps may grow early on.
    SecondMoment,
    /// v̂, as in Optax: the denominator never shrinks, but the first gradients, whose v̂ is largest
    /// for their size, may rule it for good.
    CorrectedSecondMoment,
}

impl Default for AmsGrad {
    /// Adam's settings, and PyTorch's maximum.
    fn default() -> Self {
        let Adam { beta1, beta2, eps } = Adam::default();
        Self { beta1, beta2, eps, maximum: Maximum::SecondMoment }
    }
}

impl Elementwise for AmsGrad {
    type Memory<F: Real> = [F; 3];
    const MEMORY: &'static [&'static str] = &["first_moment", "second_moment", "maximum"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        Adam::check("AmsGrad", self.beta1, self.beta2, self.eps)
    }

    // ANCHOR: update
    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 3]> {
        let first_correction = F::of(bias_correction(self.beta1, step));
        let second_correction = bias_correction(self.beta2, step);
        let (before, after) = match self.maximum {
            Maximum::SecondMoment => (F::one(), F::of(second_correction)),
            Maximum::CorrectedSecondMoment => (F::of(second_correction), F::one()),
        };
        let [learning_rate, beta1, beta2, eps] =
            [learning_rate, self.beta1, self.beta2, self.eps].map(F::of);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - self.beta1, 1.0 - self.beta2].map(F::of);
        move |theta, g, [m, v, w]| {
            let m = beta1 * m + one_minus_beta1 * g;
            let v = beta2 * v + one_minus_beta2 * g * g;
            let w = w.max(before * v);
            let m_hat = first_correction * m;
            let w_hat = after * w;
            (theta - learning_rate * m_hat / (w_hat.sqrt() + eps), [m, v, w])
        }
    }
    // ANCHOR_END: update

    fn denominator<F: Real>(&self, step: u64, [_, _, w]: &[F; 3]) -> Option<F> {
        let after = match self.maximum {
            Maximum::SecondMoment => bias_correction(self.beta2, step),
            Maximum::CorrectedSecondMoment => 1.0,
        };
        Some((F::of(after) * *w).sqrt() + F::of(self.eps))
    }
}

#[cfg(test)]
mod tests {
    use crate::{AmsGrad, Maximum, Optimizer, Tensors};
    use ndarray::array;

    /// One large gradient, then small ones: how long the last of twenty steps is.
    fn last_step(maximum: Maximum) -> f64 {
        let mut parameters = Tensors::new().with("theta", array![0.0].into_dyn());
        let rule = AmsGrad { beta1: 0.0, maximum, ..AmsGrad::default() };
        let mut optimizer = Optimizer::new(rule, 1.0, &parameters).unwrap();
        let mut last = 0.0;
        for step in 0..20 {
            let before: f64 = parameters.scalars().sum();
            let g = if step == 0 { 1.0 } else { 0.01 };
            let gradients = Tensors::new().with("theta", array![g].into_dyn());
            optimizer.step(&mut parameters, &gradients).unwrap();
            last = before - parameters.scalars().sum::<f64>();
        }
        last
    }

    /// v = (1 − β₂) after the large gradient, and v̂ = 1.
    #[test]
    fn the_two_maxima_are_two_rules() {
        assert!((last_step(Maximum::CorrectedSecondMoment) - 0.01).abs() < 1e-9);
        let corrected = 0.001 / (1.0 - 0.999_f64.powi(20));
        assert!((last_step(Maximum::SecondMoment) - 0.01 / corrected.sqrt()).abs() < 1e-3);
    }
}
