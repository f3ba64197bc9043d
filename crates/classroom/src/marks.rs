//! What is marked by hand: which points of a rubric an essay makes.

use crate::course::{Assignment, Course};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The marks given for an assignment, by student, problem and line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(BTreeMap<(String, String, usize), String>);

/// A line of the file.
#[derive(Deserialize)]
struct Mark {
    student: String,
    problem: String,
    line: usize,
    made: String,
}

impl Marks {
    /// Where an assignment's marks are.
    pub fn path(course: &Course, assignment: &Assignment) -> PathBuf {
        course.folder.join("marks").join(format!("{}.csv", assignment.name))
    }

    /// The marks of an assignment; none where there is no file.
    ///
    /// # Errors
    /// If the file lacks a column, or a line of it cannot be read; says which.
    pub fn of(course: &Course, assignment: &Assignment) -> Result<Self> {
        let path = Self::path(course, assignment);
        if !path.exists() {
            return Ok(Self::default());
        }
        let place = || format!("{}: columns are student,problem,line,made", path.display());
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(&path).with_context(place)?;
        let mut marks = BTreeMap::new();
        for mark in reader.deserialize() {
            let Mark { student, problem, line, made } = mark.with_context(place)?;
            if !made.is_empty() {
                marks.insert((student, problem, line), made);
            }
        }
        Ok(Self(marks))
    }

    /// The numbers of the points that an essay makes, such as `1 3 4`, if it has been marked.
    pub fn of_line(&self, student: &str, problem: &str, line: usize) -> Option<&str> {
        self.0.get(&(student.to_owned(), problem.to_owned(), line)).map(String::as_str)
    }
}
