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

mod choice;
mod code;
mod diagnosis;
mod equivalence;
mod expression;
mod formula;
pub mod interview;
#[cfg(not(target_arch = "wasm32"))]
mod learner;
mod line;
mod number;
mod order;
mod problem;
mod proof;
mod report;
mod rubric;
mod variant;

pub use choice::{Choice, ChoiceOption};
pub use code::{Code, Mutant};
#[cfg(not(target_arch = "wasm32"))]
pub use code::{Task, confine};
pub use diagnosis::Diagnosis;
pub use expression::{EvaluationError, Expression, ParseError, Scope};
pub use formula::{Form, Formula, Symbol};
pub use graded::graded;
#[cfg(not(target_arch = "wasm32"))]
pub use learner::{record, scratch, store};
pub use line::{Asks, Line, Mistake, WrongAnswer, letter};
pub use number::Number;
pub use order::{Order, Step, Stray};
pub use problem::{FollowUp, Kind, Problem, ProblemError, alike};
pub use proof::defects;
pub use report::{LineReport, Report, Verdict};
pub use rubric::{Grade, Point, Rubric, Sink};
pub use variant::Constant;

use std::path::{Path, PathBuf};

/// Where the book's own problems are on this machine: `book/problems` beside the crates.
pub fn bank() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    crates.unwrap_or(Path::new(".")).join("book/problems")
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

/// The ids of the book's problems, in order.
///
/// # Errors
/// If the bank cannot be read.
pub fn ids() -> Result<Vec<String>, ProblemError> {
    problem::ids(&bank())
}

/// Grades answers to a problem of the book, one for each line, and keeps the result among the
/// learner's progress: what a notebook cell calls. [`graded!`] calls it for code.
///
/// # Panics
/// If there is no such problem, or it has fewer lines: in a notebook a panic is what is seen.
#[cfg(not(target_arch = "wasm32"))]
pub fn grade<A: AsRef<str>>(id: &str, answers: &[A]) -> Report {
    let problem = open(id).unwrap_or_else(|error| panic!("{error}"));
    let (given, lines) = (answers.len(), problem.lines.len());
    assert!(given <= lines, "{given} answers, and `{id}` asks for {lines}");
    let report = problem.check(answers);
    let kept = store().and_then(|mut store| record(&mut store, &problem, &report));
    if let Err(error) = kept {
        println!("This answer is not among your progress. {error}");
    }
    report
}

/// The training run that a problem asks to put right, as figures for a notebook.
///
/// # Panics
/// If there is no such problem, or it has no run: in a notebook a panic is what is seen.
#[cfg(not(target_arch = "wasm32"))]
pub fn run_of(id: &str) -> figures::Panels {
    let problem = open(id).unwrap_or_else(|error| panic!("{error}"));
    let Some(diagnosis) = problem.diagnosis() else { panic!("`{id}` has no run to look at") };
    figures::Panels(diagnosis.figures().unwrap_or_else(|error| panic!("{error}")))
}
