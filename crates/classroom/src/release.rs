//! What students are given: one archive each, with their variants of the questions and nothing else.

use crate::answers;
use crate::archive::zipped;
use crate::course::{Assignment, Course, Set, shown};
use crate::leaks;
use crate::notebook;
use crate::roster::Student;
use crate::sheet;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;

/// What comes back with a hand-in because it was given out, and holds no answers.
pub const GIVEN: [&str; 2] = ["README.txt", "sheet.html"];

/// What one student is given: files by their path in the archive.
pub type Files = Vec<(String, String)>;

/// Writes an archive for every student and returns where they are.
///
/// Each is searched for solutions, mutants, keys, replies and cases before it is written.
///
/// # Errors
/// If something that students must not see is in an archive, or a file cannot be written.
pub fn run(course: &Course, assignment: &Assignment) -> Result<PathBuf> {
    let folder = course.folder_of("release", assignment);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for student in &course.students {
        let sets = course.sets(assignment, &student.id)?;
        let files = files(course, assignment, student, &sets)?;
        if let Some(leak) = leaks::first(course, &sets, &files) {
            bail!("nothing was released to `{}`: {leak}", student.id);
        }
        let path = folder.join(format!("{}.zip", student.id));
        fs::write(&path, zipped(files)?).with_context(|| path.display().to_string())?;
    }
    Ok(folder)
}

/// What a student is given.
///
/// # Errors
/// If a question cannot be set.
pub fn files(
    course: &Course,
    assignment: &Assignment,
    student: &Student,
    sets: &[Set],
) -> Result<Files> {
    let top = format!("{}-{}", assignment.name, student.id);
    let [read_me_file, sheet_file] = GIVEN;
    let mut files = vec![
        (format!("{top}/{read_me_file}"), read_me(assignment, sets)),
        (format!("{top}/{sheet_file}"), sheet::html(course, assignment, student, sets)?),
        (format!("{top}/{}", answers::FILE), answers::blank(sets)),
    ];
    let (notebook, pictures) = notebook::released(assignment, sets)?;
    files.push((format!("{top}/{}.ipynb", assignment.name), notebook));
    files.extend(pictures.into_iter().map(|(name, drawing)| (format!("{top}/{name}"), drawing)));
    for set in sets {
        if let Some(code) = set.problem.code() {
            files.push((format!("{top}/code/{}.rs", set.problem.id), code.starter.clone()));
        }
    }
    Ok(files)
}

fn read_me(assignment: &Assignment, sets: &[Set]) -> String {
    let due = match &assignment.due {
        Some(due) => format!("Hand it in by {}.\n", shown(due)),
        None => String::new(),
    };
    let code = match sets.iter().any(|set| set.problem.code().is_some()) {
        true => {
            "Functions are filled in in the files below code/: the standard library is there and nothing \
             else, no unsafe, and their names and arguments stay as they are. They are called with many \
             inputs, and what they give back is compared.\n"
        }
        false => "",
    };
    format!(
        "{title}\n\nThe questions are in sheet.html: open it in a browser. Your numbers may differ from \
         those of others.\n\nType your answers into {answers}. {code}\n{due}Or answer in the notebook, \
         {name}.ipynb, in Jupyter. Pack this folder into a zip file and hand that in. Only {answers}, the \
         notebook and the files below code/ are read.\n",
        name = assignment.name,
        title = assignment.title,
        answers = answers::FILE,
    )
}
