//! LAMB: Adam's step, scaled in every layer to the size of the layer's parameters.
//!
//! ```text
//! m ← β₁ m + (1 − β₁) g            m̂ = m / (1 − β₁ᵗ)
//! v ← β₂ v + (1 − β₂) g²           v̂ = v / (1 − β₂ᵗ)
//! u = m̂ / (√v̂ + ε) + λ θ
//! θ ← θ − η (φ(‖θ‖) / ‖u‖) u       the trust ratio is 1 where ‖θ‖ = 0 or ‖u‖ = 0
//! ```
//!
//! You et al. (2020), Algorithm 2. φ clamps the parameters' norm: the paper leaves its bounds open,
//! Optax has none, other implementations cut at 10. Bias correction is in the paper's algorithm
//! and in Optax; the authors' own code leaves it out, and the warmup that LAMB is used with hides
//! the difference. Both are fields here.

use crate::rules::adam::bias_correction;
use crate::sweep::sweep;
use crate::{Adam, HyperparameterError, Real, Rule, Tensors, reduce};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// LAMB.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lamb {
    /// β₁, the decay rate of the first moment: in [0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the second moment: in [0, 1).
    pub beta2: f64,
    /// ε, added to the root of the second moment: at least 0, in units of the gradient. At 0,
    /// a coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// λ, the strength of the decay: at least 0.
    pub weight_decay: f64,
    /// Whether the moments are corrected for their start at zero.
    pub bias_correction: bool,
    /// The bounds between which φ keeps the parameters' norm, if any.
    pub norm_bounds: Option<(f64, f64)>,
}

impl Default for Lamb {
    /// Optax's settings: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁶, λ = 0, corrected, φ the identity.
    fn default() -> Self {
        let (beta1, beta2) = (0.9, 0.999);
        Self {
            beta1,
            beta2,
            eps: 1e-6,
            weight_decay: 0.0,
            bias_correction: true,
            norm_bounds: None,
        }
    }
}

impl<F: Real> Rule<F> for Lamb {
    /// `first_moment` and `second_moment`.
    type State = Tensors<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Adam::check("Lamb", self.beta1, self.beta2, self.eps)?;
        HyperparameterError::check_non_negative("Lamb", "weight_decay", self.weight_decay)?;
        let (lower, upper) = self.norm_bounds.unwrap_or((0.0, 1.0));
        HyperparameterError::check_non_negative("Lamb", "norm_bounds.0", lower)?;
        HyperparameterError::check_non_negative(
            "Lamb",
            "norm_bounds.1 - norm_bounds.0",
            upper - lower,
        )
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Tensors<F> {
        let zeros = || ArrayD::zeros(parameter.shape());
        Tensors::new().with("first_moment", zeros()).with("second_moment", zeros())
    }

    // ANCHOR: update
    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Tensors<F>,
    ) {
        let correction =
            |beta| if self.bias_correction { bias_correction(beta, step) } else { 1.0 };
        let first_correction = F::of(correction(self.beta1));
        let second_correction = F::of(correction(self.beta2));
        let [beta1, beta2, eps, weight_decay] =
            [self.beta1, self.beta2, self.eps, self.weight_decay].map(F::of);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - self.beta1, 1.0 - self.beta2].map(F::of);
        sweep(parameter, gradient, state.arrays_mut(), move |theta, g, [m, v]| {
            let m = beta1 * m + one_minus_beta1 * g;
            let v = beta2 * v + one_minus_beta2 * g * g;
            (theta, [m, v])
        });

        let direction = move |theta, [m, v]: [F; 2]| {
            first_correction * m / ((second_correction * v).sqrt() + eps) + weight_decay * theta
        };
        let [m, v] = state.arrays_mut().map(|array| &*array);
        let direction_norm =
            reduce::norm_of([parameter, m, v], |[theta, m, v]| direction(theta, [m, v]));
        let rate = F::of(learning_rate * self.trust_ratio(reduce::norm(parameter), direction_norm));
        sweep(parameter, gradient, state.arrays_mut(), move |theta, _g, memory| {
            (theta - rate * direction(theta, memory), memory)
        });
    }
    // ANCHOR_END: update
}

impl Lamb {
    /// φ(‖θ‖) / ‖u‖.
    fn trust_ratio(&self, parameter_norm: f64, direction_norm: f64) -> f64 {
        if parameter_norm == 0.0 || direction_norm == 0.0 {
            return 1.0;
        }
        let (lower, upper) = self.norm_bounds.unwrap_or((0.0, f64::INFINITY));
        parameter_norm.clamp(lower, upper) / direction_norm
    }
}

#[cfg(test)]
mod tests {
    use crate::{Lamb, Optimizer, Tensors};
    use approx::assert_relative_eq;
    use ndarray::array;

    fn first_step(rule: Lamb) -> f64 {
        let mut parameters = Tensors::new().with("layer", array![30.0_f64, 40.0].into_dyn());
        let before = parameters.clone();
        let gradients = Tensors::new().with("layer", array![1e-3, -1e3].into_dyn());
        let mut optimizer = Optimizer::new(rule, 0.1, &parameters).unwrap();
        optimizer.step(&mut parameters, &gradients).unwrap();
        (parameters.get("layer").unwrap() - before.get("layer").unwrap())
            .map(|x| x * x)
            .sum()
            .sqrt()
    }

    #[test]
    fn a_step_is_the_rate_times_the_clamped_norm() {
        let lamb = Lamb { eps: 0.0, ..Lamb::default() };
        assert_relative_eq!(first_step(lamb), 0.1 * 50.0, max_relative = 1e-12);
        let clamped = Lamb { norm_bounds: Some((0.0, 10.0)), ..lamb };
        assert_relative_eq!(first_step(clamped), 0.1 * 10.0, max_relative = 1e-12);
        let uncorrected = Lamb { bias_correction: false, ..lamb };
        assert_relative_eq!(first_step(uncorrected), 0.1 * 50.0, max_relative = 1e-12);
    }
}
