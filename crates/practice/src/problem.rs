//! A problem as it stands in its folder.

use crate::code::Code;
use crate::diagnosis::Diagnosis;
use crate::formula::Symbol;
use crate::line::{Asks, Line};
use crate::report::Report;
use crate::variant::{self, Constant};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A problem, graded line by line.
///
/// Its folder holds `problem.toml` with the fields below, `statement.md` and `solution.md`; one that
/// asks for code also `starter.rs`, `solution.rs` and `cases.rs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// The folder's name.
    #[serde(default)]
    pub id: String,
    /// Which variant this is; 0 is the first.
    #[serde(default)]
    pub seed: u64,
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
    /// The syllabus rows whose question it is, if any.
    #[serde(default)]
    pub rows: Vec<u32>,
    /// The claims behind it, by id.
    #[serde(default)]
    pub claims: Vec<String>,
    /// Whether it is one of the drills: what should come from memory.
    #[serde(default)]
    pub drill: bool,
    /// The first sentence to say, if it is asked in an interview.
    #[serde(default)]
    pub say_first: String,
    /// What is given and asked, in Markdown.
    #[serde(default)]
    pub statement: String,
    /// The full solution, in Markdown.
    #[serde(default)]
    pub solution: String,
    /// The numbers that differ between variants.
    #[serde(default, rename = "constant")]
    pub constants: Vec<Constant>,
    /// The symbols that formulas may use.
    #[serde(default, rename = "symbol")]
    pub symbols: Vec<Symbol>,
    /// What is to be answered.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
    /// What an interviewer asks next.
    #[serde(default, rename = "follow_up")]
    pub follow_ups: Vec<FollowUp>,
}

/// A question that follows another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// What is asked, in Markdown.
    pub ask: String,
    /// What to answer, in Markdown.
    pub answer: String,
}

/// The kinds of problems, each named by the line that makes it one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A number.
    Number,
    /// One or several of some options.
    Choice,
    /// Steps to put in order.
    Order,
    /// A formula, or a derivation of several.
    Expression,
    /// A function in Rust.
    Code,
    /// A training run to put right.
    Diagnosis,
    /// An open question with a rubric.
    Essay,
}

impl Kind {
    /// The kind in a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Choice => "choice",
            Self::Order => "order",
            Self::Expression => "expression",
            Self::Code => "code",
            Self::Diagnosis => "diagnosis",
            Self::Essay => "essay",
        }
    }
}

/// What is wrong with a problem's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// A stretch of the file near which it is.
    near: String,
    reason: String,
}

impl Fault {
    pub(crate) fn at(near: &str, reason: impl Into<String>) -> Self {
        Self { near: near.to_owned(), reason: reason.into() }
    }
}

/// Why a problem could not be opened.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ProblemError {
    /// There is no such problem.
    #[error("there is no problem `{id}` in {}{}", bank.display(), suggestion(id, known))]
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
    #[error("{}:{line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line in it, from 1.
        line: usize,
        /// What is wrong, and what to do.
        reason: String,
    },
}

fn suggestion(id: &str, known: &[String]) -> String {
    let alike = alike(id, known.iter().map(String::as_str));
    match alike.as_slice() {
        [] => "; `cargo run --release -- practice list` lists them".to_owned(),
        alike => format!("; did you mean {}?", alike.join(" or ")),
    }
}

/// The names that may have been meant by one that is not among them, the likeliest first.
pub fn alike<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase().replace(['_', ' '], "-");
    let words: Vec<&str> = name.split('-').filter(|word| word.len() > 2).collect();
    let likeness = |known: &str| {
        let shared = words.iter().filter(|word| known.split('-').any(|other| other == **word));
        let share = shared.count() as f64 / words.len().max(1) as f64;
        strsim::normalized_damerau_levenshtein(&name, known).max(0.9 * share)
            + if known.starts_with(&name) { 0.3 } else { 0.0 }
    };
    let mut alike: Vec<(f64, &str)> = known.map(|known| (likeness(known), known)).collect();
    alike.retain(|(likeness, _)| *likeness > 0.6);
    alike.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    alike.into_iter().take(3).map(|(_, known)| known).collect()
}

impl Problem {
    /// Reads and checks the problem in the folder `id` of `bank`, in its first variant.
    ///
    /// # Errors
    /// Names the file, the line in it and the remedy.
    pub fn load(bank: &Path, id: &str) -> Result<Self, ProblemError> {
        Self::load_variant(bank, id, 0)
    }

    /// The same in the variant of this seed: other constants, options in another order.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_variant(bank: &Path, id: &str, seed: u64) -> Result<Self, ProblemError> {
        let folder = bank.join(id);
        if id.is_empty() || id.contains(['/', '\\', '.']) || !folder.join("problem.toml").is_file()
        {
            return Err(ProblemError::Unknown {
                id: id.to_owned(),
                bank: bank.to_owned(),
                known: ids(bank)?,
            });
        }
        let file = File::read(folder.join("problem.toml"))?;
        // The constants are read from the file as it is, and the file once more with them in it.
        #[derive(Deserialize)]
        struct Head {
            #[serde(default)]
            constant: Vec<Constant>,
        }
        let Head { constant: mut constants } = file.parse(&file.text)?;
        if let Some(constant) = constants.iter().find(|constant| constant.values.is_empty()) {
            let reason = format!("constant `{}` has no values", constant.name);
            return Err(file.fault(&Fault::at(&constant.name, reason)));
        }
        variant::choose(&mut constants, seed);
        let filled_in = |file: &File| {
            let filled = variant::filled_in(&file.text, &constants);
            filled.map_err(|error| file.fault(&Fault::at("{{", error)))
        };
        let mut problem: Self = file.parse(&filled_in(&file)?)?;
        problem.id = id.to_owned();
        problem.seed = seed;
        problem.statement = filled_in(&File::read(folder.join("statement.md"))?)?;
        problem.solution = filled_in(&File::read(folder.join("solution.md"))?)?;
        problem.constants = constants;
        for (place, line) in (0..).zip(&mut problem.lines) {
            if let Asks::Code(code) = &mut line.asks {
                code.starter = File::read(folder.join("starter.rs"))?.text;
                code.solution = File::read(folder.join("solution.rs"))?.text;
                code.cases = File::read(folder.join("cases.rs"))?.text;
                problem.solution += &format!("\n\n```rust\n{}\n```\n", code.solution.trim());
            }
            let name =
                id.bytes().fold(place, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(byte));
            line.asks.shuffle(name.wrapping_add(seed << 20));
        }
        problem.validate().map_err(|fault| file.fault(&fault))?;
        Ok(problem)
    }

    /// Reads and checks every problem of `bank`, ordered by id.
    ///
    /// # Errors
    /// Names the file, the line in it and the remedy.
    pub fn load_all(bank: &Path) -> Result<Vec<Self>, ProblemError> {
        ids(bank)?.iter().map(|id| Self::load(bank, id)).collect()
    }

    /// A problem that asks for nothing, for lines that need none of it.
    pub(crate) fn blank() -> Self {
        Self {
            id: String::new(),
            seed: 0,
            title: String::new(),
            chapter: String::new(),
            section: String::new(),
            difficulty: 1,
            minutes: 1,
            rows: Vec::new(),
            claims: Vec::new(),
            drill: false,
            say_first: String::new(),
            statement: String::new(),
            solution: String::new(),
            constants: Vec::new(),
            symbols: Vec::new(),
            lines: Vec::new(),
            follow_ups: Vec::new(),
        }
    }

    /// The kind of problem this is.
    pub fn kind(&self) -> Kind {
        let has = |wanted: fn(&Asks) -> bool| self.lines.iter().any(|line| wanted(&line.asks));
        if has(|asks| matches!(asks, Asks::Rubric(_))) {
            return Kind::Essay;
        }
        if has(|asks| matches!(asks, Asks::Diagnosis(_))) {
            return Kind::Diagnosis;
        }
        match self.lines.first().map(|line| &line.asks) {
            Some(Asks::Choice(_)) => Kind::Choice,
            Some(Asks::Order(_)) => Kind::Order,
            Some(Asks::Formula(_)) => Kind::Expression,
            Some(Asks::Code(_)) => Kind::Code,
            _ => Kind::Number,
        }
    }

    /// What it asks in Rust, if it does.
    pub fn code(&self) -> Option<&Code> {
        self.lines.iter().find_map(|line| match &line.asks {
            Asks::Code(code) => Some(code),
            _ => None,
        })
    }

    /// The run that it asks to put right, if it does.
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.lines.iter().find_map(|line| match &line.asks {
            Asks::Diagnosis(diagnosis) => Some(diagnosis),
            _ => None,
        })
    }

    /// The most points the problem gives.
    pub fn points(&self) -> u32 {
        self.lines.iter().map(|line| line.points).sum()
    }

    /// Whether it has variants that differ in more than the order of options.
    pub fn has_variants(&self) -> bool {
        self.constants.iter().any(|constant| constant.values.len() > 1)
    }

    /// Grades one answer for each line; lines without one count as unanswered.
    pub fn check<A: AsRef<str>>(&self, answers: &[A]) -> Report {
        let answer = |number: usize| answers.get(number).map_or("", |answer| answer.as_ref());
        let lines: Vec<_> = self
            .lines
            .iter()
            .enumerate()
            .map(|(number, line)| line.check(answer(number), self))
            .collect();
        Report {
            problem: self.id.clone(),
            points: lines.iter().map(|line| line.points).sum(),
            of: self.points(),
            lines,
        }
    }

    fn validate(&self) -> Result<(), Fault> {
        if self.lines.is_empty() {
            return Err(Fault::at("title", "the problem has no lines; add a [[line]]"));
        }
        if !(1..=5).contains(&self.difficulty) {
            let reason = format!("difficulty = {} is outside 1..=5", self.difficulty);
            return Err(Fault::at("difficulty", reason));
        }
        if self.minutes == 0 {
            return Err(Fault::at("minutes", "minutes = 0; a problem takes at least one"));
        }
        for symbol in &self.symbols {
            let Symbol { name, low, high, .. } = symbol;
            if !(low < high && low.is_finite() && high.is_finite()) {
                let reason = format!("symbol `{name}`: its domain {low}..{high} is empty");
                return Err(Fault::at(&format!("\"{name}\""), reason));
            }
        }
        for (number, line) in (1..).zip(&self.lines) {
            let place = |fault: Fault| Fault {
                reason: format!("line {number}: {}", fault.reason),
                ..fault
            };
            if line.points == 0 {
                return Err(place(Fault::at(&line.prompt, "it is worth no points")));
            }
            if line.hints.is_empty() {
                return Err(place(Fault::at(&line.prompt, "it has no hints; give at least one")));
            }
            line.asks.question().validate(self).map_err(place)?;
        }
        Ok(())
    }
}

/// A file of a problem, with the places in it.
struct File {
    path: PathBuf,
    text: String,
}

impl File {
    fn read(path: PathBuf) -> Result<Self, ProblemError> {
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Self { path, text }),
            Err(error) => Err(ProblemError::Unreadable { path, reason: error.to_string() }),
        }
    }

    /// Reads this file, of which `text` may have its constants filled in; lines stay where they are.
    fn parse<T: for<'de> Deserialize<'de>>(&self, text: &str) -> Result<T, ProblemError> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or(text);
            ProblemError::Malformed {
                path: self.path.clone(),
                line: before.matches('\n').count() + 1,
                reason: error.message().to_owned(),
            }
        })
    }

    fn fault(&self, fault: &Fault) -> ProblemError {
        // Texts of several lines are found by their first; escapes in the file by what is before.
        let near = fault.near.lines().next().unwrap_or_default();
        let near: String = near.chars().take_while(|c| !['"', '\\'].contains(c)).collect();
        let near = if near.is_empty() { fault.near.trim_matches('"') } else { &near };
        let line = self.text.lines().position(|line| line.contains(near));
        ProblemError::Malformed {
            path: self.path.clone(),
            line: line.map_or(1, |line| line + 1),
            reason: fault.reason.clone(),
        }
    }
}

pub(crate) fn ids(bank: &Path) -> Result<Vec<String>, ProblemError> {
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

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn names_that_may_have_been_meant_are_found() {
        let known =
            ["adam-step", "adam-folded", "bias-correction-derivation", "worst-step-derivation"];
        let first = |name: &str| alike(name, known.into_iter()).first().copied();
        assert_eq!(first("adam_stpe"), Some("adam-step"));
        assert_eq!(first("bias-derivation"), Some("bias-correction-derivation"));
        assert_eq!(first("worst-step"), Some("worst-step-derivation"));
        assert_eq!(first("xyzzy"), None);
    }
}
