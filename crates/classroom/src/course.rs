//! A course as its folder states it: which problems, points, dates, and the secret that variants are drawn
//! from.
//!
//! ```text
//! COURSE/
//!   course.toml            the course
//!   students.csv           id,name,email
//!   private/ID/…           problems of your own, in the form of book/problems
//!   release/ASSIGNMENT/    written by `release`: one archive a student
//!   submissions/ASSIGNMENT/STUDENT/ or STUDENT.zip   what came back
//!   marks/ASSIGNMENT.csv   what was marked by hand: student,problem,line,points made
//!   grades/ASSIGNMENT/     written by `grade`: one file a student
//!   report/ASSIGNMENT/     written by `report`
//! ```

use crate::roster::{self, Student};
use anyhow::{Context, Result, bail};
use practice::Problem;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use toml::value::Datetime;

/// A course, read and checked.
#[derive(Clone, Debug)]
pub struct Course {
    /// The folder it is in, as an absolute path.
    pub folder: PathBuf,
    /// What it says of itself.
    pub plan: Plan,
    /// Who takes it, in the order of the list.
    pub students: Vec<Student>,
}

/// The file `course.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What the course is called.
    pub title: String,
    /// What variants are drawn from, together with a student's id.
    pub secret: String,
    /// What students read of their grades.
    #[serde(default)]
    pub feedback: Feedback,
    /// The folder of the course's own problems.
    #[serde(default = "private")]
    pub private: PathBuf,
    /// The assignments, in order.
    #[serde(rename = "assignment")]
    pub assignments: Vec<Assignment>,
}

fn private() -> PathBuf {
    PathBuf::from("private")
}

/// What students read of their grades.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feedback {
    /// Points, and what is said of each line.
    #[default]
    Full,
    /// The same; where a system grades at once, only when the due date has passed.
    Later,
    /// Points alone.
    Points,
}

/// Problems that are given out and collected together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// Its name in commands and folders.
    pub name: String,
    /// What students read.
    pub title: String,
    /// When it is given out.
    pub opens: Option<Datetime>,
    /// When it is to be handed in.
    pub due: Option<Datetime>,
    /// Its problems, in order.
    #[serde(rename = "problem")]
    pub problems: Vec<Chosen>,
}

/// A problem of an assignment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// The problem's folder, in the private folder or in the book's bank.
    pub id: String,
    /// What it is worth; the problem's own points if nothing is said.
    pub points: Option<f64>,
    /// Whether each student has a variant, or all have the same.
    #[serde(default = "each")]
    pub variants: bool,
}

/// Whose variant it is where all have the same.
pub const EVERYONE: &str = "";

fn each() -> bool {
    true
}

/// A student's variant of a problem, and what it is worth.
#[derive(Clone, Debug)]
pub struct Set {
    /// The problem.
    pub problem: Problem,
    /// The most points it gives in this course.
    pub points: f64,
}

impl Course {
    /// Reads a course and checks everything that does not depend on a student.
    ///
    /// # Errors
    /// Names the file, what is wrong in it and the remedy.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("course.toml");
        let text = fs::read_to_string(&path).with_context(|| {
            format!("{}; `descent course new FOLDER` begins a course", path.display())
        })?;
        let plan: Plan = toml::from_str(&text).with_context(|| path.display().to_string())?;
        let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
        let students = roster::read(&folder.join("students.csv"))?;
        let course = Self { folder, plan, students };
        course.check().with_context(|| path.display().to_string())?;
        Ok(course)
    }

    fn check(&self) -> Result<()> {
        if self.plan.secret.len() < 16 {
            bail!(
                "secret has fewer than 16 characters: variants could be guessed; `openssl rand -hex 16` makes one"
            );
        }
        let mut names = BTreeSet::new();
        for assignment in &self.plan.assignments {
            let name = &assignment.name;
            roster::check_name(name).with_context(|| format!("assignment `{name}`"))?;
            if !names.insert(name) {
                bail!("there are two assignments `{name}`");
            }
            let mut ids = BTreeSet::new();
            for Chosen { id, points, .. } in &assignment.problems {
                if !ids.insert(id) {
                    bail!("assignment `{name}` has `{id}` twice");
                }
                if points.is_some_and(|points| !(points > 0.0 && points.is_finite())) {
                    bail!("assignment `{name}`: points of `{id}` must be above 0");
                }
                // In the book's bank and, changed, in the private folder: which would students find?
                let statement = |bank: PathBuf| fs::read(bank.join(id).join("problem.toml")).ok();
                let (own, ours) = (statement(self.private()), statement(practice::bank()));
                if own.is_some() && ours.is_some() && own != ours {
                    bail!(
                        "`{id}` in {} is not the book's problem of this name; rename your own",
                        self.private().display()
                    );
                }
                Problem::load(&self.bank_of(id), id)?;
            }
        }
        Ok(())
    }

    /// The folder of the course's own problems.
    pub fn private(&self) -> PathBuf {
        self.folder.join(&self.plan.private)
    }

    /// Where a problem is.
    pub fn bank_of(&self, id: &str) -> PathBuf {
        let private = self.private();
        if private.join(id).is_dir() { private } else { practice::bank() }
    }

    /// An assignment by its name; the only one if no name is given.
    ///
    /// # Errors
    /// If there is none of this name, or several to choose from; says which there are.
    pub fn assignment(&self, name: Option<&str>) -> Result<&Assignment> {
        let all = &self.plan.assignments;
        let names = || all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        match (name, all.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => bail!("name an assignment: {}", names()),
            (Some(name), all) => all.iter().find(|one| one.name == name).with_context(|| {
                format!("there is no assignment `{name}`; there are: {}", names())
            }),
        }
    }

    /// A student by id.
    ///
    /// # Errors
    /// If there is none.
    pub fn student(&self, id: &str) -> Result<&Student> {
        let found = self.students.iter().find(|student| student.id == id);
        found.with_context(|| {
            format!("there is no student `{id}` in {}", self.folder.join("students.csv").display())
        })
    }

    /// What a student is asked in an assignment: variants by the secret and the student's id.
    ///
    /// # Errors
    /// If a problem cannot be read.
    pub fn sets(&self, assignment: &Assignment, student: &str) -> Result<Vec<Set>> {
        let set = |chosen: &Chosen| {
            let whose = if chosen.variants { student } else { EVERYONE };
            self.set(assignment, &chosen.id, self.seed(whose, &chosen.id))
        };
        assignment.problems.iter().map(set).collect()
    }

    /// A problem of an assignment in the variant of this seed.
    ///
    /// # Errors
    /// If the assignment has none of this id, or it cannot be read.
    pub fn set(&self, assignment: &Assignment, id: &str, seed: u64) -> Result<Set> {
        let chosen = assignment.problems.iter().find(|chosen| chosen.id == id);
        let chosen = chosen
            .with_context(|| format!("assignment `{}` has no problem `{id}`", assignment.name))?;
        let problem = Problem::load_variant(&self.bank_of(id), id, seed)?;
        let points = chosen.points.unwrap_or_else(|| f64::from(problem.points()));
        Ok(Set { problem, points })
    }

    /// The seed of a student's variant: a number that says nothing about the secret.
    fn seed(&self, student: &str, problem: &str) -> u64 {
        let mut hash = Sha256::new();
        for text in [self.plan.secret.as_str(), student, problem] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        // Short enough for every place that a seed goes through.
        hash.finalize().iter().take(4).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
    }

    /// Where the parts of an assignment are: `release`, `submissions`, `grades` or `report`.
    pub fn folder_of(&self, part: &str, assignment: &Assignment) -> PathBuf {
        self.folder.join(part).join(&assignment.name)
    }
}

/// A date as students read it.
pub fn shown(date: &Datetime) -> String {
    date.to_string().replace('T', " ")
}
