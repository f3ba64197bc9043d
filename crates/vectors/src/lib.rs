//! Conformance vectors: files that say what a reference library computed, and their replay.
//!
//! A case of `optimizer-vectors/1` has starting parameters, a fixed sequence of gradients, and the
//! parameters after every step as the reference computed them. A case of `schedule-vectors/1` has a
//! schedule's rates. Gradients do not depend on the parameters, so any implementation in any
//! language can be held to a file: [`replay`] does it with the rules of this book, [`compare`] with
//! what another program wrote.
//!
//! A value x agrees with its reference r where |x − r| ≤ tolerance · max(1, the largest magnitude
//! that the coordinate's reference has had so far); two rates agree within the tolerance times the
//! peak rate.

mod agreement;
mod case;
mod hyperparameters;
mod optimizers;
mod schedules;

pub use agreement::{Disagreement, Place};
pub use case::{Case, OptimizerCase, Parameter, ScheduleCase, Source, Tolerance, Trajectory};
pub use hyperparameters::HyperparameterProblem;

use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a file could not be replayed.
#[derive(Debug, Error)]
#[error("{}: {problem}", path.display())]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, and where.
    pub problem: String,
}

impl Unreadable {
    fn new(path: &Path, problem: impl ToString) -> Self {
        Self { path: path.to_owned(), problem: problem.to_string() }
    }
}

/// Replays the case in a file with the rules and schedules of this book.
///
/// Gives the first disagreement, if there is one.
///
/// # Errors
/// If the file cannot be read or is not a case.
pub fn replay(file: &Path) -> Result<Option<Disagreement>, Unreadable> {
    match case::read(file)? {
        Case::Optimizer(case) => {
            let ours = optimizers::run(&case).map_err(|problem| Unreadable::new(file, problem))?;
            Ok(agreement::of_trajectory(&case, &ours))
        }
        Case::Schedule(case) => {
            let ours = schedules::rates(&case).map_err(|problem| Unreadable::new(file, problem))?;
            Ok(agreement::of_rates(&case, &ours))
        }
    }
}

/// Compares what another program wrote for the case in a file with the case's reference.
///
/// `theirs` holds an object with a `trajectory` (or `learning_rates`, for a schedule) as the case
/// has one, or that array alone.
///
/// # Errors
/// If one of the files cannot be read.
pub fn compare(theirs: &Path, file: &Path) -> Result<Option<Disagreement>, Unreadable> {
    match case::read(file)? {
        Case::Optimizer(case) => {
            let trajectory = case::read_answer(theirs, "trajectory")?;
            Ok(agreement::of_trajectory(&case, &trajectory))
        }
        Case::Schedule(case) => {
            let rates: Vec<f64> = case::read_answer(theirs, "learning_rates")?;
            Ok(agreement::of_rates(&case, &rates))
        }
    }
}
