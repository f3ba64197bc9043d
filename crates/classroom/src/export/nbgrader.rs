//! An assignment as a course folder for nbgrader: its settings, the notebook, and the words to use them.
//!
//! Students answer in data: texts in the array of an answer cell, essays in a Markdown cell. The notebook
//! holds no key and leads to none. By the settings, `nbgrader autograde` runs nothing that was handed in:
//! it takes the texts and asks `descent course score` what they are worth. That has to be so, because a
//! kernel that ran a student's cell prints whatever the student's threads print, points too.
//!
//! For each problem the grader is started as
//!
//! ```text
//! descent course score COURSE ASSIGNMENT --student=ID --problem=PROBLEM --variant=NUMBER
//! ```
//!
//! with a JSON list of strings on its standard input, one for each line of the problem, blank where nothing
//! was answered and for essays, which a person marks. It prints feedback and, as the last line, the points,
//! of those that the assignment gives for the problem; it fails if it could not grade. One notebook serves
//! all students, so that variants are the course's and not the student's: `NUMBER` is the one it shows.

use crate::grades::hundredths;
use crate::notebook::{self, answer, asked, code, essay, locked, plain, variable};
use anyhow::{Context, Result, ensure};
use practice::{Asks, Problem};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use weave::notebook::{Cell, Descent, Nbgrader, Notebook};

const SETTINGS: &str = include_str!("nbgrader/nbgrader_config.py");
const PARTS: &str = include_str!("nbgrader/descent_nbgrader.py");
const GUIDE: &str = include_str!("nbgrader/README.md");
const GRADED_CELL: &str = include_str!("nbgrader/graded_cell.rs");

/// What is assigned.
pub struct Assignment<'a> {
    /// Its name for nbgrader and in the course: letters, digits, `-` and `_`.
    pub name: &'a str,
    /// Its title for students.
    pub title: &'a str,
    /// The problems, each in the variant that all students get, and the points it gives.
    pub problems: &'a [(Problem, f64)],
    /// The folder of the course, absolute.
    pub course: &'a Path,
    /// The program `descent`, absolute.
    pub program: &'a Path,
}

/// Writes the assignment into nbgrader's course folder, which may hold others of the same course. What is
/// there of this assignment's source is written anew; so are the settings.
///
/// # Errors
/// If the name, the points or the paths will not do, two problems share a name, a run that is to be
/// diagnosed cannot be drawn, or a file cannot be written.
pub fn write(folder: &Path, assignment: &Assignment<'_>) -> Result<()> {
    let name = assignment.name;
    named("an assignment", name)?;
    ensure!(!assignment.problems.is_empty(), "assignment `{name}` has no problems");
    let mut known = BTreeMap::new();
    for (problem, points) in assignment.problems {
        let id = &problem.id;
        named("a problem", id)?;
        ensure!(
            points.is_finite() && *points >= 0.0,
            "assignment `{name}`: {points} points for `{id}`; use a number from 0"
        );
        if let Some(other) = known.insert(variable(id), id) {
            anyhow::bail!(
                "assignment `{name}`: `{other}` and `{id}` would have the same answer cell"
            );
        }
    }
    let (notebook, pictures) = notebook(assignment)?;
    let source = folder.join("source").join(name);
    put(&source.join(format!("{name}.ipynb")), &notebook.to_text())?;
    for (file, drawing) in pictures {
        put(&source.join(file), &drawing)?;
    }
    put(&folder.join("nbgrader_config.py"), &settings(assignment)?)?;
    put(&folder.join("descent_nbgrader.py"), PARTS)?;
    put(&folder.join("README.md"), &GUIDE.replace("@ASSIGNMENT@", name))
}

/// Refuses a name that nbgrader, a notebook's cell or a command line would not take.
fn named(what: &str, name: &str) -> Result<()> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    ensure!(
        plain && !name.starts_with('-') && (1..=48).contains(&name.len()),
        "`{name}` is no name for {what} in nbgrader: use up to 48 letters, digits, - and _"
    );
    Ok(())
}

fn put(path: &Path, text: &str) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    fs::write(path, text).with_context(|| path.display().to_string())
}

fn settings(assignment: &Assignment<'_>) -> Result<String> {
    let python = |what: &str, path: &Path| -> Result<String> {
        ensure!(path.is_absolute(), "{what}: {} is not an absolute path", path.display());
        let text = path.to_str().with_context(|| format!("{what}: {path:?} is not UTF-8"))?;
        // A JSON string is a Python string as well.
        Ok(json!(text).to_string())
    };
    Ok(SETTINGS
        .replace("@PROGRAM@", &python("the program", assignment.program)?)
        .replace("@COURSE@", &python("the course", assignment.course)?))
}

/// The notebook, and the pictures beside it.
fn notebook(assignment: &Assignment<'_>) -> Result<(Notebook, Vec<(String, String)>)> {
    let mut cells = vec![locked("introduction", &introduction(assignment))];
    let mut pictures = Vec::new();
    for (problem, points) in assignment.problems {
        let id = &problem.id;
        let (text, drawn) = notebook::question(problem)?;
        pictures.extend(drawn);
        cells.push(locked(&format!("question-{id}"), &text));
        let share =
            |line: &practice::Line| points * f64::from(line.points) / f64::from(problem.points());
        let mut by_machine = Vec::new();
        let mut left = *points;
        for (number, line) in (1..).zip(&problem.lines) {
            if matches!(line.asks, Asks::Rubric(_)) {
                left -= share(line);
                cells.push(essay(problem, number, share(line)));
            } else {
                by_machine.push(number);
            }
        }
        if !by_machine.is_empty() {
            cells.push(answer(problem, &by_machine));
            cells.push(graded(assignment.name, problem, &by_machine, left));
        }
    }
    Ok((Notebook::new(cells, Descent::default()), pictures))
}

fn introduction(assignment: &Assignment<'_>) -> String {
    let count = assignment.problems.len();
    let points: f64 = assignment.problems.iter().map(|(_, points)| points).sum();
    format!(
        "# {}\n\n{count} problem{}, {points} points. Answer in the cells below the problems: type between \
         the quotation marks, or write the function in the place of `todo!()`. An answer is taken as the \
         text that stands in its cell when you hand this notebook in. Nothing has to be run, and nothing \
         is computed for you there, though a number may be a calculation such as `2 * sqrt(10)`.\n\nTo try \
         a function, copy it into a cell of your own and call it. Cells of your own are not graded.",
        assignment.title,
        if count == 1 { "" } else { "s" },
    )
}

/// The cell whose value is the points. What is between nbgrader's marks students never see; the rest says
/// what the cell is for. Neither holds more than names.
fn graded(assignment: &str, problem: &Problem, by_machine: &[usize], points: f64) -> Cell {
    let name = format!("points-{}", problem.id);
    let mut answers = vec!["String::new()".to_owned(); problem.lines.len()];
    for (place, number) in by_machine.iter().enumerate() {
        if let Some(answer) = answers.get_mut(number - 1) {
            *answer = format!(
                "{}.get({place}).map(ToString::to_string).unwrap_or_default()",
                variable(&problem.id)
            );
        }
    }
    let source = GRADED_CELL
        .trim_end()
        .replace("@ANSWERS@", &answers.join(", "))
        .replace("@ASSIGNMENT@", assignment)
        .replace("@PROBLEM@", &problem.id)
        .replace("@VARIANT@", &problem.seed.to_string())
        .replace("@POINTS@", &hundredths(points).to_string());
    let nbgrader = Nbgrader { grade: true, locked: true, points: Some(points), ..plain(&name) };
    code(&name, &source, nbgrader, Some(asked(problem, by_machine)))
}
