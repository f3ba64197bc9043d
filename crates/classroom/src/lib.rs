//! A course on the book's problems: released, graded in isolation, reported, and exported to the tools
//! that classrooms use.

pub mod export;
pub mod grades;
