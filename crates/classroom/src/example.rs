//! A course to begin with: six problems, five made-up students, and a problem of one's own.

use crate::roster;
use anyhow::{Context, Result, bail};
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;

/// The course's own problem, as an example of its form.
const OWN: [(&str, &str); 3] = [
    ("problem.toml", include_str!("example/half-of-the-weight/problem.toml")),
    ("statement.md", include_str!("example/half-of-the-weight/statement.md")),
    ("solution.md", include_str!("example/half-of-the-weight/solution.md")),
];

const STUDENTS: &str = "id,name,email
s001,Ada Example,ada@example.org
s002,Ben Example,ben@example.org
s003,Cleo Example,cleo@example.org
s004,Dan Example,dan@example.org
s005,Eve Example,eve@example.org
";

/// Begins a course in a folder that is empty or not there yet.
///
/// # Errors
/// If there is something in the folder, or it cannot be written.
pub fn begin(folder: &Path) -> Result<()> {
    let place = || folder.display().to_string();
    fs::create_dir_all(folder).with_context(place)?;
    if fs::read_dir(folder).with_context(place)?.next().is_some() {
        bail!(
            "{} is not empty; name a folder for the course that is, or is not there yet",
            place()
        );
    }
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder)).with_context(place)?;
        fs::write(&path, text).with_context(|| path.display().to_string())
    };
    write("course.toml", &plan(&secret()))?;
    write("students.csv", STUDENTS)?;
    for (name, text) in OWN {
        write(&format!("private/half-of-the-weight/{name}"), text)?;
    }
    roster::read(&folder.join("students.csv")).map(|_| ())
}

/// A text that nobody can guess.
fn secret() -> String {
    let draw = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", draw(), draw())
}

fn plan(secret: &str) -> String {
    format!(
        r#"# A course on Descent's problems. `descent course --help` lists what can be done with it.
title = "Optimizers of deep learning"

# Each student's variants are drawn from this and the student's id, so whoever knows it knows them.
# Keep it to yourself, and do not change it once something has been released.
secret = "{secret}"

# What students read of their grades: "full"; "later", which is the same, but where a system grades on every
# try only once the due date has passed; or "points" alone.
feedback = "later"

# Where problems of your own are. The book's are open to everyone, with their solutions: they are for
# practice. For marks, give problems that are here alone, in the form of book/problems/README.md.
private = "private"

[[assignment]]
name = "week-1"
title = "Momentum, Adam and the first step"
opens = 2027-01-11T09:00:00Z
due = 2027-01-18T23:59:00Z

  [[assignment.problem]]      # a number, other in each variant; your own
  id = "half-of-the-weight"
  points = 3

  [[assignment.problem]]      # a number, other in each variant
  id = "first-step-without-corrections"

  [[assignment.problem]]      # a choice
  id = "amsgrad-folklore"

  [[assignment.problem]]      # steps in order
  id = "momentum-nesterov-order"

  [[assignment.problem]]      # a derivation, graded line by line
  id = "bias-correction-derivation"
  points = 10

  [[assignment.problem]]      # a function in Rust
  id = "adam-step"
  points = 10
"#
    )
}
