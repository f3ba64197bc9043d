//! What an optimizer is, apart from the bookkeeping around it.

use crate::{HyperparameterError, Real};
use ndarray::ArrayD;

/// An optimizer's mathematics: its hyperparameters, and how a gradient becomes an update.
///
/// A rule sees one parameter tensor at a time. The [`Optimizer`](crate::Optimizer) that drives it
/// promises that `parameter`, `gradient` and the state have one shape, that every gradient
/// coordinate is finite, and that `step` counts from 1.
pub trait Rule<F: Real> {
    /// What the rule remembers about one parameter tensor between steps.
    type State: State;

    /// Refuses hyperparameters outside the range in which the rule is defined.
    ///
    /// # Errors
    /// Names the hyperparameter, its value and the range it must lie in.
    fn validate(&self) -> Result<(), HyperparameterError>;

    /// The state before the first step, for a parameter tensor of this shape.
    fn state(&self, shape: &[usize]) -> Self::State;

    /// Updates `parameter` and `state` in place, in one pass over memory.
    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Self::State,
    );
}

/// Plain data that a rule keeps for one parameter tensor.
pub trait State: Clone {
    /// How many bytes of memory this state holds, not counting shapes and pointers.
    fn bytes(&self) -> usize;
}

/// A rule without memory.
impl State for () {
    fn bytes(&self) -> usize {
        0
    }
}
