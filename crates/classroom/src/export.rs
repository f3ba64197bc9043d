//! What other tools take: question banks, card decks, and set-ups for their graders.

pub mod actions;
pub mod anki;
mod carried;
pub mod classroom50;
pub mod gift;
pub mod gradescope;
pub mod html;
pub mod items;
mod markdown;
pub mod nbgrader;
mod printable;
pub mod qti;
pub mod question;
pub mod tolerance;

use serde::{Deserialize, Serialize};

/// Whether a grader that runs elsewhere may run students' programs where they cannot be confined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// It refuses to grade there.
    Demanded,
    /// It grades all the same, and says which layers were active.
    Waived,
}

impl Isolation {
    /// What `descent course grade-one` is told.
    fn arguments(self) -> &'static str {
        match self {
            Self::Demanded => "",
            Self::Waived => "--without-isolation",
        }
    }
}

/// A file of an export: its path, with slashes, below the folder or archive it belongs to, and what it
/// holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it belongs.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl File {
    fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), bytes: text.into().into_bytes() }
    }
}
