//! What other tools take: question banks, card decks, and set-ups for their graders.

pub mod nbgrader;
