//! What a hand-in earned, as every report and export takes it.

use serde::{Deserialize, Serialize};

/// What one hand-in earned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grades {
    /// The assignment, by its name in the course file.
    pub assignment: String,
    /// The student, by the id in the list of students.
    pub student: String,
    /// One for each problem of the assignment, in its order.
    pub problems: Vec<Graded>,
    /// What was odd about the hand-in.
    pub notes: Vec<String>,
    /// The layers of isolation that were active while its programs ran.
    pub isolation: Vec<String>,
}

/// What one problem earned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    /// The problem's id.
    pub problem: String,
    /// What it is called.
    pub title: String,
    /// Which variant the student had.
    pub variant: u64,
    /// The points earned, of those that the course gives.
    pub points: f64,
    /// The points that the course gives for it.
    pub of: f64,
    /// The verdict on each of its lines.
    pub report: practice::Report,
}
