//! Classroom 50: an autograder for its runner, and the results that it writes.
//!
//! The formats are `classroom50/result/v1` and `classroom50/assignments/v1` of
//! <https://github.com/foundation50/classroom50>; how an autograder is run is told on the wiki's page
//! "Advanced Autograding". Its runner starts `autograder.py` with the student's checkout as the working
//! directory and the identity of the submission in the environment, and takes `result.json` from there.
//!
//! What stands beside `autograder.py` is published, in ten mebibytes at most. So the course and
//! `descent` are installed on the machine that grades, and the bundle holds neither.

use super::carried::Carried;
use super::markdown::{list, section};
use super::printable::printable;
use super::{File, Isolation};
use crate::grades::Grades;
use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use std::path::Path;
use toml::value::Datetime;

const AUTOGRADER: &str = include_str!("classroom50/autograder.py");
const README: &str = include_str!("classroom50/README.md");

/// What a result says of the submission that it belongs to. Classroom 50 takes a result only for the
/// submission that it was written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The classroom's short name.
    pub classroom: String,
    /// The assignment's slug.
    pub assignment: String,
    /// `individual` or `group`.
    pub kind: String,
    /// The login of the repository's owner.
    pub owner: String,
    /// The tag, which begins with `submit/`.
    pub tag: String,
    /// The address of the commit.
    pub commit: String,
    /// The address of the release.
    pub release: String,
    /// The address of the difference to what the student started from.
    pub review: String,
    /// When it was handed in, in UTC: `2026-06-01T14:32:01Z`.
    pub at: String,
}

impl Submission {
    /// Reads it from what Classroom 50's runner, and `autograder.py`, put into the environment.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let found = |name: &str| variable(name).filter(|value| !value.is_empty());
        let needed = |name: &str| {
            found(name).with_context(|| {
                format!(
                    "the environment variable {name} is missing: a result for Classroom 50 is written by \
                     `autograder.py`, started by its runner; elsewhere ask for another format"
                )
            })
        };
        let commit = needed("COMMIT_URL")?;
        Ok(Self {
            classroom: needed("CLASSROOM")?,
            assignment: needed("ASSIGNMENT")?,
            kind: needed("ASSIGNMENT_TYPE")?,
            owner: needed("OWNER")?,
            tag: needed("SUBMISSION_TAG")?,
            release: needed("RELEASE_URL")?,
            review: found("REVIEW_URL").unwrap_or_else(|| commit.clone()),
            at: needed("DESCENT_SUBMITTED_AT")?,
            commit,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Test {
    test_name: String,
    passed: bool,
    score: u64,
    max_score: u64,
    /// What there is to say, for `release-body.md`: Markdown in which nothing of a student's is Markdown.
    markdown: String,
}

/// What a hand-in earned, as the text of `result.json`: a test for each problem, and one without points
/// that says how it was graded. Classroom 50 counts whole points; parts of a point are not given.
pub fn result(grades: &Grades, submission: &Submission) -> String {
    let problems = (1..).zip(&grades.problems).map(|(number, graded): (usize, _)| Test {
        test_name: format!("{number}. {}", line(&graded.title)),
        passed: graded.report.is_solved(),
        score: whole(graded.points).min(whole(graded.of)),
        max_score: whole(graded.of),
        markdown: section(graded, 4),
    });
    let mut tests: Vec<Test> = problems.collect();
    let score: u64 = tests.iter().map(|test| test.score).sum();
    let max_score: u64 = tests.iter().map(|test| test.max_score).sum();
    tests.push(Test {
        test_name: "How this was graded".to_owned(),
        passed: true,
        score: 0,
        max_score: 0,
        markdown: how(grades),
    });
    let Submission { classroom, assignment, kind, owner, tag, commit, release, review, at } =
        submission;
    let result = json!({
        "schema": "classroom50/result/v1",
        "classroom": classroom,
        "assignment": assignment,
        "assignment_type": kind,
        "owner": owner,
        "submission": tag,
        "commit": commit,
        "release": release,
        "review": review,
        "datetime": at,
        "score": score,
        "max-score": max_score,
        "tests": tests,
    });
    format!("{result:#}\n")
}

/// How a hand-in was graded, and what was odd about it.
fn how(grades: &Grades) -> String {
    let layers = match grades.isolation.as_slice() {
        [] => "No layer of isolation was active.\n".to_owned(),
        layers => format!("Layers of isolation that were active:\n\n{}", list(layers)),
    };
    let notes = match grades.notes.as_slice() {
        [] => String::new(),
        notes => format!("\nOdd about the hand-in:\n\n{}", list(notes)),
    };
    format!("#### How this was graded\n\n{layers}{notes}")
}

/// A title as one line.
fn line(title: &str) -> String {
    printable(title).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whole points. What only arithmetic keeps from a whole point is one.
fn whole(points: f64) -> u64 {
    (points + 1e-9).floor().max(0.0) as u64
}

/// Where an assignment is graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Machine {
    /// A runner of one's own, by its labels.
    Runner(Vec<String>),
    /// A public container image, whose content everyone can read.
    Image(String),
}

/// What an autograder for Classroom 50 is made from.
#[derive(Clone, Copy, Debug)]
pub struct Autograder<'a> {
    /// The folder of the course here.
    pub course: &'a Path,
    /// The assignment, by its name in the course file, which is also its slug.
    pub assignment: &'a str,
    /// The problems of the book, [`practice::bank`].
    pub bank: &'a Path,
    /// The classroom's short name.
    pub classroom: &'a str,
    /// Where the assignment is graded.
    pub machine: &'a Machine,
    /// The folder of the course on that machine.
    pub folder: &'a str,
    /// Whether it may grade where programs cannot be confined.
    pub isolation: Isolation,
}

/// The files that set an assignment up: the autograder under its path in the `classroom50` repository,
/// `runtime.json`, `assignments.json` and a `README.md` that says what to do with them.
///
/// # Errors
/// If the course or a problem cannot be read; if a name, a label or a number of points is none for
/// Classroom 50; if private problems would be graded where everyone can read them.
pub fn files(autograder: &Autograder) -> Result<Vec<File>> {
    let Autograder { course, assignment, bank, classroom, machine, folder, isolation } =
        *autograder;
    short_name("an assignment's name", assignment)?;
    short_name("a classroom's short name", classroom)?;
    let carried = Carried::read(course, assignment, bank)?;
    whole_points(&carried)?;
    if let (Machine::Image(image), [own, ..]) = (machine, carried.own.as_slice()) {
        bail!(
            "`{own}` is a private problem, and everyone can read what is in the public image {image:?}; \
             grade this assignment on a runner of your own"
        );
    }
    let title = carried.assignment.get("title").and_then(toml::Value::as_str).unwrap_or(assignment);
    let title = line(title);
    let due = carried.assignment.get("due").and_then(instant);
    let runtime = runtime(machine)?;
    let mut entry = json!({
        "slug": assignment,
        "name": title,
        "mode": "individual",
        "autograder": "default",
        "runtime": runtime,
    });
    if let Some(due) = &due {
        entry["due"] = json!(due);
    }
    let assignments = json!({ "schema": "classroom50/assignments/v1", "assignments": [entry] });
    let flags: Vec<&str> = isolation.arguments().split_whitespace().collect();
    // A JSON string, or list of strings, is one of Python as well.
    let script = AUTOGRADER
        .replace("@COURSE@", &json!(folder).to_string())
        .replace("@ASSIGNMENT@", &json!(assignment).to_string())
        .replace("@FLAGS@", &json!(flags).to_string());
    let readme = README
        .replace("@RUST@", if carried.has_code { ", a C linker and rustc" } else { "" })
        .replace("@DUE@", &due.map(|due| format!(" --due {due}")).unwrap_or_default())
        .replace("@WHERE@", where_it_stays(machine))
        .replace("@TITLE@", &title.replace('\'', "'\\''"))
        .replace("@FOLDER@", folder)
        .replace("@CLASSROOM@", classroom)
        .replace("@ASSIGNMENT@", assignment);
    Ok(vec![
        File::text("README.md", readme),
        File::text(format!("{classroom}/autograders/{assignment}/autograder.py"), script),
        File::text("assignments.json", format!("{assignments:#}\n")),
        File::text("runtime.json", format!("{runtime:#}\n")),
    ])
}

/// How what must not be read is kept from being read.
fn where_it_stays(machine: &Machine) -> &'static str {
    match machine {
        Machine::Runner(_) => {
            ".\nA student's workflow can run any program on your runner as the runner's user. Let another user own \
             that\nfolder, and let `descent` on the `PATH` be a script that calls the real one as that user \
             (`sudo -u`), so that\nthe runner's user can ask for grades and read nothing."
        }
        Machine::Image(_) => {
            ",\nwhich is in a public image: everyone can read it. Put a course for practice there, with a secret \
             of its own\nand no private problem."
        }
    }
}

/// The `runtime` block of an assignment.
fn runtime(machine: &Machine) -> Result<Value> {
    let begins = |text: &str| text.starts_with(|first: char| first.is_ascii_alphanumeric());
    let made_of = |text: &str, marks: &str| {
        text.chars().all(|character| character.is_ascii_alphanumeric() || marks.contains(character))
    };
    match machine {
        Machine::Runner(labels) => {
            ensure!(
                (1..=10).contains(&labels.len()),
                "a runner is named by one to ten labels, such as `self-hosted`"
            );
            for label in labels {
                ensure!(
                    begins(label) && made_of(label, "._-") && label.len() <= 64,
                    "a runner's label is made of at most 64 letters, digits and `._-`; {label:?} is not"
                );
            }
            Ok(json!({ "runs-on": labels }))
        }
        Machine::Image(image) => {
            ensure!(
                begins(image) && made_of(image, "._:/@+-") && image.len() <= 256,
                "{image:?} does not name a container image; one is written like `ghcr.io/us/descent:1`"
            );
            // Actions' own folders in a container belong to root.
            Ok(json!({ "container": { "image": image, "user": "root" } }))
        }
    }
}

/// Refuses what Classroom 50 does not take for a name.
fn short_name(what: &str, name: &str) -> Result<()> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    ensure!(
        name.starts_with(allowed)
            && name.chars().all(|character| allowed(character) || character == '-')
            && (2..=39).contains(&name.len()),
        "{what} for Classroom 50 has 2 to 39 lower-case letters, digits and hyphens, and no hyphen first; \
         {name:?} does not fit"
    );
    Ok(())
}

/// Refuses parts of points, which Classroom 50 cannot count.
fn whole_points(carried: &Carried) -> Result<()> {
    let problems = carried.assignment.get("problem").and_then(toml::Value::as_array);
    for problem in problems.into_iter().flatten() {
        if let Some(points) = problem.get("points").and_then(toml::Value::as_float) {
            ensure!(
                points.fract() == 0.0,
                "Classroom 50 counts whole points, and a problem gives {points}; change `points` in course.toml"
            );
        }
    }
    Ok(())
}

/// A due date that is an instant: a date and a time with its offset, which is what Classroom 50 takes.
fn instant(due: &toml::Value) -> Option<String> {
    let due: Datetime = match due {
        toml::Value::Datetime(due) => *due,
        toml::Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    (due.date.is_some() && due.time.is_some() && due.offset.is_some()).then(|| due.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_point_are_not_given() {
        assert_eq!([0.0, 0.99, 1.0, 2.5].map(whole), [0, 0, 1, 2]);
        // A tenth ten times is a little less than one.
        let tenths: f64 = (0..10).map(|_| 0.1).sum();
        assert!(tenths < 1.0, "{tenths}");
        assert_eq!(whole(tenths), 1);
        assert_eq!([-1.0, f64::NAN].map(whole), [0, 0]);
    }

    #[test]
    fn a_due_date_is_an_instant_or_is_left_out() {
        let instant = |text: &str| {
            let table: toml::Table = text.parse().unwrap();
            super::instant(&table["due"])
        };
        assert_eq!(instant("due = 2026-10-01T23:59:00Z").as_deref(), Some("2026-10-01T23:59:00Z"));
        let text = instant("due = \"2026-10-01T23:59:00+02:00\"");
        assert_eq!(text.as_deref(), Some("2026-10-01T23:59:00+02:00"));
        for other in
            ["due = 2026-10-01", "due = 2026-10-01T10:00:00", "due = \"Friday\"", "due = 3"]
        {
            assert_eq!(instant(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_missing_in_the_environment_is_named() {
        let all = |name: &str| Some(format!("the {name}"));
        let submission = Submission::from_environment(all).unwrap();
        assert_eq!(submission.tag, "the SUBMISSION_TAG");
        let without = |name: &str| (name != "REVIEW_URL").then(|| format!("the {name}"));
        assert_eq!(Submission::from_environment(without).unwrap().review, "the COMMIT_URL");
        let without = |name: &str| (name != "OWNER").then(|| String::from("x"));
        let error = Submission::from_environment(without).unwrap_err().to_string();
        assert!(error.contains("OWNER") && error.contains("autograder.py"), "{error}");
    }

    #[test]
    fn names_labels_and_images_are_those_that_classroom50_takes() {
        for good in ["hw", "week-1", "1st", &"a".repeat(39)] {
            short_name("a name", good).unwrap();
        }
        for bad in ["a", "Week-1", "-w", "week_1", "wéek", "", &"a".repeat(40)] {
            assert!(short_name("a name", bad).is_err(), "{bad}");
        }
        for bad in [vec![], vec![String::new()], vec!["a b".to_owned()], vec!["-a".to_owned()]] {
            assert!(runtime(&Machine::Runner(bad)).is_err());
        }
        assert!(runtime(&Machine::Image("a b".to_owned())).is_err());
        assert!(runtime(&Machine::Image("ghcr.io/us/descent:1".to_owned())).is_ok());
    }
}
