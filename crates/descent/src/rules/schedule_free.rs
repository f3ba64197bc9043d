//! Schedule-Free AdamW: averaging of the iterates in place of a schedule.
//!
//! ```text
//! v ← β₂ v + (1 − β₂) g²           v̂ = v / (1 − β₂ᵗ)         g is taken at y
//! x = (y − (1 − β₁) z) / β₁        the average, which is not stored
//! z ← z − η (g / (√v̂ + ε) + λ y)
//! w = (largest η so far)²          c = w / (sum of all w)
//! x ← (1 − c) x + c z
//! y ← β₁ x + (1 − β₁) z            the parameters
//! ```
//!
//! Defazio et al. (2024), Algorithm 1, as in Optax's `contrib.schedule_free_adamw`. The parameters
//! hold y, where the next gradient is to be taken. Evaluate and keep the model at x:
//! [`ScheduleFreeAdamW::average`].

use crate::rules::adam::bias_correction;
use crate::sweep::sweep;
use crate::{Adam, HyperparameterError, Mismatch, Real, Rule, State, Tensors};
use ndarray::{ArrayD, Zip};
use serde::{Deserialize, Serialize};

/// Schedule-Free AdamW.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScheduleFreeAdamW {
    /// β₁, how close y is to the average x: in (0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the second moment: in [0, 1).
    pub beta2: f64,
    /// ε, added to the root of the second moment: at least 0, in units of the gradient. At 0,
    /// a coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// λ, the strength of the decay, multiplied by η and applied at y: at least 0.
    pub weight_decay: f64,
}

impl Default for ScheduleFreeAdamW {
    /// Optax's settings: Adam's, without decay.
    fn default() -> Self {
        let Adam { beta1, beta2, eps } = Adam::default();
        Self { beta1, beta2, eps, weight_decay: 0.0 }
    }
}

/// z and v, and what the average's weights need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct ScheduleFreeState<F> {
    /// `base_iterate` z and `second_moment` v, each with the shape of the parameter.
    pub iterates: Tensors<F>,
    /// The largest learning rate so far.
    pub largest_rate: f64,
    /// The sum of all weights so far.
    pub weight_sum: f64,
}

impl<F: Real> State for ScheduleFreeState<F> {
    fn bytes(&self) -> usize {
        self.iterates.bytes() + 2 * size_of::<f64>()
    }
}

impl ScheduleFreeAdamW {
    /// x, the point to evaluate the model at, from the parameters y and their state.
    ///
    /// # Errors
    /// If the state is that of a tensor of another shape.
    pub fn average<F: Real>(
        &self,
        parameter: &ArrayD<F>,
        state: &ScheduleFreeState<F>,
    ) -> Result<ArrayD<F>, Mismatch> {
        let like = Tensors::new().with("base_iterate", parameter.clone());
        like.check(state.iterates.shapes().take(1))?;
        let beta1 = F::of(self.beta1);
        let mut x = parameter.clone();
        if let Some(z) = state.iterates.get("base_iterate") {
            Zip::from(&mut x).and(z).for_each(|x, &z| *x = (*x - (F::one() - beta1) * z) / beta1);
        }
        Ok(x)
    }
}

impl<F: Real> Rule<F> for ScheduleFreeAdamW {
    type State = ScheduleFreeState<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Adam::check("ScheduleFreeAdamW", self.beta1, self.beta2, self.eps)?;
        HyperparameterError::check_positive("ScheduleFreeAdamW", "beta1", self.beta1)?;
        let weight_decay = self.weight_decay;
        HyperparameterError::check_non_negative("ScheduleFreeAdamW", "weight_decay", weight_decay)
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Self::State {
        let iterates = Tensors::new()
            .with("base_iterate", parameter.as_standard_layout().into_owned())
            .with("second_moment", ArrayD::zeros(parameter.shape()));
        ScheduleFreeState { iterates, largest_rate: 0.0, weight_sum: 0.0 }
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
        state.largest_rate = state.largest_rate.max(learning_rate);
        let weight = state.largest_rate * state.largest_rate;
        state.weight_sum += weight;
        // While all rates have been zero, nothing has moved and nothing is averaged.
        let share = if state.weight_sum > 0.0 { weight / state.weight_sum } else { 0.0 };
        let second_correction = F::of(bias_correction(self.beta2, step));
        let [learning_rate, beta1, beta2, eps, weight_decay, share] =
            [learning_rate, self.beta1, self.beta2, self.eps, self.weight_decay, share].map(F::of);
        let one_minus_beta2 = F::of(1.0 - self.beta2);
        sweep(parameter, gradient, state.iterates.arrays_mut(), move |y, g, [z, v]| {
            let v = beta2 * v + one_minus_beta2 * g * g;
            let v_hat = second_correction * v;
            let x = (y - (F::one() - beta1) * z) / beta1;
            let z = z - learning_rate * (g / (v_hat.sqrt() + eps) + weight_decay * y);
            let x = (F::one() - share) * x + share * z;
            (beta1 * x + (F::one() - beta1) * z, [z, v])
        });
    }
    // ANCHOR_END: update
}

#[cfg(test)]
mod tests {
    use crate::{Optimizer, ScheduleFreeAdamW, Tensors};
    use approx::assert_relative_eq;
    use ndarray::array;

    /// With a constant rate the average gives every z the same weight.
    #[test]
    fn the_average_is_the_mean_of_the_base_iterates() {
        let mut parameters = Tensors::new().with("theta", array![2.0_f64].into_dyn());
        let rule = ScheduleFreeAdamW { weight_decay: 0.1, ..ScheduleFreeAdamW::default() };
        let mut optimizer = Optimizer::new(rule, 0.05, &parameters).unwrap();
        let mut sum = 0.0;
        for step in 1..=30 {
            let gradients = parameters.clone();
            optimizer.step(&mut parameters, &gradients).unwrap();
            let state = optimizer.state("theta").unwrap();
            sum += state.iterates.get("base_iterate").unwrap()[0];
            let x = rule.average(parameters.get("theta").unwrap(), state).unwrap()[0];
            assert_relative_eq!(x, sum / f64::from(step), max_relative = 1e-12);
        }
    }
}
