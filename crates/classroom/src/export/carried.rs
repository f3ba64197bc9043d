//! A course with a single assignment, as it is carried to a machine that grades it.

use super::File;
use anyhow::{Context, Result, bail, ensure};
use practice::Problem;
use std::fs;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The name of the folder of problems in a course that is carried.
const PROBLEMS: &str = "private";
/// The list of students.
const STUDENTS: &str = "students.csv";

/// A course with a single assignment.
///
/// The machine it is carried to has no copy of the book. So all the assignment's problems, those of the
/// book as well, stand in the folder for problems of the course's own, where a course finds its
/// problems first.
pub(super) struct Carried {
    /// `course.toml` and the folders of the problems, in the order of their paths.
    pub(super) files: Vec<File>,
    /// Whether it takes a compiler to grade it.
    pub(super) has_code: bool,
    /// The problems that are the course's own, by id.
    pub(super) own: Vec<String>,
    /// The assignment's part of the course file.
    pub(super) assignment: Table,
}

impl Carried {
    /// Reads what grading this assignment takes from the folder of the course and the bank of the book.
    pub(super) fn read(course: &Path, assignment: &str, bank: &Path) -> Result<Self> {
        let path = course.join("course.toml");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut table: Table = text.parse().with_context(|| path.display().to_string())?;
        let entry = entry(&table, assignment).with_context(|| path.display().to_string())?;
        let private = table.get("private").and_then(Value::as_str).unwrap_or(PROBLEMS);
        let private = course.join(private);
        let mut carried =
            Self { files: Vec::new(), has_code: false, own: Vec::new(), assignment: entry };
        for id in carried.problems()? {
            let own = private.join(&id).is_dir();
            let bank = if own { &private } else { bank };
            carried.has_code |= Problem::load(bank, &id)?.code().is_some();
            carried.files.extend(problem_files(&bank.join(&id), &id)?);
            if own {
                carried.own.push(id);
            }
        }
        table.insert("private".to_owned(), Value::String(PROBLEMS.to_owned()));
        let only = vec![Value::Table(carried.assignment.clone())];
        table.insert("assignment".to_owned(), Value::Array(only));
        carried.files.push(File::text("course.toml", toml::to_string(&table)?));
        carried.files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(carried)
    }

    /// The ids of the assignment's problems, in order.
    fn problems(&self) -> Result<Vec<String>> {
        let problems = self.assignment.get("problem").and_then(Value::as_array);
        let ids: Option<Vec<String>> = problems
            .into_iter()
            .flatten()
            .map(|problem| Some(problem.get("id")?.as_str()?.to_owned()))
            .collect();
        let ids = ids.context("every [[assignment.problem]] needs an `id`")?;
        ensure!(
            !ids.is_empty(),
            "the assignment has no [[assignment.problem]], so there is nothing to grade"
        );
        Ok(ids)
    }

    /// The list of students as it stands in the course.
    pub(super) fn students(course: &Path) -> Result<File> {
        let path = course.join(STUDENTS);
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        Ok(File { path: STUDENTS.to_owned(), bytes })
    }

    /// A list of this student alone, without name or address.
    pub(super) fn only(student: &str) -> Result<File> {
        plain("a student's id", student)?;
        Ok(File::text(STUDENTS, format!("id,name,email\n{student},{student},\n")))
    }
}

/// The part of a course file that is about this assignment.
fn entry(course: &Table, name: &str) -> Result<Table> {
    plain("an assignment's name", name)?;
    let entries: Vec<&Table> = course
        .get("assignment")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_table)
        .collect();
    let called = |entry: &&&Table| entry.get("name").and_then(Value::as_str) == Some(name);
    let Some(entry) = entries.iter().find(called) else {
        let names: Vec<&str> =
            entries.iter().filter_map(|entry| entry.get("name").and_then(Value::as_str)).collect();
        bail!("there is no assignment `{name}`; there are: {}", names.join(", "));
    };
    Ok((*entry).clone())
}

/// The files of a problem, which is a folder without folders.
fn problem_files(folder: &Path, id: &str) -> Result<Vec<File>> {
    let read = || folder.display().to_string();
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).with_context(read)? {
        let path = entry.with_context(read)?.path();
        ensure!(
            path.is_file(),
            "{}: a problem's folder holds files only; move it away",
            path.display()
        );
        paths.push(path);
    }
    paths.sort();
    let file = |path: PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.with_context(|| format!("{}: a name that is not text", path.display()))?;
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        Ok(File { path: format!("{PROBLEMS}/{id}/{name}"), bytes })
    };
    paths.into_iter().map(file).collect()
}

/// Refuses a name that would mean something to a shell, to a path, or to an expression of a workflow.
pub(super) fn plain(what: &str, name: &str) -> Result<()> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "._-@".contains(character);
    ensure!(
        !name.is_empty() && name.chars().all(allowed) && !name.starts_with(['-', '.']),
        "{what} that goes into the scripts of other tools is made of letters, digits and `._-@`, and \
         begins with none of `-.`; {name:?} is not"
    );
    Ok(())
}
