//! What no single crate can prove. One program for all of it, so that the book is built once.
//!
//! `cargo test -p whole slides::` runs those of one file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod banks;
mod book;
mod browser;
mod chapters;
mod explorations;
mod graders;
mod kernel;
mod notebooks;
mod practice_in_notebook;
mod problems;
mod site;
mod slides;
mod syllabus;
mod teaching;
mod typed_numbers;
mod verdicts;
mod weight;
