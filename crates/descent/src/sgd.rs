//! Gradient descent, stochastic or not.
//!
//! ```text
//! θ ← θ − η g
//! ```
//!
//! Robbins and Monro (1951) for stochastic gradients; Cauchy (1847) for exact ones. The rule is
//! the same: whether `g` was taken over one example, a mini-batch or all of the data is the
//! caller's affair.

use crate::{HyperparameterError, Real, Rule};
use ndarray::{ArrayD, Zip};

/// Plain gradient descent. No hyperparameters besides the learning rate, and no memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sgd;

impl<F: Real> Rule<F> for Sgd {
    type State = ();

    fn validate(&self) -> Result<(), HyperparameterError> {
        Ok(())
    }

    fn state(&self, _shape: &[usize]) -> Self::State {}

    // ANCHOR: update
    fn update(
        &self,
        _step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        _state: &mut Self::State,
    ) {
        let learning_rate = F::of(learning_rate);
        Zip::from(parameter).and(gradient).for_each(|theta, &g| {
            *theta -= learning_rate * g;
        });
    }
    // ANCHOR_END: update
}

#[cfg(test)]
mod tests {
    use crate::{Optimizer, Sgd, Tensors};
    use ndarray::array;

    #[test]
    fn one_step_moves_against_the_gradient_by_the_learning_rate() {
        let mut parameters = Tensors::new().with("theta", array![1.0_f64, 2.0].into_dyn());
        let gradients = Tensors::new().with("theta", array![0.5, -4.0].into_dyn());
        let mut optimizer = Optimizer::new(Sgd, 0.25, &parameters).unwrap();
        optimizer.step(&mut parameters, &gradients).unwrap();
        assert_eq!(parameters.get("theta"), Some(&array![0.875, 3.0].into_dyn()));
    }
}
