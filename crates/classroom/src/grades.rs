//! What a hand-in earned.

use practice::Report;
use serde::{Deserialize, Serialize};

/// What one hand-in earned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grades {
    /// The assignment's name.
    pub assignment: String,
    /// The student's id.
    pub student: String,
    /// One entry for each problem.
    pub problems: Vec<Graded>,
    /// What was odd about the hand-in.
    pub notes: Vec<String>,
    /// The layers around the student's programs that were active.
    pub isolation: Vec<String>,
}

/// What one problem earned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    /// The problem's id.
    pub problem: String,
    /// What it is called.
    pub title: String,
    /// Which variant it was.
    pub variant: u64,
    /// The points given: the exact share, so that thirds of a point add up; [`hundredths`] shows them.
    pub points: f64,
    /// The points there are.
    pub of: f64,
    /// The checker's verdicts.
    pub report: Report,
}

/// Points as they are shown.
pub fn hundredths(points: f64) -> f64 {
    (points * 100.0).round() / 100.0
}

impl Grades {
    /// The points given, in all.
    pub fn points(&self) -> f64 {
        self.problems.iter().map(|graded| graded.points).sum()
    }

    /// The same with nothing said of any line.
    #[must_use]
    pub fn points_alone(mut self) -> Self {
        let lines = self.problems.iter_mut().flat_map(|graded| &mut graded.report.lines);
        lines.for_each(|line| line.feedback.clear());
        self
    }

    /// The points there are, in all.
    pub fn of(&self) -> f64 {
        self.problems.iter().map(|graded| graded.of).sum()
    }
}
