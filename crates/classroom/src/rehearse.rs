//! A rehearsal: made-up hand-ins, so that a course can be tried from end to end before there is a class.

use crate::answers;
use crate::archive::zipped;
use crate::course::{Assignment, Course, Set};
use crate::release::{self, Files};
use anyhow::{Context, Result};
use practice::Asks;
use std::fs;
use std::path::{Path, PathBuf};

/// What kinds of students there are; they take turns.
pub const KINDS: [&str; 5] = ["right", "half right", "wrong", "hostile", "empty"];

/// Functions that do what functions must not do; in turn.
const HOSTILE: [&str; 4] = [
    "pub fn f() { std::process::exit(0) }",
    "pub fn f() { loop { std::hint::black_box(0); } }",
    "const KEY: &str = include_str!(\"cases.rs\"); pub fn f() { panic!(\"{KEY}\") }",
    "pub fn f() -> Vec<Vec<u8>> { let mut all = Vec::new(); loop { all.push(vec![1; 1 << 24]) } }",
];

/// Copies a course to another folder, with this many made-up students in place of its own.
///
/// # Errors
/// If a file cannot be read or written, or the folder is there already.
pub fn copy(course: &Course, to: &Path, students: usize) -> Result<Course> {
    anyhow::ensure!(!to.exists(), "{} is there already; name another folder", to.display());
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    fs::copy(course.folder.join("course.toml"), to.join("course.toml")).context("course.toml")?;
    let own = course.private();
    for problem in fs::read_dir(&own).into_iter().flatten().flatten() {
        let folder = to.join(&course.plan.private).join(problem.file_name());
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        for file in fs::read_dir(problem.path()).into_iter().flatten().flatten() {
            fs::copy(file.path(), folder.join(file.file_name()))
                .with_context(|| file.path().display().to_string())?;
        }
    }
    let line = |number: usize| {
        let kind = KINDS[(number - 1) % KINDS.len()];
        format!("m{number:04},Made up ({kind}),\n")
    };
    let list: String = (1..=students).map(line).collect();
    fs::write(to.join("students.csv"), format!("id,name,email\n{list}")).context("students.csv")?;
    Course::open(to)
}

/// Writes a made-up hand-in for every student of a course, as zip files, and returns their folder.
///
/// # Errors
/// If there are hand-ins already, or one cannot be written.
pub fn hand_in(course: &Course, assignment: &Assignment) -> Result<PathBuf> {
    let folder = course.folder_of("submissions", assignment);
    anyhow::ensure!(
        !folder.exists(),
        "{} is there already: a rehearsal writes over nothing",
        folder.display()
    );
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for (place, student) in course.students.iter().enumerate() {
        let sets = course.sets(assignment, &student.id)?;
        let released = release::files(course, assignment, student, &sets)?;
        let files = match KINDS[place % KINDS.len()] {
            "right" => answered(released, &sets, |_, set| set.problem.trials()[0].clone()),
            "half right" => {
                answered(released, &sets, |number, set| set.problem.trials()[number % 2].clone())
            }
            "wrong" => answered(released, &sets, |_, set| set.problem.trials()[1].clone()),
            "hostile" => hostile(answered(released, &sets, |_, set| attacks(set, place))),
            _ => released,
        };
        let path = folder.join(format!("{}.zip", student.id));
        fs::write(&path, zipped(files)?).with_context(|| path.display().to_string())?;
    }
    Ok(folder)
}

/// What was released, with answers filled in.
fn answered(mut files: Files, sets: &[Set], answers: impl Fn(usize, &Set) -> Vec<String>) -> Files {
    let all: Vec<Vec<String>> =
        sets.iter().enumerate().map(|(number, set)| answers(number, set)).collect();
    for (name, text) in &mut files {
        if name.ends_with(answers::FILE) {
            *text = answers::filled(sets, &all);
        }
        for (set, answers) in sets.iter().zip(&all) {
            let code = set.problem.lines.iter().position(|line| matches!(line.asks, Asks::Code(_)));
            if let Some(place) = code.filter(|_| name.ends_with(&format!("/{}.rs", set.problem.id)))
            {
                text.clone_from(&answers[place]);
            }
        }
    }
    files
}

fn attacks(set: &Set, place: usize) -> Vec<String> {
    let attack = |line: &practice::Line| match line.asks {
        Asks::Code(_) => HOSTILE[place / KINDS.len() % HOSTILE.len()].to_owned(),
        _ => "\u{1b}[2J<script>alert(1)</script> ((((((((((((1e999".to_owned(),
    };
    set.problem.lines.iter().map(attack).collect()
}

/// Files besides that somebody hopes are built, run or followed.
fn hostile(mut files: Files) -> Files {
    files.extend([
        ("../../grades/mine.json".to_owned(), "{\"points\": 100}".to_owned()),
        ("build.rs".to_owned(), "fn main() { loop {} }".to_owned()),
        ("Cargo.toml".to_owned(), "[dependencies]\nserde = \"1\"\n".to_owned()),
        ("a\u{202e}\n.rs".to_owned(), String::new()),
    ]);
    files
}
