//! Problems that are really graded, by one checker everywhere.
//!
//! A [`Problem`] is a folder of `book/problems`. Its checker is the same code on the command line,
//! in a notebook and, compiled to WebAssembly, in the page, so that the same answer gets the same
//! verdict in all three.
//!
//! ```
//! let problem = practice::open("bias-correction-derivation")?;
//! let report = problem.check(&["(1 - beta) * sum(i = 1..t, beta^(t - i) * g_i)"]);
//! assert_eq!(report.lines[0].points, report.lines[0].of);
//! # Ok::<(), practice::ProblemError>(())
//! ```

mod check;
mod equivalence;
mod expression;
mod problem;

pub use check::{LineReport, Report, Verdict};
pub use expression::{EvaluationError, Expression, ParseError, Scope};
pub use problem::{Form, Line, Mistake, Problem, ProblemError, Symbol};

use std::path::{Path, PathBuf};

/// Where the book's own problems are on this machine: `book/problems` beside the crates.
pub fn bank() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/problems")
}

/// Opens a problem of the book.
///
/// # Errors
/// If there is none of this id, or its files cannot be read; says which file and where.
pub fn open(id: &str) -> Result<Problem, ProblemError> {
    Problem::load(&bank(), id)
}

/// Opens every problem of the book, ordered by id.
///
/// # Errors
/// At the first problem whose files cannot be read; says which file and where.
pub fn open_all() -> Result<Vec<Problem>, ProblemError> {
    Problem::load_all(&bank())
}
