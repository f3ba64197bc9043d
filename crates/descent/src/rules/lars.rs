//! LARS: a learning rate for every layer, from the layer's own norms.
//!
//! ```text
//! u = g + λ θ
//! r = τ ‖θ‖ / (‖u‖ + ε)            1 where ‖θ‖ = 0 or ‖u‖ = 0
//! b ← μ b + η r u
//! θ ← θ − b
//! ```
//!
//! You, Gitman and Ginsburg (2017), Algorithm 1, with two differences that Optax has too and this
//! follows: the paper's denominator is ‖g‖ + λ ‖θ‖ where here it is ‖g + λ θ‖, and a layer without
//! a norm steps as if its trust ratio were 1. The learning rate is inside the momentum, so that a
//! change of rate reaches the step slowly; PyTorch's momentum has it outside.

use crate::sweep::sweep;
use crate::{HyperparameterError, Real, Rule, Tensors, reduce};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// LARS.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lars {
    /// λ, the strength of the decay, which is coupled: at least 0.
    pub weight_decay: f64,
    /// τ, the trust coefficient: at least 0.
    pub trust_coefficient: f64,
    /// ε, added to the norm of the update: at least 0.
    pub eps: f64,
    /// μ, the momentum: in [0, 1).
    pub momentum: f64,
}

impl Default for Lars {
    /// Optax's settings: λ = 0, τ = 0.001, ε = 0, μ = 0.9.
    fn default() -> Self {
        Self { weight_decay: 0.0, trust_coefficient: 0.001, eps: 0.0, momentum: 0.9 }
    }
}

impl<F: Real> Rule<F> for Lars {
    /// `velocity`.
    type State = Tensors<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_non_negative("Lars", "weight_decay", self.weight_decay)?;
        let trust_coefficient = self.trust_coefficient;
        HyperparameterError::check_non_negative("Lars", "trust_coefficient", trust_coefficient)?;
        HyperparameterError::check_non_negative("Lars", "eps", self.eps)?;
        HyperparameterError::check_decay_rate("Lars", "momentum", self.momentum)
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Tensors<F> {
        Tensors::new().with("velocity", ArrayD::zeros(parameter.shape()))
    }

    // ANCHOR: update
    fn update(
        &self,
        _step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Tensors<F>,
    ) {
        let [weight_decay, momentum] = [self.weight_decay, self.momentum].map(F::of);
        let direction = move |theta, g| g + weight_decay * theta;
        let parameter_norm = reduce::norm(parameter);
        let direction_norm =
            reduce::norm_of([parameter, gradient], |[theta, g]| direction(theta, g));
        let trust_ratio = if parameter_norm == 0.0 || direction_norm == 0.0 {
            1.0
        } else {
            self.trust_coefficient * parameter_norm / (direction_norm + self.eps)
        };
        let rate = F::of(learning_rate * trust_ratio);
        sweep(parameter, gradient, state.arrays_mut(), move |theta, g, [b]| {
            let b = momentum * b + rate * direction(theta, g);
            (theta - b, [b])
        });
    }
    // ANCHOR_END: update
}
