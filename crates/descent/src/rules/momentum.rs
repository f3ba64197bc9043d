//! Gradient descent with momentum, in the conventions in use.
//!
//! ```text
//! accumulated:  v ← β v + g     averaged:  v ← β v + (1 − β) g     dampened:  v ← β v + (1 − d) g
//!               θ ← θ − η v                θ ← θ − η v                        θ ← θ − η v
//! ```
//!
//! Polyak (1964) introduced the method as the heavy ball. The accumulated form is that of
//! Sutskever, Martens, Dahl and Hinton (2013, section 2) up to where η stands, and of PyTorch's
//! `SGD(momentum=β)`; the averaged form is an exponential moving average, as in Adam's first
//! moment. With a constant learning rate, the accumulated form at η and the averaged form at
//! η / (1 − β) give the same iterates. The dampened form is PyTorch's `SGD(momentum=β,
//! dampening=d)`, in which the first gradient enters the velocity whole: with d = β it is an
//! average that starts at g₁ instead of at zero.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// What the velocity accumulates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Convention {
    /// An exponentially weighted sum, `v ← β v + g`. A constant gradient g drives it to
    /// g / (1 − β).
    Accumulated,
    /// An exponential moving average, `v ← β v + (1 − β) g`. A constant gradient g drives it to g.
    Averaged,
    /// PyTorch's dampening d: `v ← β v + (1 − d) g`, but v = g after the first step.
    Dampened(f64),
}

/// Momentum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Momentum {
    /// β, how much of the velocity survives a step: in [0, 1). Zero is plain gradient descent, unless
    /// it is dampened.
    pub beta: f64,
    /// Which of the conventions the velocity follows.
    pub convention: Convention,
}

impl Momentum {
    /// Momentum as PyTorch has it: the velocity is a sum.
    pub fn accumulated(beta: f64) -> Self {
        Self { beta, convention: Convention::Accumulated }
    }

    /// Momentum as an exponential moving average of gradients.
    pub fn averaged(beta: f64) -> Self {
        Self { beta, convention: Convention::Averaged }
    }

    // ANCHOR: gain
    /// With what factor the gradient of this step enters the velocity.
    fn gain(&self, step: u64) -> f64 {
        match self.convention {
            Convention::Accumulated => 1.0,
            Convention::Averaged => 1.0 - self.beta,
            Convention::Dampened(_) if step == 1 => 1.0,
            Convention::Dampened(dampening) => 1.0 - dampening,
        }
    }
    // ANCHOR_END: gain
}

impl Elementwise for Momentum {
    type Memory<F: Real> = [F; 1];
    const MEMORY: &'static [&'static str] = &["velocity"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_decay_rate("Momentum", "beta", self.beta)?;
        match self.convention {
            Convention::Dampened(dampening) => {
                HyperparameterError::check_fraction("Momentum", "dampening", dampening)
            }
            Convention::Accumulated | Convention::Averaged => Ok(()),
        }
    }

    // ANCHOR: update
    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 1]> {
        let [learning_rate, beta, gain] = [learning_rate, self.beta, self.gain(step)].map(F::of);
        move |theta, g, [v]| {
            let v = beta * v + gain * g;
            (theta - learning_rate * v, [v])
        }
    }
    // ANCHOR_END: update
}

#[cfg(test)]
mod tests {
    use crate::{Momentum, Optimizer, Rule, Sgd, Tensors};
    use approx::assert_relative_eq;
    use ndarray::{ArrayD, array};

    /// Twenty steps on half of x² + 4y², from (1, 1).
    fn run(rule: impl Rule<f64>, learning_rate: f64) -> ArrayD<f64> {
        let mut parameters = Tensors::new().with("theta", array![1.0, 1.0].into_dyn());
        let mut optimizer = Optimizer::new(rule, learning_rate, &parameters).unwrap();
        for _ in 0..20 {
            let theta = parameters.get("theta").unwrap();
            let gradient = theta * &array![1.0, 4.0].into_dyn();
            let gradients = Tensors::new().with("theta", gradient);
            optimizer.step(&mut parameters, &gradients).unwrap();
        }
        parameters.get("theta").unwrap().clone()
    }

    #[test]
    fn without_momentum_both_conventions_are_gradient_descent() {
        assert_eq!(run(Momentum::accumulated(0.0), 0.1), run(Sgd, 0.1));
        assert_eq!(run(Momentum::averaged(0.0), 0.1), run(Sgd, 0.1));
    }

    #[test]
    fn the_conventions_agree_once_the_learning_rate_is_converted() {
        let accumulated = run(Momentum::accumulated(0.9), 0.02);
        let averaged = run(Momentum::averaged(0.9), 0.2);
        assert_relative_eq!(accumulated, averaged, max_relative = 1e-12);
    }

    #[test]
    fn a_decay_rate_of_one_is_refused_by_name() {
        let parameters = Tensors::new().with("theta", array![1.0].into_dyn());
        let refusal = Optimizer::new(Momentum::accumulated(1.0), 0.1, &parameters).err().unwrap();
        assert_eq!(
            refusal.to_string(),
            "Momentum: beta = 1 is outside its range [0, 1); choose a value inside it"
        );
    }
}
