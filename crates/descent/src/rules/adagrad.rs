//! Adagrad: each coordinate's step shrinks with all the gradient it has seen.
//!
//! ```text
//! s ← s + g²
//! θ ← θ − η g / (√s + ε)
//! ```
//!
//! Duchi, Hazan and Singer (2011), Figure 1, with the diagonal matrix. PyTorch adds ε outside the
//! root, Optax inside: [`RootEps`] makes the choice. PyTorch's `lr_decay` is a schedule of its own and is left to
//! schedules here.

use crate::{Elementwise, HyperparameterError, Real, RootEps, Update};
use serde::{Deserialize, Serialize};

/// Adagrad.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adagrad {
    /// ε: at least 0, in units of the gradient outside the root, of its square inside. At 0, a
    /// coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// Whether ε is added outside the root or inside.
    pub root_eps: RootEps,
    /// What s starts at: at least 0, in units of the gradient squared.
    pub initial_accumulator_value: f64,
}

impl Default for Adagrad {
    /// PyTorch's settings: ε = 10⁻¹⁰ outside the root, s₀ = 0.
    fn default() -> Self {
        Self { eps: 1e-10, root_eps: RootEps::Outside, initial_accumulator_value: 0.0 }
    }
}

impl Elementwise for Adagrad {
    type Memory<F: Real> = [F; 1];
    const MEMORY: &'static [&'static str] = &["sum_of_squares"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_non_negative("Adagrad", "eps", self.eps)?;
        let start = self.initial_accumulator_value;
        HyperparameterError::check_non_negative("Adagrad", "initial_accumulator_value", start)
    }

    fn start<F: Real>(&self) -> [F; 1] {
        [F::of(self.initial_accumulator_value)]
    }

    // ANCHOR: update
    fn update<F: Real>(&self, _step: u64, learning_rate: f64) -> impl Update<F, [F; 1]> {
        let learning_rate = F::of(learning_rate);
        let [inside, outside] = self.root_eps.split::<F>(self.eps);
        let root = move |s: F| (s + inside).sqrt() + outside;
        move |theta, g, [s]| {
            // ANCHOR: coordinate
            let s = s + g * g;
            (theta - learning_rate * g / root(s), [s])
            // ANCHOR_END: coordinate
        }
    }
    // ANCHOR_END: update

    fn denominator<F: Real>(&self, _step: u64, [s]: &[F; 1]) -> Option<F> {
        let [inside, outside] = self.root_eps.split(self.eps);
        Some((*s + inside).sqrt() + outside)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Adagrad, Optimizer, RootEps, Tensors};
    use ndarray::array;

    /// From s = 0, a gradient of 3 and ε = 16: 3 / (3 + 16) outside the root, 3 / √(9 + 16) inside.
    #[test]
    fn where_eps_stands_is_chosen() {
        for (root_eps, expected) in [(RootEps::Outside, 3.0 / 19.0), (RootEps::Inside, 3.0 / 5.0)] {
            let mut parameters = Tensors::new().with("theta", array![0.0].into_dyn());
            let gradients = Tensors::new().with("theta", array![3.0].into_dyn());
            let rule = Adagrad { eps: 16.0, root_eps, ..Adagrad::default() };
            let mut optimizer = Optimizer::new(rule, 1.0, &parameters).unwrap();
            optimizer.step(&mut parameters, &gradients).unwrap();
            assert_eq!(parameters.scalars().next(), Some(-expected));
        }
    }
}
