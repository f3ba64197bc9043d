//! What a rule or an optimizer refuses, and what to do about it.

use std::borrow::Cow;
use thiserror::Error;

/// A hyperparameter outside the range in which its rule is defined.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{rule}: {name} = {value} is outside its range {range}; choose a value inside it")]
pub struct HyperparameterError {
    /// The rule that refused, as its type is called.
    pub rule: &'static str,
    /// The hyperparameter, as its field is called.
    pub name: Cow<'static, str>,
    /// What was given.
    pub value: f64,
    /// What is allowed, in interval notation.
    pub range: &'static str,
}

impl HyperparameterError {
    /// Passes a `value` in [0, 1), the range of every decay rate (β) in the book.
    pub fn check_decay_rate(
        rule: &'static str,
        name: impl Into<Cow<'static, str>>,
        value: f64,
    ) -> Result<(), Self> {
        let range = "[0, 1)";
        if (0.0..1.0).contains(&value) {
            Ok(())
        } else {
            Err(Self { rule, name: name.into(), value, range })
        }
    }

    /// Passes a `value` in [0, 1].
    pub fn check_fraction(
        rule: &'static str,
        name: impl Into<Cow<'static, str>>,
        value: f64,
    ) -> Result<(), Self> {
        let range = "[0, 1]";
        if (0.0..=1.0).contains(&value) {
            Ok(())
        } else {
            Err(Self { rule, name: name.into(), value, range })
        }
    }

    /// Passes a finite `value` above zero.
    pub fn check_positive(
        rule: &'static str,
        name: impl Into<Cow<'static, str>>,
        value: f64,
    ) -> Result<(), Self> {
        let range = "(0, ∞)";
        if value.is_finite() && value > 0.0 {
            Ok(())
        } else {
            Err(Self { rule, name: name.into(), value, range })
        }
    }

    /// Passes a finite `value` of at least zero.
    pub fn check_non_negative(
        rule: &'static str,
        name: impl Into<Cow<'static, str>>,
        value: f64,
    ) -> Result<(), Self> {
        let range = "[0, ∞)";
        if value.is_finite() && value >= 0.0 {
            Ok(())
        } else {
            Err(Self { rule, name: name.into(), value, range })
        }
    }
}

/// Why an [`Optimizer`](crate::Optimizer) could not be made.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum SetupError {
    /// The rule or a schedule refused a hyperparameter.
    #[error(transparent)]
    Hyperparameter(#[from] HyperparameterError),
    /// The rule cannot update a tensor of this shape.
    #[error("{rule}: parameter `{name}` has shape {shape:?}, but the rule needs {needs}")]
    Shape {
        /// The rule.
        rule: String,
        /// The parameter's name.
        name: String,
        /// The parameter's shape.
        shape: Vec<usize>,
        /// What the rule needs.
        needs: &'static str,
    },
    /// A parameter was assigned to a group that was not given.
    #[error(
        "parameter `{name}` is assigned to the group `{group}`, which does not exist; the groups \
         are: {known}"
    )]
    UnknownGroup {
        /// The parameter's name.
        name: String,
        /// The group it was assigned to.
        group: String,
        /// The groups that exist.
        known: String,
    },
    /// Two groups have one name.
    #[error("two groups are called `{name}`; give each its own name")]
    SameGroup {
        /// The name.
        name: String,
    },
    /// Two parameters have one name.
    #[error("two parameters are called `{name}`; give each its own name")]
    SameName {
        /// The name.
        name: String,
    },
}

/// How tensors differ from those that were expected. The text continues a sentence that begins
/// with what the tensors are.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Mismatch {
    /// There are more tensors or fewer.
    #[error("has {found} tensors where {expected} were expected")]
    Count {
        /// How many there are.
        found: usize,
        /// How many were expected.
        expected: usize,
    },
    /// A tensor has another name.
    #[error("has `{found}` where `{expected}` was expected")]
    Name {
        /// The name there is.
        found: String,
        /// The name that was expected.
        expected: String,
    },
    /// A tensor has another shape.
    #[error("has `{name}` in shape {found:?} where {expected:?} was expected")]
    Shape {
        /// The tensor's name.
        name: String,
        /// The shape there is.
        found: Vec<usize>,
        /// The shape that was expected.
        expected: Vec<usize>,
    },
}

/// Why an [`Optimizer`](crate::Optimizer) refused a step. Parameters and state are as they were.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum StepError {
    /// Parameters or gradients are not the tensors the optimizer was made for.
    #[error(
        "step {step}: {role} {mismatch}; pass the same tensors in the same order at every step"
    )]
    Mismatch {
        /// The step that was refused, from 1.
        step: u64,
        /// `parameters` or `gradients`.
        role: &'static str,
        /// How they differ.
        mismatch: Mismatch,
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
    #[error(
        "step {step}: the schedule of the group `{group}` gave a learning rate of {value}; it must \
         lie in [0, ∞)"
    )]
    LearningRate {
        /// The step that was refused, from 1.
        step: u64,
        /// The group whose schedule it is; `all` where there is only one.
        group: String,
        /// What the schedule gave.
        value: f64,
    },
}
