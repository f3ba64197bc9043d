//! Nesterov's accelerated gradient, in the form in which it is used.
//!
//! ```text
//! v ← β v + g
//! θ ← θ − η (g + β v)
//! ```
//!
//! Nesterov (1983) takes the gradient at a point ahead of the iterate, θ − η β v. Written for
//! that point instead, as here, the gradient is taken where the parameters are: Sutskever,
//! Martens, Dahl and Hinton (2013, section 2) give the look-ahead form, Bengio, Boulanger-
//! Lewandowski and Pascanu (2013, section 3.5) the change of variable, and PyTorch has this form as
//! `SGD(momentum=β, nesterov=True)`.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// Nesterov momentum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nesterov {
    /// β, how much of the velocity survives a step: in [0, 1). Zero is plain gradient descent.
    pub beta: f64,
}

impl Elementwise for Nesterov {
    type Memory<F: Real> = [F; 1];
    const MEMORY: &'static [&'static str] = &["velocity"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_decay_rate("Nesterov", "beta", self.beta)
    }

    // ANCHOR: update
    fn update<F: Real>(&self, _step: u64, learning_rate: f64) -> impl Update<F, [F; 1]> {
        let [learning_rate, beta] = [learning_rate, self.beta].map(F::of);
        move |theta, g, [v]| {
            let v = beta * v + g;
            (theta - learning_rate * (g + beta * v), [v])
        }
    }
    // ANCHOR_END: update
}

#[cfg(test)]
mod tests {
    use crate::{Nesterov, Optimizer, Tensors};
    use approx::assert_relative_eq;
    use ndarray::array;

    /// Our parameters are the look-ahead points of the method as Nesterov wrote it.
    #[test]
    fn the_iterates_are_the_look_ahead_points() {
        let (learning_rate, beta, curvature) = (0.05, 0.9, 4.0);
        let mut ours = Tensors::new().with("theta", array![1.0_f64].into_dyn());
        let mut optimizer = Optimizer::new(Nesterov { beta }, learning_rate, &ours).unwrap();
        let (mut theta, mut velocity) = (1.0, 0.0);
        for _ in 0..30 {
            let gradients =
                Tensors::new().with("theta", ours.get("theta").unwrap().mapv(|x| curvature * x));
            optimizer.step(&mut ours, &gradients).unwrap();

            let ahead = theta - learning_rate * beta * velocity;
            velocity = beta * velocity + curvature * ahead;
            theta -= learning_rate * velocity;

            let next_ahead = theta - learning_rate * beta * velocity;
            assert_relative_eq!(ours.scalars().next().unwrap(), next_ahead, epsilon = 1e-14);
        }
    }
}
