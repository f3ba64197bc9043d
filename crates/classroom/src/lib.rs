//! A course on the book's problems: released, graded in isolation, reported, and exported to the tools
//! that classrooms use.
//!
//! ```text
//! course.toml ─▶ release ─▶ students ─▶ hand-ins ─▶ grade ─▶ report, exports
//!                                                     │
//!                            a process a hand-in ─▶ jail ─▶ numbers ─▶ verdict
//! ```

pub mod answers;
pub mod archive;
pub mod batch;
pub mod course;
pub mod desk;
pub mod example;
pub mod export;
pub mod grade;
pub mod grades;
pub mod hand_in;
pub mod isolation;
pub mod leaks;
pub mod marks;
pub mod notebook;
pub mod rehearse;
pub mod release;
pub mod report;
pub mod roster;
pub mod sheet;
