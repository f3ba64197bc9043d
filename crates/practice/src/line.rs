//! One thing that a problem asks for, whatever its kind.

use crate::choice::Choice;
use crate::code::Code;
use crate::diagnosis::Diagnosis;
use crate::formula::Formula;
use crate::number::Number;
use crate::order::Order;
use crate::problem::{Fault, Problem};
use crate::report::{Graded, LineReport, Verdict};
use crate::rubric::Rubric;
use crate::variant;
use serde::{Deserialize, Serialize};

/// One line of a problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What this line asks for, in Markdown.
    pub prompt: String,
    /// How many points the line is worth.
    pub points: u32,
    /// Hints, from a nudge to nearly there; none gives the answer away.
    pub hints: Vec<String>,
    /// What kind of answer it wants, and which is right.
    pub asks: Asks,
}

/// The kinds of answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asks {
    /// A number.
    Number(Number),
    /// One or several of some options.
    Choice(Choice),
    /// Steps, put in order.
    Order(Order),
    /// A formula.
    Formula(Formula),
    /// A function in Rust.
    Code(Code),
    /// Changed settings of a run that is executed with them.
    Diagnosis(Diagnosis),
    /// A spoken answer, marked by the learner.
    Rubric(Rubric),
}

/// A wrong answer that people really give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistake {
    /// What the mistake is called.
    pub name: String,
    /// What is answered by someone who makes it.
    pub answer: String,
    /// What to tell someone who gives it.
    pub reply: String,
}

/// A wrong answer, and what it must be told.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongAnswer {
    /// What the mistake is called.
    pub name: String,
    /// What is answered.
    pub answer: String,
    /// What its feedback must contain.
    pub reply: String,
}

impl From<&Mistake> for WrongAnswer {
    fn from(mistake: &Mistake) -> Self {
        let Mistake { name, answer, reply } = mistake.clone();
        Self { name, answer, reply }
    }
}

/// What every kind of answer has to say for itself.
pub(crate) trait Question {
    /// How an answer is written, in a sentence.
    fn how_to_answer(&self) -> String;
    /// Refuses what could not be graded.
    fn validate(&self, problem: &Problem) -> Result<(), Fault>;
    /// Grades an answer that is not blank.
    fn grade(&self, answer: &str, problem: &Problem) -> Graded;
    /// An answer that earns all points.
    fn model_answer(&self, problem: &Problem) -> String;
    /// Wrong answers that are known, each with its reply.
    fn wrong_answers(&self, problem: &Problem) -> Vec<WrongAnswer>;
}

impl Asks {
    pub(crate) fn question(&self) -> &dyn Question {
        match self {
            Self::Number(number) => number,
            Self::Choice(choice) => choice,
            Self::Order(order) => order,
            Self::Formula(formula) => formula,
            Self::Code(code) => code,
            Self::Diagnosis(diagnosis) => diagnosis,
            Self::Rubric(rubric) => rubric,
        }
    }

    /// Puts what can stand in any order into that of a variant.
    pub(crate) fn shuffle(&mut self, seed: u64) {
        let mut stream = variant::draw(seed, 0);
        match self {
            Self::Choice(choice) => choice.shuffle(&mut stream),
            Self::Order(order) => order.shuffle(&mut stream),
            _ => {}
        }
    }
}

impl Line {
    /// Grades an answer to this line of `problem`.
    pub fn check(&self, answer: &str, problem: &Problem) -> LineReport {
        let graded = if answer.trim().is_empty() {
            Graded::new(Verdict::Missing, "Nothing here yet.")
        } else {
            self.asks.question().grade(answer.trim(), problem)
        };
        LineReport {
            verdict: graded.verdict,
            points: (graded.share * f64::from(self.points)).floor() as u32,
            of: self.points,
            feedback: shown(&graded.feedback),
            figures: graded.figures,
        }
    }

    /// How an answer to this line is written, in a sentence.
    pub fn how_to_answer(&self) -> String {
        self.asks.question().how_to_answer()
    }

    /// An answer that earns all points.
    pub fn model_answer(&self, problem: &Problem) -> String {
        self.asks.question().model_answer(problem)
    }

    /// Wrong answers that are known, each with its reply.
    pub fn wrong_answers(&self, problem: &Problem) -> Vec<WrongAnswer> {
        self.asks.question().wrong_answers(problem)
    }
}

/// Feedback may repeat what was typed or printed: what could drive a terminal is left out, and what is
/// longer than anyone reads is cut.
fn shown(feedback: &str) -> String {
    const MOST: usize = 4_000;
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean = feedback.chars().filter(|c| *c == '\n' || !(c.is_control() || turns(*c)));
    let mut shown: String = clean.take(MOST).collect();
    if feedback.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// The place of a letter in the alphabet, from 0.
pub(crate) fn place(letter: char) -> Option<usize> {
    letter.is_ascii_lowercase().then(|| letter as usize - 'a' as usize)
}

/// The letter at a place in the alphabet, from 0.
pub fn letter(place: usize) -> char {
    char::from(b'a' + (place % 26) as u8)
}

/// The places named by an answer such as `b`, `a, d` or `cab`, in the order they were written.
///
/// # Errors
/// If it holds something that is not one of the first `count` letters; says which.
pub(crate) fn letters(answer: &str, count: usize) -> Result<Vec<usize>, String> {
    // `b and c` names two.
    let answer = &answer.replace(" and ", " ").replace(" or ", " ");
    let letters = answer.chars().filter(|c| !(c.is_whitespace() || ",;.()>→-".contains(*c)));
    let letters: Vec<usize> = letters
        .map(|c| {
            let found = place(c.to_ascii_lowercase()).filter(|place| *place < count);
            let last = letter(count.saturating_sub(1));
            found.ok_or_else(|| format!("`{c}` is none of the letters a to {last}"))
        })
        .collect::<Result<_, String>>()?;
    match letters.is_empty() {
        true => Err(format!("`{answer}` names no letter")),
        false => Ok(letters),
    }
}
