//! Adam: a moving average of the gradient, divided by the root of a moving average of its square.
//!
//! ```text
//! m ← β₁ m + (1 − β₁) g            m̂ = m / (1 − β₁ᵗ)
//! v ← β₂ v + (1 − β₂) g²           v̂ = v / (1 − β₂ᵗ)
//! θ ← θ − η m̂ / (√v̂ + ε)
//! ```
//!
//! Kingma and Ba (2015), Algorithm 1; the corrections are derived in their section 3. As in the
//! algorithm and in PyTorch, ε is added outside the root and after the correction. (The paper's
//! section 2 has a shorter form with ε̂ = ε √(1 − β₂ᵗ) before the correction, which TensorFlow
//! follows.)

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// Adam.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    /// β₁, the decay rate of the first moment: in [0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the second moment: in [0, 1).
    pub beta2: f64,
    /// ε, added to the root of the second moment: at least 0, in units of the gradient. Zero
    /// divides 0 by 0 in a coordinate whose gradients have all been zero.
    pub eps: f64,
}

impl Default for Adam {
    /// The paper's settings: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8 }
    }
}

impl Adam {
    /// Passes hyperparameters in their ranges, for a rule that shares them with Adam.
    pub(crate) fn check(
        rule: &'static str,
        beta1: f64,
        beta2: f64,
        eps: f64,
    ) -> Result<(), HyperparameterError> {
        HyperparameterError::check_decay_rate(rule, "beta1", beta1)?;
        HyperparameterError::check_decay_rate(rule, "beta2", beta2)?;
        HyperparameterError::check_non_negative(rule, "eps", eps)
    }
}

// ANCHOR: bias_correction
/// 1 / (1 − βᵗ), the factor that corrects an average that started at zero, after t steps.
pub fn bias_correction(beta: f64, step: u64) -> f64 {
    1.0 / (1.0 - libm::pow(beta, step as f64))
}
// ANCHOR_END: bias_correction

impl Elementwise for Adam {
    type Memory<F: Real> = [F; 2];
    const MEMORY: &'static [&'static str] = &["first_moment", "second_moment"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        Self::check("Adam", self.beta1, self.beta2, self.eps)
    }

    // ANCHOR: update
    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 2]> {
        let first_correction = F::of(bias_correction(self.beta1, step));
        let second_correction = F::of(bias_correction(self.beta2, step));
        let [learning_rate, beta1, beta2, eps] =
            [learning_rate, self.beta1, self.beta2, self.eps].map(F::of);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - self.beta1, 1.0 - self.beta2].map(F::of);
        move |theta, g, [m, v]| {
            // ANCHOR: coordinate
            let m = beta1 * m + one_minus_beta1 * g;
            let v = beta2 * v + one_minus_beta2 * g * g;
            let m_hat = first_correction * m;
            let v_hat = second_correction * v;
            (theta - learning_rate * m_hat / (v_hat.sqrt() + eps), [m, v])
            // ANCHOR_END: coordinate
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
    use crate::{Adam, Optimizer, Real, Tensors};
    use approx::assert_relative_eq;
    use ndarray::array;

    /// Where one parameter stands after meeting these gradients from zero, at η = 1.
    fn trajectory<F: Real>(rule: Adam, gradients: &[f64]) -> Vec<f64> {
        let mut parameters = Tensors::new().with("theta", array![F::zero()].into_dyn());
        let mut optimizer = Optimizer::new(rule, 1.0, &parameters).unwrap();
        let mut visited = Vec::new();
        for &g in gradients {
            let gradient = Tensors::new().with("theta", array![F::of(g)].into_dyn());
            optimizer.step(&mut parameters, &gradient).unwrap();
            visited.extend(parameters.scalars().map(Real::as_f64));
        }
        visited
    }

    #[test]
    fn the_first_step_is_the_learning_rate_whatever_the_gradient() {
        for g in [1e-3, 1.0, 1e4, -1e4] {
            let first = trajectory::<f64>(Adam::default(), &[g])[0];
            let expected = -g.signum() * g.abs() / (g.abs() + 1e-8);
            assert_relative_eq!(first, expected, max_relative = 1e-12);
        }
    }

    /// θ₃ by hand, from the formulas with β₁ = 1/2, β₂ = 3/4, ε = 0 and gradients 1, 2, −1:
    /// m₁..₃ = 1/2, 5/4, 1/8 and v₁..₃ = 1/4, 19/16, 73/64, corrected by 1/2, 3/4, 7/8 and
    /// 1/4, 7/16, 37/64.
    #[test]
    fn three_steps_agree_with_the_formulas_worked_by_hand() {
        let rule = Adam { beta1: 0.5, beta2: 0.75, eps: 0.0 };
        let steps =
            [1.0, (5.0 / 3.0) / (19.0_f64 / 7.0).sqrt(), (1.0 / 7.0) / (73.0_f64 / 37.0).sqrt()];
        let visited = trajectory::<f64>(rule, &[1.0, 2.0, -1.0]);
        let mut expected = 0.0;
        for (at, step) in visited.iter().zip(steps) {
            expected -= step;
            assert_relative_eq!(*at, expected, max_relative = 1e-14);
        }
    }

    #[test]
    fn single_precision_follows_double_precision() {
        let gradients: Vec<f64> = (1..=50).map(|t| f64::from(t % 7) - 2.5).collect();
        let double = trajectory::<f64>(Adam::default(), &gradients);
        let single = trajectory::<f32>(Adam::default(), &gradients);
        for (single, double) in single.iter().zip(&double) {
            assert_relative_eq!(single, double, max_relative = 1e-5, epsilon = 1e-5);
        }
    }

    #[test]
    fn hyperparameters_outside_their_range_are_refused_by_name() {
        let parameters = Tensors::new().with("theta", array![1.0].into_dyn());
        for (rule, name) in [
            (Adam { beta1: 1.0, ..Adam::default() }, "beta1 = 1"),
            (Adam { beta2: -0.1, ..Adam::default() }, "beta2 = -0.1"),
            (Adam { eps: f64::NAN, ..Adam::default() }, "eps = NaN"),
        ] {
            let refusal = Optimizer::new(rule, 0.1, &parameters).err().unwrap().to_string();
            assert!(refusal.contains(name), "{refusal}");
        }
    }
}
