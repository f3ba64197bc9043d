//! Plain GitHub Actions: workflows that grade on push with nothing but GitHub's own actions.
//!
//! One is for a student's repository and for practice, since whoever owns a repository can change its
//! workflows. One is for the instructor's private repository, where collected work is graded for marks.

use super::File;
use super::carried::{Carried, plain};
use super::markdown::{earned, escaped, list, section};
use crate::grades::Grades;
use anyhow::{Result, bail, ensure};
use serde_json::json;
use std::path::Path;

const PRACTICE: &str = include_str!("actions/practice.yml");
const MARKS: &str = include_str!("actions/marks.yml");
/// Where the course stands in a student's repository. `practice.yml` names it too.
const COURSE: &str = ".descent";

/// What a hand-in earned, as Markdown for the summary of a run. Its first line is a heading with student
/// and points.
pub fn summary(grades: &Grades) -> String {
    let points: f64 = grades.problems.iter().map(|graded| graded.points).sum();
    let of: f64 = grades.problems.iter().map(|graded| graded.of).sum();
    let (assignment, student) = (escaped(&grades.assignment), escaped(&grades.student));
    let mut text = format!("## {assignment}, {student}: {}\n", earned(points, of));
    for graded in &grades.problems {
        text += &format!("\n{}", section(graded, 3));
    }
    if !grades.notes.is_empty() {
        text += &format!("\n### Odd about the hand-in\n\n{}", list(&grades.notes));
    }
    text += "\n### How this was graded\n\n";
    text += &match grades.isolation.as_slice() {
        [] => "No layer of isolation was active.\n".to_owned(),
        layers => format!("Layers of isolation that were active:\n\n{}", list(layers)),
    };
    text
}

/// Where a workflow gets `descent` from.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// An `https` address of the program for x86-64 Linux, which needs no login.
    pub url: &'a str,
    /// The SHA-256 of what is there, in hexadecimal digits.
    pub sha256: &'a str,
}

/// What a student's repository for practice is made from.
#[derive(Clone, Copy, Debug)]
pub struct Practice<'a> {
    /// The folder of a course for practice.
    pub course: &'a Path,
    /// The assignment, by its name in the course file.
    pub assignment: &'a str,
    /// The problems of the book, [`practice::bank`].
    pub bank: &'a Path,
    /// The student, by the id in the list of students.
    pub student: &'a str,
    /// Where the workflow gets `descent` from.
    pub program: Program<'a>,
}

/// The files to add to a student's repository: a workflow that checks the answers on every push, and the
/// course it checks them with, in a folder of its own.
///
/// The student reads all of it: the problems of the book with their solutions, which are public anyway, and
/// the course's secret. So the course is one for practice, with a secret of its own.
///
/// # Errors
/// If the course or a problem cannot be read, if a problem is private, or if a name does not fit.
pub fn practice(practice: &Practice) -> Result<Vec<File>> {
    let Practice { course, assignment, bank, student, program } = *practice;
    let carried = Carried::read(course, assignment, bank)?;
    if let [own, ..] = carried.own.as_slice() {
        bail!(
            "`{own}` is a private problem, and a student's repository would show its solution; assign \
             problems of the book for practice"
        );
    }
    let workflow =
        filled(PRACTICE, assignment, program)?.replace("@STUDENT@", &json!(student).to_string());
    let mut files = vec![File::text(".github/workflows/practice.yml", workflow)];
    let only = Carried::only(student)?;
    files.extend(
        carried
            .files
            .into_iter()
            .chain([only])
            .map(|file| File { path: format!("{COURSE}/{}", file.path), ..file }),
    );
    Ok(files)
}

/// The workflow that grades collected work in the instructor's private repository, which holds the course
/// at its root and the hand-ins below `hand-ins/ASSIGNMENT/STUDENT`: `.github/workflows/marks.yml`.
///
/// # Errors
/// If a name or an address does not fit.
pub fn marks(assignment: &str, program: Program) -> Result<File> {
    plain("an assignment's name", assignment)?;
    let workflow = filled(MARKS, assignment, program)?
        .replace("@HAND_INS@", &json!(format!("hand-ins/{assignment}/**")).to_string())
        .replace("@GROUP@", &json!(format!("marks-{assignment}")).to_string());
    Ok(File::text(".github/workflows/marks.yml", workflow))
}

/// A workflow with these values. A JSON string is one of YAML as well.
fn filled(workflow: &str, assignment: &str, program: Program) -> Result<String> {
    let Program { url, sha256 } = program;
    let quiet = |c: char| c.is_ascii_graphic() && !"\"'`$\\{}<>".contains(c);
    ensure!(
        url.starts_with("https://") && url.chars().all(quiet),
        "the workflow gets descent from an address that begins with https:// and has no quotes, braces or \
         spaces; {url:?} is none"
    );
    ensure!(
        sha256.len() == 64 && sha256.chars().all(|digit| digit.is_ascii_hexdigit()),
        "a SHA-256 has 64 hexadecimal digits, as `sha256sum FILE` prints them; {sha256:?} has not"
    );
    Ok(workflow
        .replace("@NAME@", &json!(assignment).to_string())
        .replace("@URL@", &json!(url).to_string())
        .replace("@SHA256@", &json!(sha256).to_string())
        .replace("    name: @ASSIGNMENT@", &format!("    name: {}", json!(assignment)))
        .replace("@ASSIGNMENT@", assignment))
}
