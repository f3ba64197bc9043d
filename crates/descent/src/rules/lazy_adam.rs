//! Lazy Adam: for embeddings, whose rows meet a gradient only when they are looked up.
//!
//! ```text
//! for each row (first axis) whose gradient is not all zero:  Adam, with t the common step count
//! for all other rows:                                        nothing moves, nothing decays
//! ```
//!
//! This is PyTorch's `SparseAdam` and TensorFlow's `LazyAdam`. It is not Adam: dense Adam goes on
//! moving a row along its first moment, and forgetting its second, on every step on which the row
//! is absent. As in PyTorch, t counts all steps, so bias correction ends at the same time for rare
//! rows as for common ones, and a rare row's first step is far from η.
//!
//! The gradient is an ordinary tensor with zero rows, so a step still reads all of it; what it
//! spares is the traffic of parameters and moments.

use crate::sweep::sweep_rows;
use crate::{Adam, Elementwise, HyperparameterError, Real, Rule, Tensors};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// Adam on the rows that have a gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LazyAdam {
    /// The rule for those rows.
    pub adam: Adam,
}

impl<F: Real> Rule<F> for LazyAdam {
    /// `first_moment` and `second_moment`.
    type State = Tensors<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Elementwise::validate(&self.adam)
    }

    fn state(&self, parameter: &ArrayD<F>, tensor: usize) -> Tensors<F> {
        Rule::state(&self.adam, parameter, tensor)
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
        let touched = |row: &[F]| row.iter().any(|&g| g != F::zero());
        let update = Elementwise::update(&self.adam, step, learning_rate);
        sweep_rows(parameter, gradient, state.arrays_mut(), touched, update);
    }
    // ANCHOR_END: update
}

#[cfg(test)]
mod tests {
    use crate::{Adam, LazyAdam, Optimizer, Tensors};
    use ndarray::{ArrayD, Axis, array};

    #[test]
    fn rows_without_a_gradient_rest_and_rows_with_one_follow_adam() {
        let start = Tensors::new().with("rows", array![[1.0, 2.0], [3.0, 4.0]].into_dyn());
        let (mut lazy, mut dense) = (start.clone(), start.clone());
        let mut lazily = Optimizer::new(LazyAdam::default(), 0.1, &start).unwrap();
        let mut densely = Optimizer::new(Adam::default(), 0.1, &start).unwrap();
        let both = Tensors::new().with("rows", array![[1.0, -1.0], [2.0, 0.5]].into_dyn());
        let first = Tensors::new().with("rows", array![[0.5, 0.0], [0.0, 0.0]].into_dyn());
        for gradients in [&both, &first] {
            lazily.step(&mut lazy, gradients).unwrap();
            densely.step(&mut dense, gradients).unwrap();
        }
        let (lazy, dense) = (lazy.get("rows").unwrap(), dense.get("rows").unwrap());
        let row = |array: &ArrayD<f64>, row| array.index_axis(Axis(0), row).to_owned();
        assert_eq!(row(lazy, 0), row(dense, 0));
        assert_ne!(row(lazy, 1), row(dense, 1));
        let kept = lazily.state("rows").unwrap().get("second_moment").unwrap();
        assert_eq!(kept[[1, 0]], (1.0 - 0.999) * 4.0);
    }
}
