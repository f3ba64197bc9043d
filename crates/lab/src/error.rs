//! What can go wrong when an experiment is set up or run.

use descent::{SetupError, StepError};
use thiserror::Error;

/// Why an experiment could not be run.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum LabError {
    /// An optimizer could not be made of a rule, a schedule and parameters.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// An optimizer refused a step.
    #[error(transparent)]
    Step(#[from] StepError),
    /// Parameters of another model were given.
    #[error("these parameters are not this model's: {0}")]
    Parameters(#[from] descent::Mismatch),
    /// A run could not be saved or resumed.
    #[error("{0}")]
    Checkpoint(String),
    /// A table could not be read.
    #[error("{0}")]
    Table(String),
    /// A setting of the experiment itself is out of range.
    #[error("{name} = {value} is outside {range}; choose a value inside it")]
    Setting {
        /// The setting's name.
        name: &'static str,
        /// What was given, as text.
        value: String,
        /// What is allowed.
        range: String,
    },
}

impl LabError {
    /// A checkpoint that was refused. Kept as text: the error holds one of the file system, which
    /// cannot be compared or cloned.
    pub(crate) fn checkpoint(error: descent::CheckpointError) -> Self {
        Self::Checkpoint(error.to_string())
    }

    /// A setting that is out of range.
    pub fn setting(name: &'static str, value: impl ToString, range: impl ToString) -> Self {
        Self::Setting { name, value: value.to_string(), range: range.to_string() }
    }
}
