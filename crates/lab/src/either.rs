//! One of two rules: for a model that gives its matrices to Muon and the rest to AdamW.

use descent::{HyperparameterError, Rule, State};
use ndarray::ArrayD;

/// A rule of either kind, so that the groups of one optimizer can have both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Either<A, B> {
    /// A rule of the first kind.
    First(A),
    /// A rule of the second kind.
    Second(B),
}

/// The state of a rule of either kind.
impl<A: State, B: State> State for Either<A, B> {
    fn bytes(&self) -> usize {
        match self {
            Self::First(state) => state.bytes(),
            Self::Second(state) => state.bytes(),
        }
    }
}

impl<A: Rule<f64>, B: Rule<f64>> Rule<f64> for Either<A, B> {
    type State = Either<A::State, B::State>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        match self {
            Self::First(rule) => rule.validate(),
            Self::Second(rule) => rule.validate(),
        }
    }

    fn accepts(&self, shape: &[usize]) -> Result<(), &'static str> {
        match self {
            Self::First(rule) => rule.accepts(shape),
            Self::Second(rule) => rule.accepts(shape),
        }
    }

    fn state(&self, parameter: &ArrayD<f64>, tensor: usize) -> Self::State {
        match self {
            Self::First(rule) => Either::First(rule.state(parameter, tensor)),
            Self::Second(rule) => Either::Second(rule.state(parameter, tensor)),
        }
    }

    fn denominators(&self, step: u64, state: &Self::State) -> Option<ArrayD<f64>> {
        match (self, state) {
            (Self::First(rule), Either::First(state)) => rule.denominators(step, state),
            (Self::Second(rule), Either::Second(state)) => rule.denominators(step, state),
            _ => None,
        }
    }

    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<f64>,
        gradient: &ArrayD<f64>,
        state: &mut Self::State,
    ) {
        match (self, state) {
            (Self::First(rule), Either::First(state)) => {
                rule.update(step, learning_rate, parameter, gradient, state);
            }
            (Self::Second(rule), Either::Second(state)) => {
                rule.update(step, learning_rate, parameter, gradient, state);
            }
            _ => unreachable!("an optimizer gives a state to the rule that made it"),
        }
    }
}
