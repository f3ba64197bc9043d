//! What other tools take: question banks, card decks, and set-ups for their graders.

pub mod anki;
pub mod archive;
pub mod gift;
pub mod html;
pub mod items;
pub mod qti;
pub mod question;
pub mod tolerance;
