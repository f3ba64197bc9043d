//! What a learner is told.

use serde::{Deserialize, Serialize};

/// What became of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Right: full points.
    Right,
    /// Part of what was asked for: part of the points.
    Partly,
    /// It means the right thing, but is not in the form the line asks for.
    Form,
    /// A mistake that is known by name.
    Mistake,
    /// Wrong, in no way that is known.
    Wrong,
    /// The answer could not be read, compiled or run, or has no value.
    Unreadable,
    /// Nothing was answered.
    Missing,
}

/// A verdict before it is turned into points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Graded {
    pub(crate) verdict: Verdict,
    /// Which share of the line's points it earns.
    pub(crate) share: f64,
    pub(crate) feedback: String,
    pub(crate) figures: Vec<String>,
}

impl Graded {
    pub(crate) fn new(verdict: Verdict, feedback: impl Into<String>) -> Self {
        let share = if verdict == Verdict::Right { 1.0 } else { 0.0 };
        Self { verdict, share, feedback: feedback.into(), figures: Vec::new() }
    }

    pub(crate) fn right(explanation: &str) -> Self {
        let feedback = if explanation.is_empty() { "Right." } else { explanation };
        let opened = feedback.starts_with("Right");
        Self::new(
            Verdict::Right,
            if opened { feedback.to_owned() } else { format!("Right. {feedback}") },
        )
    }
}

/// The verdict on one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineReport {
    /// What became of it.
    pub verdict: Verdict,
    /// The points given.
    pub points: u32,
    /// The points there are.
    pub of: u32,
    /// What to tell the learner.
    pub feedback: String,
    /// Pictures of a run that was executed for this line, as HTML elements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<String>,
}

/// The verdict on a problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The problem's id.
    pub problem: String,
    /// One verdict for each line.
    pub lines: Vec<LineReport>,
    /// The points given.
    pub points: u32,
    /// The points there are.
    pub of: u32,
}

impl LineReport {
    /// The feedback behind a mark that says whether the line is right.
    pub fn marked(&self) -> String {
        let mark = match self.verdict {
            Verdict::Right => "✓",
            Verdict::Partly => "◐",
            _ => "✗",
        };
        format!("{mark} {}", self.feedback)
    }
}

/// What stands between backticks, as code.
fn coded(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(
            |(place, part)| {
                if place % 2 == 0 { part.to_owned() } else { format!("<code>{part}</code>") }
            },
        )
        .collect()
}

impl Report {
    /// Whether every line is right.
    pub fn is_solved(&self) -> bool {
        self.points == self.of
    }

    /// Whether anything was answered at all.
    pub fn is_attempt(&self) -> bool {
        self.lines.iter().any(|line| line.verdict != Verdict::Missing)
    }

    /// The report as lines of text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (number, line) in self.lines.iter().enumerate() {
            let name = match self.lines.len() {
                1 => String::new(),
                _ => format!("{}. ", number + 1),
            };
            text += &format!("{name}{}\n", line.marked());
        }
        text + &format!("{} of {} points", self.points, self.of)
    }

    /// The report as an HTML list.
    pub fn html(&self) -> String {
        let escape =
            |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let items: String = self
            .lines
            .iter()
            .map(|line| {
                let figures = line.figures.concat();
                // What follows the first line is the compiler's, or was printed.
                let marked = escape(&line.marked());
                let feedback = match marked.split_once('\n') {
                    Some((told, lines)) => format!("{}<pre>{lines}</pre>", coded(told)),
                    None => coded(&marked),
                };
                format!("<li>{feedback}{figures}</li>")
            })
            .collect();
        format!(
            "<div class=\"descent-report\"><ol>{items}</ol><p><strong>{} of {} points</strong></p></div>",
            self.points, self.of
        )
    }

    /// Shows the report as the output of a notebook cell; the kernel calls this.
    pub fn evcxr_display(&self) {
        figures::show(&self.html(), &self.text());
    }
}
