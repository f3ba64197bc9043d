//! A problem as it stands in its folder.

use crate::equivalence::check_reference;
use crate::expression::Expression;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A derivation, graded line by line.
///
/// Its folder holds `problem.toml` with the fields below, `statement.md` and `solution.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// The folder's name.
    #[serde(default)]
    pub id: String,
    /// What the problem is called.
    pub title: String,
    /// The chapter it belongs to, by the name of its file without the ending.
    pub chapter: String,
    /// The section of that chapter it rests on, by its anchor.
    pub section: String,
    /// From 1, a warm-up, to 5.
    pub difficulty: u8,
    /// How many minutes it takes someone who has read the chapter.
    pub minutes: u16,
    /// What is given and asked, in Markdown.
    #[serde(default)]
    pub statement: String,
    /// The full solution, in Markdown.
    #[serde(default)]
    pub solution: String,
    /// The symbols that answers may use.
    #[serde(rename = "symbol")]
    pub symbols: Vec<Symbol>,
    /// The lines to be filled in.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
}

/// A symbol and the domain on which formulas are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Symbol {
    /// How it is typed.
    pub name: String,
    /// Other ways to type it.
    #[serde(default)]
    pub also: Vec<String>,
    /// What it stands for.
    pub meaning: String,
    /// The low end of its domain.
    pub low: f64,
    /// The high end of its domain.
    pub high: f64,
    /// Whether it is a whole number.
    #[serde(default)]
    pub whole: bool,
    /// Whether it is a sequence, whose terms are written with an index.
    #[serde(default)]
    pub sequence: bool,
}

/// One line of a derivation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What this line asks for, in Markdown.
    pub prompt: String,
    /// A right answer; every formula that means the same is right too.
    pub answer: String,
    /// What form the answer must have.
    #[serde(default)]
    pub form: Form,
    /// How many points the line is worth.
    pub points: u32,
    /// Hints, from a nudge to nearly there; none gives the answer away.
    pub hints: Vec<String>,
    /// Wrong answers that people give, each with its reply.
    #[serde(default, rename = "mistake")]
    pub mistakes: Vec<Mistake>,
}

/// What form an answer must have besides its meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Any.
    #[default]
    Any,
    /// With the sum still written out.
    Sum,
    /// Without a sum.
    Closed,
}

/// A wrong answer that people really give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistake {
    /// What the mistake is called.
    pub name: String,
    /// The formula it leads to.
    pub answer: String,
    /// What to tell someone who gives it.
    pub reply: String,
}

/// Why a problem could not be opened.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ProblemError {
    /// There is no such problem.
    #[error("there is no problem `{id}` in {}; known are: {}", bank.display(), known.join(", "))]
    Unknown {
        /// What was asked for.
        id: String,
        /// Where it was looked for.
        bank: PathBuf,
        /// What is there.
        known: Vec<String>,
    },
    /// A file could not be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file does not hold what it should.
    #[error("{}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, where, and what to do.
        reason: String,
    },
}

impl Problem {
    /// Reads and checks the problem in the folder `id` of `bank`.
    ///
    /// # Errors
    /// Names the file, the place in it and the remedy.
    pub fn load(bank: &Path, id: &str) -> Result<Self, ProblemError> {
        let ids = ids(bank)?;
        if !ids.iter().any(|known| known == id) {
            return Err(ProblemError::Unknown {
                id: id.to_owned(),
                bank: bank.to_owned(),
                known: ids,
            });
        }
        let folder = bank.join(id);
        let path = folder.join("problem.toml");
        let malformed = |reason: String| ProblemError::Malformed { path: path.clone(), reason };
        let mut problem: Self =
            toml::from_str(&read(&path)?).map_err(|error| malformed(error.to_string()))?;
        problem.id = id.to_owned();
        problem.statement = read(&folder.join("statement.md"))?;
        problem.solution = read(&folder.join("solution.md"))?;
        problem.validate().map_err(malformed)?;
        Ok(problem)
    }

    /// Reads and checks every problem of `bank`, ordered by id.
    ///
    /// # Errors
    /// Names the file, the place in it and the remedy.
    pub fn load_all(bank: &Path) -> Result<Vec<Self>, ProblemError> {
        ids(bank)?.iter().map(|id| Self::load(bank, id)).collect()
    }

    /// The most points the problem gives.
    pub fn points(&self) -> u32 {
        self.lines.iter().map(|line| line.points).sum()
    }

    fn validate(&self) -> Result<(), String> {
        if self.lines.is_empty() {
            return Err("the problem has no lines; add a [[line]]".to_owned());
        }
        if !(1..=5).contains(&self.difficulty) {
            return Err(format!("difficulty = {} is outside 1..=5", self.difficulty));
        }
        for symbol in &self.symbols {
            if !(symbol.low < symbol.high && symbol.low.is_finite() && symbol.high.is_finite()) {
                let Symbol { name, low, high, .. } = symbol;
                return Err(format!("symbol `{name}`: its domain {low}..{high} is empty"));
            }
        }
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("line {}", number + 1);
            let formula = |what: &str, text: &str| -> Result<(), String> {
                let said = |error: &str| format!("{place}, {what} `{text}`: {error}");
                let formula = Expression::parse(text).map_err(|error| said(&error.to_string()))?;
                check_reference(&formula, &self.symbols).map_err(|error| said(&error))
            };
            if line.points == 0 {
                return Err(format!("{place} is worth no points"));
            }
            if line.hints.is_empty() {
                return Err(format!("{place} has no hints; give at least one"));
            }
            formula("answer", &line.answer)?;
            for mistake in &line.mistakes {
                formula(&format!("mistake `{}`", mistake.name), &mistake.answer)?;
            }
        }
        Ok(())
    }
}

fn ids(bank: &Path) -> Result<Vec<String>, ProblemError> {
    let unreadable = |error: std::io::Error| ProblemError::Unreadable {
        path: bank.to_owned(),
        reason: error.to_string(),
    };
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(bank).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.path().is_dir() {
            ids.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    ids.sort();
    Ok(ids)
}

fn read(path: &Path) -> Result<String, ProblemError> {
    std::fs::read_to_string(path).map_err(|error| ProblemError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}
