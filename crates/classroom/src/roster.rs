//! Who takes a course.

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// A student, as a line of `students.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Student {
    /// What variants and files are named by.
    pub id: String,
    /// What a person is called.
    #[serde(default)]
    pub name: String,
    /// How other systems know them.
    #[serde(default)]
    pub email: String,
}

/// Reads a list with the columns id, name and email; others are passed over.
///
/// # Errors
/// If it cannot be read, an id is there twice or cannot be part of a file's name; says which line.
pub fn read(path: &Path) -> Result<Vec<Student>> {
    let place = || path.display().to_string();
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).with_context(place)?;
    let (mut students, mut ids) = (Vec::new(), BTreeSet::new());
    for student in reader.deserialize() {
        let student: Student = student.with_context(place)?;
        check_name(&student.id).with_context(place)?;
        // Some file systems hold `Kim` and `kim` to be the same.
        if !ids.insert(student.id.to_lowercase()) {
            bail!("{}: `{}` is there twice", place(), student.id);
        }
        students.push(student);
    }
    Ok(students)
}

/// Refuses what should not name a file: letters, digits, `-`, `_`, `.` and `@` may, and no point may be first.
///
/// # Errors
/// Says what may be in a name.
pub fn check_name(name: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    if name.is_empty() || name.len() > 64 || name.starts_with(['.', '-']) || !name.chars().all(fits)
    {
        bail!(
            "{name:?} cannot name files: use up to 64 letters without accents, digits, - _ . and @, and begin \
             with a letter or a digit"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_name, read};

    #[test]
    fn names_that_lead_out_of_a_folder_are_refused() {
        for bad in ["", "..", ".hidden", "a/b", "a\\b", "a b", "a\nb", "-rf", "é", &"x".repeat(65)]
        {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        for good in ["s001", "ada.lovelace@example.org", "a_b-c"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_list_is_read_and_its_faults_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("students.csv");
        let of = |text: &str| {
            std::fs::write(&path, text).expect("a file");
            read(&path)
        };
        let students =
            of("id,name,email,section\ns1,\"Lovelace, Ada\", a@x,2\ns2,Bob,,1\n").expect("a list");
        assert_eq!((students[0].name.as_str(), students[1].email.as_str()), ("Lovelace, Ada", ""));
        assert!(format!("{:#}", of("id,name\na,A\nA,B\n").expect_err("twice")).contains("twice"));
        assert!(format!("{:#}", of("name\nA\n").expect_err("no id")).contains("id"));
        assert!(format!("{:#}", of("id,name\n../x,A\n").expect_err("a path")).contains("../x"));
    }
}
