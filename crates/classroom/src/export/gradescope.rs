//! Gradescope: an autograder to upload, and the results that it writes.
//!
//! The formats are those of <https://gradescope-autograders.readthedocs.io/en/latest/specs/>. An
//! autograder is a zip file that Gradescope unpacks into `/autograder/source`. It runs `setup.sh` once,
//! as the image is built, and `run_autograder` for each hand-in, which finds the hand-in in
//! `/autograder/submission`, who handed it in in `/autograder/submission_metadata.json`, and leaves
//! `/autograder/results/results.json`.

use super::carried::{Carried, plain};
use super::printable::printable;
use super::{File, Isolation};
use crate::archive::with_permissions;
use crate::grades::Grades;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use thiserror::Error;

const SETUP: &str = include_str!("gradescope/setup.sh");
const RUST: &str = include_str!("gradescope/rust.sh");
const RUN: &str = include_str!("gradescope/run_autograder");

/// When students see points and feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// At once.
    Visible,
    /// When the assignment's due date, or its late due date, has passed.
    AfterDueDate,
}

/// The file that Gradescope reads.
#[derive(Serialize)]
struct Results {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    output: String,
    output_format: &'static str,
    test_output_format: &'static str,
    test_name_format: &'static str,
    stdout_visibility: &'static str,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    score: f64,
    max_score: f64,
    status: &'static str,
    output: String,
    visibility: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_data: Option<Value>,
}

impl Results {
    /// Everything is text: what students typed and printed is in it.
    fn of(tests: Vec<Test>) -> Self {
        Self {
            score: None,
            output: String::new(),
            output_format: "text",
            test_output_format: "text",
            test_name_format: "text",
            stdout_visibility: "hidden",
            tests,
        }
    }

    fn json(&self) -> String {
        // Strings, numbers and lists: nothing that JSON has no form for.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

impl Test {
    /// A line for the instructor alone, which gives no points and so does not hide the total.
    fn hidden(name: &str, remarkable: bool, output: &str) -> Self {
        Self {
            name: name.to_owned(),
            score: 0.0,
            max_score: 0.0,
            status: if remarkable { "failed" } else { "passed" },
            output: printable(output),
            visibility: json!("hidden"),
            extra_data: None,
        }
    }
}

/// What a hand-in earned, as the text of `results.json`: a test for each problem, and one for the
/// instructor alone with the layers of isolation and with what was odd about the hand-in.
pub fn results(grades: &Grades, visibility: Visibility) -> String {
    let mut tests: Vec<Test> = grades
        .problems
        .iter()
        .map(|graded| Test {
            name: printable(&graded.title),
            score: graded.points,
            max_score: graded.of,
            status: if graded.report.is_solved() { "passed" } else { "failed" },
            output: printable(&graded.report.text()),
            visibility: json!(visibility),
            extra_data: Some(json!({ "problem": graded.problem, "variant": graded.variant })),
        })
        .collect();
    let layers = match grades.isolation.as_slice() {
        [] => "No layer of isolation was active.".to_owned(),
        layers => format!("Layers of isolation that were active: {}.", layers.join(", ")),
    };
    let notes: String = grades.notes.iter().map(|note| format!("\n- {note}")).collect();
    let notes = if notes.is_empty() { notes } else { format!("\nOdd about the hand-in:{notes}") };
    tests.push(Test::hidden(
        "How this was graded",
        grades.isolation.is_empty() || !grades.notes.is_empty(),
        &format!("Student {}. {layers}{notes}", grades.student),
    ));
    Results::of(tests).json()
}

/// The text of `results.json` for a hand-in that could not be graded: no points, `shown` to the student
/// and `reason` to the instructor alone.
pub fn not_graded(shown: &str, reason: &str) -> String {
    let mut results = Results::of(vec![Test::hidden("Why this was not graded", true, reason)]);
    results.score = Some(0.0);
    results.output = printable(shown);
    results.json()
}

/// Why a hand-in belongs to no student of the course.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Stranger {
    /// The metadata are not what Gradescope writes.
    #[error("submission_metadata.json cannot be read: {0}")]
    Unreadable(String),
    /// Nobody handed it in, as when an instructor tries the autograder.
    #[error(
        "submission_metadata.json names no user; to try the autograder, hand in as a student of \
         students.csv"
    )]
    Nobody,
    /// Several handed it in together.
    #[error(
        "{0} students handed this in together, and everyone has a variant of their own; turn group \
         submission off in the assignment's settings"
    )]
    Several(usize),
    /// The list of students has neither the id nor the address.
    #[error(
        "nobody in students.csv has the id {id:?} or the email {email:?}; add the student there, or \
         correct the student's ID on Gradescope's roster, and upload the archive again"
    )]
    NotListed {
        /// The student ID that Gradescope knows, if any.
        id: String,
        /// The address.
        email: String,
    },
    /// The id is one student's and the address another's.
    #[error(
        "Gradescope's student ID {id:?} is one student of students.csv and the email {email:?} is \
         another; correct either"
    )]
    Two {
        /// The student ID that Gradescope knows.
        id: String,
        /// The address.
        email: String,
    },
}

/// Which student of a list of ids and addresses handed in what this text of `submission_metadata.json`
/// comes with. The student ID counts, where Gradescope knows it, and else the address.
///
/// # Errors
/// If it is not exactly one; says what to do.
pub fn student<'a>(
    metadata: &str,
    students: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<&'a str, Stranger> {
    #[derive(Deserialize)]
    struct Metadata {
        #[serde(default)]
        users: Vec<Value>,
    }
    let Metadata { users } =
        serde_json::from_str(metadata).map_err(|error| Stranger::Unreadable(error.to_string()))?;
    let user = match users.as_slice() {
        [] => return Err(Stranger::Nobody),
        [user] => user,
        several => return Err(Stranger::Several(several.len())),
    };
    // A student ID is text, but a roster of numbers may come out as numbers.
    let field = |name: &str| match user.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (id, email) = (field("sid"), field("email"));
    let (mut by_id, mut by_email) = (None, None);
    for (listed, address) in students {
        if !id.is_empty() && listed.trim() == id {
            by_id = Some(listed);
        }
        if !email.is_empty() && address.trim().eq_ignore_ascii_case(&email) {
            by_email = Some(listed);
        }
    }
    match (by_id, by_email) {
        (Some(one), Some(other)) if one != other => Err(Stranger::Two { id, email }),
        (Some(student), _) | (None, Some(student)) => Ok(student),
        (None, None) => Err(Stranger::NotListed { id, email }),
    }
}

/// What goes into an autograder.
#[derive(Clone, Copy, Debug)]
pub struct Autograder<'a> {
    /// The folder of the course: `course.toml`, `students.csv` and the problems of its own.
    pub course: &'a Path,
    /// The assignment, by its name in the course file.
    pub assignment: &'a str,
    /// The problems of the book, [`practice::bank`].
    pub bank: &'a Path,
    /// The `descent` program for x86-64 Linux, usually the one that runs.
    pub program: &'a Path,
    /// The id of a student of the list, in whose name `setup.sh` grades an empty hand-in.
    pub student: &'a str,
    /// Whether it may grade where programs cannot be confined.
    pub isolation: Isolation,
}

/// The bytes of an autograder to upload, `autograder.zip`. The same course and program give the same bytes.
///
/// It holds the course's secret, its list of students and the problems with their solutions, so it is for
/// instructors only.
///
/// # Errors
/// If the course file, a problem or the program cannot be read, or a name does not fit into scripts.
pub fn archive(autograder: &Autograder) -> Result<Vec<u8>> {
    plain("a student's id", autograder.student)?;
    let carried = Carried::read(autograder.course, autograder.assignment, autograder.bank)?;
    let rust = RUST.replace("@TOOLCHAIN@", env!("CARGO_PKG_RUST_VERSION"));
    let isolation = match autograder.isolation.arguments() {
        "" => String::new(),
        waived => format!(" {waived}"),
    };
    let filled = |script: &str| {
        script
            .replace("@RUST@\n", if carried.has_code { &rust } else { "" })
            .replace("@ASSIGNMENT@", autograder.assignment)
            .replace("@NAME@", &format!("'{}'", autograder.assignment))
            .replace("@STUDENT@", &format!("'{}'", autograder.student))
            .replace("@ISOLATION@", &isolation)
    };
    let program = autograder.program;
    let program = fs::read(program).with_context(|| program.display().to_string())?;
    let not_graded = not_graded(
        "Grading did not finish, so there are no points yet. Your hand-in is kept, and your instructor \
         can see why. It will be graded again.",
        "Grading did not finish: descent refused, failed, or was stopped. What it said is in the \
         autograder's output, which instructors see. Mend the cause and use Regrade All Submissions.",
    );
    let mut entries = vec![
        ("setup.sh".to_owned(), filled(SETUP).into_bytes(), 0o755),
        ("run_autograder".to_owned(), filled(RUN).into_bytes(), 0o755),
        ("descent".to_owned(), program, 0o755),
        ("not-graded.json".to_owned(), not_graded.into_bytes(), 0o644),
    ];
    for File { path, bytes } in
        carried.files.into_iter().chain([Carried::students(autograder.course)?])
    {
        entries.push((format!("course/{path}"), bytes, 0o644));
    }
    with_permissions(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUDENTS: [(&str, &str); 3] =
        [("s1", "ada@example.org"), ("s2", "Emmy@Example.org"), ("0042", "")];

    fn found(users: &Value) -> Result<&'static str, Stranger> {
        student(&json!({ "id": 1, "users": users }).to_string(), STUDENTS)
    }

    #[test]
    fn a_student_is_known_by_id_and_else_by_address() {
        assert_eq!(found(&json!([{ "sid": "s1", "email": "elsewhere@x.org" }])), Ok("s1"));
        assert_eq!(found(&json!([{ "sid": "", "email": "emmy@example.ORG " }])), Ok("s2"));
        assert_eq!(found(&json!([{ "sid": null, "email": "ada@example.org" }])), Ok("s1"));
        assert_eq!(found(&json!([{ "email": "ada@example.org" }])), Ok("s1"));
        assert_eq!(found(&json!([{ "sid": " 0042 ", "email": "" }])), Ok("0042"));
    }

    #[test]
    fn nobody_is_taken_for_a_student_by_an_empty_field() {
        // The third student has no address; neither has this one.
        let stranger = Stranger::NotListed { id: "s9".into(), email: String::new() };
        assert_eq!(found(&json!([{ "sid": "s9", "email": "" }])), Err(stranger));
        let stranger = Stranger::NotListed { id: "42".into(), email: String::new() };
        assert_eq!(found(&json!([{ "sid": 42 }])), Err(stranger));
        let message = found(&json!([{ "sid": "x", "email": "y@z" }])).unwrap_err().to_string();
        assert!(
            message.contains("\"x\"")
                && message.contains("\"y@z\"")
                && message.contains("add the student")
        );
    }

    #[test]
    fn whom_it_is_from_must_be_clear() {
        assert_eq!(found(&json!([])), Err(Stranger::Nobody));
        let two = json!([{ "sid": "s1" }, { "sid": "s2" }]);
        assert_eq!(found(&two), Err(Stranger::Several(2)));
        let both = json!([{ "sid": "s1", "email": "emmy@example.org" }]);
        assert!(matches!(found(&both), Err(Stranger::Two { .. })));
        assert!(matches!(student("{ \"users\": 3", STUDENTS), Err(Stranger::Unreadable(_))));
        assert_eq!(student("{}", STUDENTS), Err(Stranger::Nobody));
    }
}
