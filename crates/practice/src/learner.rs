//! What is kept of a learner on this machine.

use crate::problem::Problem;
use crate::report::Report;
use progress::Store;
use std::io::Result;
use std::path::{Path, PathBuf};

/// The folder of a learner's own files, which git ignores.
pub fn scratch() -> PathBuf {
    crate::bank().ancestors().nth(2).unwrap_or(Path::new(".")).join("scratch")
}

/// The learner's progress: in the folder of their own files, or in the file that the variable
/// `DESCENT_PROGRESS` names.
///
/// # Errors
/// If there is a file that cannot be read; says which.
pub fn store() -> Result<Store> {
    Store::open(&scratch().join("progress.jsonl"))
}

/// Keeps a graded answer among the learner's progress, if anything was answered.
///
/// # Errors
/// If the file cannot be written; says which, and how to name another.
pub fn record(store: &mut Store, problem: &Problem, report: &Report) -> Result<()> {
    match report.is_attempt() {
        true => store.answered(&problem.id, problem.seed, report.points, report.of),
        false => Ok(()),
    }
}
