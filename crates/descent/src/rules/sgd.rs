//! Gradient descent, stochastic or not.
//!
//! ```text
//! θ ← θ − η g
//! ```
//!
//! Robbins and Monro (1951) for stochastic gradients; Cauchy (1847) for exact ones. The rule is
//! the same: whether `g` was taken over one example, a mini-batch or all of the data is the
//! caller's affair.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// Plain gradient descent. No hyperparameters besides the learning rate, and no memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sgd;

impl Elementwise for Sgd {
    type Memory<F: Real> = [F; 0];
    const MEMORY: &'static [&'static str] = &[];

    fn validate(&self) -> Result<(), HyperparameterError> {
        Ok(())
    }

    // ANCHOR: update
    fn update<F: Real>(&self, _step: u64, learning_rate: f64) -> impl Update<F, [F; 0]> {
        let learning_rate = F::of(learning_rate);
        move |theta, g, []| (theta - learning_rate * g, [])
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
