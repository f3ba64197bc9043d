//! What an optimizer is, apart from the bookkeeping around it.

use crate::{HyperparameterError, Real};
use ndarray::ArrayD;
use std::fmt::Debug;

/// An optimizer's mathematics: its hyperparameters, and how a gradient becomes an update.
///
/// A rule sees one parameter tensor at a time. The [`Optimizer`](crate::Optimizer) that drives it
/// promises that `parameter`, `gradient` and the state have one shape, that there is at least one
/// coordinate, that the first two are in
/// the standard (row-major) layout, that every gradient coordinate is finite unless the caller
/// vouched for that, and that `step` counts from 1.
///
/// A rule that treats every coordinate alike is an [`Elementwise`](crate::Elementwise) and gets
/// this trait for free; a rule that looks at a whole tensor, as [`Lamb`](crate::Lamb) and
/// [`Muon`](crate::Muon) do, implements it itself.
pub trait Rule<F: Real>: Clone + Debug + Send + Sync {
    /// What the rule remembers about one parameter tensor between steps.
    type State: State;

    /// Refuses hyperparameters outside the range in which the rule is defined.
    ///
    /// # Errors
    /// Names the hyperparameter, its value and the range it must lie in.
    fn validate(&self) -> Result<(), HyperparameterError>;

    /// Whether the rule can update a tensor of this shape; if not, what it needs instead.
    ///
    /// # Errors
    /// What the rule needs, as it continues the sentence "the rule needs …".
    fn accepts(&self, _shape: &[usize]) -> Result<(), &'static str> {
        Ok(())
    }

    /// The state before the first step, for this parameter tensor.
    ///
    /// `tensor` is its place among all parameters: a rule that draws random numbers gives each
    /// tensor a stream of its own.
    fn state(&self, parameter: &ArrayD<F>, tensor: usize) -> Self::State;

    /// What each coordinate's step was divided by at `step`, which left `state` behind: √v̂ + ε in
    /// Adam's family. `None` for a rule that does not divide by such an estimate.
    ///
    /// For looking at a run; the update does not call it.
    fn denominators(&self, _step: u64, _state: &Self::State) -> Option<ArrayD<F>> {
        None
    }

    /// Updates `parameter` and `state` in place.
    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Self::State,
    );

    /// The same for all tensors of one step: a rule that computes something once a step, whatever
    /// the tensor, does it here.
    fn updater(
        &self,
        step: u64,
        learning_rate: f64,
    ) -> impl Fn(&mut ArrayD<F>, &ArrayD<F>, &mut Self::State) + Sync {
        move |parameter, gradient, state| {
            self.update(step, learning_rate, parameter, gradient, state);
        }
    }
}

/// Plain data that a rule keeps for one parameter tensor.
pub trait State: Clone + Debug + Send {
    /// How many bytes of memory this state holds, not counting names, shapes and pointers, nor
    /// room for intermediate results that nothing reads after the step.
    fn bytes(&self) -> usize;
}

/// A rule's name: its type, without the path that leads to it.
pub(crate) fn name<R>() -> String {
    let mut name = String::new();
    for part in std::any::type_name::<R>().split_inclusive(['<', '>', ',', ' ']) {
        name.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    name
}

#[cfg(test)]
mod tests {
    use crate::{Adam, CoupledL2};

    #[test]
    fn names_are_types_without_paths() {
        assert_eq!(super::name::<Adam>(), "Adam");
        assert_eq!(super::name::<CoupledL2<Adam>>(), "CoupledL2<Adam>");
    }
}
