//! What a rule or an optimizer refuses, and what to do about it.

use thiserror::Error;

/// A hyperparameter outside the range in which its rule is defined.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{rule}: {name} = {value} is outside its range {range}; choose a value inside it")]
pub struct HyperparameterError {
    /// The rule that refused, as its type is called.
    pub rule: &'static str,
    /// The hyperparameter, as its field is called.
    pub name: &'static str,
    /// What was given.
    pub value: f64,
    /// What is allowed, in interval notation.
    pub range: &'static str,
}

impl HyperparameterError {
    /// Passes a `value` in [0, 1), the range of every decay rate (β) in the book.
    pub fn check_decay_rate(
        rule: &'static str,
        name: &'static str,
        value: f64,
    ) -> Result<(), Self> {
        let range = "[0, 1)";
        if (0.0..1.0).contains(&value) { Ok(()) } else { Err(Self { rule, name, value, range }) }
    }

    /// Passes a finite `value` of at least zero.
    pub fn check_non_negative(
        rule: &'static str,
        name: &'static str,
        value: f64,
    ) -> Result<(), Self> {
        let range = "[0, ∞)";
        if value.is_finite() && value >= 0.0 {
            Ok(())
        } else {
            Err(Self { rule, name, value, range })
        }
    }
}

/// Why an [`Optimizer`](crate::Optimizer) refused a step. Parameters and state are as they were.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum StepError {
    /// Parameters or gradients are not the tensors the optimizer was made for.
    #[error(
        "step {step}: {role} has {found} tensors, but the optimizer was made for {expected}; \
         pass the same tensors in the same order at every step"
    )]
    Count {
        /// The step that was refused, from 1.
        step: u64,
        /// `parameters` or `gradients`.
        role: &'static str,
        /// How many tensors were passed.
        found: usize,
        /// How many tensors the optimizer was made for.
        expected: usize,
    },
    /// A tensor has another name than the one the optimizer was made for at this place.
    #[error(
        "step {step}: {role} has `{found}` where the optimizer was made for `{expected}`; \
         pass the same tensors in the same order at every step"
    )]
    Name {
        /// The step that was refused, from 1.
        step: u64,
        /// `parameters` or `gradients`.
        role: &'static str,
        /// The name that was passed.
        found: String,
        /// The name the optimizer was made for.
        expected: String,
    },
    /// A tensor has another shape than the one the optimizer was made for.
    #[error(
        "step {step}: {role} `{name}` has shape {found:?}, but the optimizer was made for \
         {expected:?}; a gradient has the shape of its parameter"
    )]
    Shape {
        /// The step that was refused, from 1.
        step: u64,
        /// `parameters` or `gradients`.
        role: &'static str,
        /// The tensor's name.
        name: String,
        /// The shape that was passed.
        found: Vec<usize>,
        /// The shape the optimizer was made for.
        expected: Vec<usize>,
    },
    /// A gradient coordinate is infinite or not a number.
    #[error(
        "step {step}: the gradient of `{name}` is {value} at index {index:?}; look for a division \
         by zero, a logarithm of zero or a diverging run before this step"
    )]
    NonFinite {
        /// The step that was refused, from 1.
        step: u64,
        /// The parameter's name.
        name: String,
        /// Where in the tensor, one number for each axis.
        index: Vec<usize>,
        /// The offending value.
        value: f64,
    },
    /// The schedule gave a learning rate that is negative, infinite or not a number.
    #[error("step {step}: the schedule gave a learning rate of {value}; it must lie in [0, ∞)")]
    LearningRate {
        /// The step that was refused, from 1.
        step: u64,
        /// What the schedule gave.
        value: f64,
    },
}
