//! NAdam: Adam with Nesterov's look-ahead, and a momentum that warms up.
//!
//! ```text
//! μₜ = β₁ (1 − ½ · 0.96^(t ψ))     Πₜ = μ₁ μ₂ … μₜ
//! m ← β₁ m + (1 − β₁) g
//! v ← β₂ v + (1 − β₂) g²           v̂ = v / (1 − β₂ᵗ)
//! θ ← θ − η [(1 − μₜ) g / (1 − Πₜ) + μₜ₊₁ m / (1 − Πₜ₊₁)] / (√v̂ + ε)
//! ```
//!
//! Dozat (2016), Algorithm 2 with the momentum schedule of the paper's note, as in PyTorch.
//! Optax's `nadam` has a constant momentum instead of μₜ and is another rule.

use crate::rules::adam::bias_correction;
use crate::sweep::sweep;
use crate::{Adam, HyperparameterError, Real, Rule, State, Tensors};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// NAdam.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NAdam {
    /// β₁, the decay rate of the first moment and the limit of μ: in [0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the second moment: in [0, 1).
    pub beta2: f64,
    /// ε, added to the root of the second moment: at least 0, in units of the gradient. At 0,
    /// a coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// ψ, how fast μ approaches β₁: at least 0.
    pub momentum_decay: f64,
}

impl Default for NAdam {
    /// PyTorch's settings: Adam's, and ψ = 0.004.
    fn default() -> Self {
        let Adam { beta1, beta2, eps } = Adam::default();
        Self { beta1, beta2, eps, momentum_decay: 0.004 }
    }
}

/// m and v, and the product of the momenta so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct NAdamState<F> {
    /// `first_moment` and `second_moment`, each with the shape of the parameter.
    pub moments: Tensors<F>,
    /// Πₜ in the formulas.
    pub momentum_product: f64,
}

impl<F: Real> State for NAdamState<F> {
    fn bytes(&self) -> usize {
        self.moments.bytes() + size_of::<f64>()
    }
}

impl NAdam {
    fn momentum(&self, step: u64) -> f64 {
        self.beta1 * (1.0 - 0.5 * libm::pow(0.96, step as f64 * self.momentum_decay))
    }
}

impl<F: Real> Rule<F> for NAdam {
    type State = NAdamState<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Adam::check("NAdam", self.beta1, self.beta2, self.eps)?;
        HyperparameterError::check_non_negative("NAdam", "momentum_decay", self.momentum_decay)
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Self::State {
        let zeros = || ArrayD::zeros(parameter.shape());
        let moments = Tensors::new().with("first_moment", zeros()).with("second_moment", zeros());
        NAdamState { moments, momentum_product: 1.0 }
    }

    // ANCHOR: update
    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Self::State,
    ) {
        let (momentum, next_momentum) = (self.momentum(step), self.momentum(step + 1));
        state.momentum_product *= momentum;
        let next_product = state.momentum_product * next_momentum;
        let gradient_rate =
            F::of(learning_rate * (1.0 - momentum) / (1.0 - state.momentum_product));
        let moment_rate = F::of(learning_rate * next_momentum / (1.0 - next_product));
        let second_correction = F::of(bias_correction(self.beta2, step));
        let [beta1, beta2, eps] = [self.beta1, self.beta2, self.eps].map(F::of);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - self.beta1, 1.0 - self.beta2].map(F::of);
        sweep(parameter, gradient, state.moments.arrays_mut(), move |theta, g, [m, v]| {
            let m = beta1 * m + one_minus_beta1 * g;
            let v = beta2 * v + one_minus_beta2 * g * g;
            let v_hat = second_correction * v;
            (theta - (gradient_rate * g + moment_rate * m) / (v_hat.sqrt() + eps), [m, v])
        });
    }
    // ANCHOR_END: update
}
