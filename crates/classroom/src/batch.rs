//! All hand-ins of an assignment, graded side by side.
//!
//! Each is graded in a process of its own, so that what ends one touches no other. What is graded is kept in
//! a file with a key over all that the grade depends on: an interrupted run goes on where it was, and what
//! has not changed is not graded again.

use crate::course::{Assignment, Course, Set};
use crate::desk::Desk;
use crate::grade;
use crate::grades::Grades;
use crate::isolation::Isolation;
use crate::marks::Marks;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a hand-in may take in all, for each line that is answered: far beyond what its programs may.
const LIMIT: Duration = Duration::from_secs(700);
/// How often a process is looked at.
const LOOK: Duration = Duration::from_millis(4);

/// What is kept of a graded hand-in.
#[derive(Serialize, Deserialize)]
struct Record {
    key: String,
    grades: Grades,
}

/// What became of a hand-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was graded.
    Graded,
    /// It had been graded, and nothing has changed.
    Kept,
    /// It could not be graded; why. It is tried again in the next run.
    Failed(String),
}

/// What became of all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// By student, in the order of the list.
    pub students: Vec<(String, Outcome)>,
    /// What lies among the submissions and belongs to nobody on the list.
    pub strangers: Vec<String>,
}

/// How a hand-in is graded in a process of its own: the arguments of this program that print its grades.
pub type Arguments<'a> = dyn Fn(&str, Option<&Path>) -> Vec<OsString> + Sync + 'a;

/// Grades every student's hand-in at the assignment's desk, `jobs` at a time, and tells `progress` of each that
/// is done.
///
/// # Errors
/// If the course, or where grades are kept, cannot be read or written.
pub fn run(
    desk: &Desk,
    course: &Course,
    assignment: &Assignment,
    isolation: &Isolation,
    jobs: usize,
    arguments: &Arguments,
    progress: &(dyn Fn(&str, &Outcome) + Sync),
) -> Result<Outcomes> {
    let common = common_key(course, assignment, isolation)?;
    let students = &course.students;
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(vec![None; students.len()]);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(student) = students.get(place) else { return };
            let (student_id, work) = (student.id.as_str(), desk.work());
            let one = One { course, assignment, student: student_id, common: &common, work };
            let outcome =
                one.graded(arguments).unwrap_or_else(|e| Outcome::Failed(format!("{e:#}")));
            progress(&student.id, &outcome);
            if let Ok(mut outcomes) = outcomes.lock() {
                outcomes[place] = Some((student.id.clone(), outcome));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, students.len().max(1)) {
            scope.spawn(work);
        }
    });
    let students = outcomes.into_inner().unwrap_or_default().into_iter().flatten().collect();
    Ok(Outcomes { students, strangers: strangers(course, assignment) })
}

/// The grades that are kept of an assignment, in the order of the list; none for those not graded yet.
///
/// # Errors
/// If a file cannot be read.
pub fn kept(course: &Course, assignment: &Assignment) -> Result<Vec<Option<Grades>>> {
    let of = |student: &crate::roster::Student| {
        let path = record(course, assignment, &student.id);
        match fs::read_to_string(&path) {
            Err(_) => Ok(None),
            Ok(text) => {
                let record: Record = serde_json::from_str(&text)
                    .with_context(|| format!("{}; delete it and grade again", path.display()))?;
                Ok(Some(record.grades))
            }
        }
    };
    course.students.iter().map(of).collect()
}

/// Where a student's hand-in is, if there is one: a folder, or a zip file.
pub fn hand_in(course: &Course, assignment: &Assignment, student: &str) -> Option<PathBuf> {
    let folder = course.folder_of("submissions", assignment);
    let places = [folder.join(student), folder.join(format!("{student}.zip"))];
    places.into_iter().find(|path| fs::symlink_metadata(path).is_ok())
}

fn record(course: &Course, assignment: &Assignment, student: &str) -> PathBuf {
    course.folder_of("grades", assignment).join(format!("{student}.json"))
}

fn strangers(course: &Course, assignment: &Assignment) -> Vec<String> {
    let entries = fs::read_dir(course.folder_of("submissions", assignment));
    let names = entries.into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut strangers: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| {
            let id = name.strip_suffix(".zip").unwrap_or(name);
            !course.students.iter().any(|student| student.id == id)
        })
        .map(|name| name.escape_debug().to_string())
        .collect();
    strangers.sort();
    strangers
}

/// What every grade of a run depends on: this program, how it isolates, and the problems' files.
fn common_key(course: &Course, assignment: &Assignment, isolation: &Isolation) -> Result<Sha256> {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    let this = std::env::current_exe().context("this program's own path")?;
    add(&fs::read(&this).with_context(|| this.display().to_string())?);
    add(format!("{isolation:?}").as_bytes());
    for chosen in &assignment.problems {
        add(format!("{chosen:?}").as_bytes());
        let folder = course.bank_of(&chosen.id).join(&chosen.id);
        let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.is_file()) {
            add(path.file_name().unwrap_or_default().as_encoded_bytes());
            add(&fs::read(path).with_context(|| path.display().to_string())?);
        }
    }
    Ok(hash)
}

/// One student's hand-in.
struct One<'a> {
    course: &'a Course,
    assignment: &'a Assignment,
    student: &'a str,
    common: &'a Sha256,
    /// Where temporary files are.
    work: &'a Path,
}

impl One<'_> {
    fn graded(&self, arguments: &Arguments) -> Result<Outcome> {
        let Self { course, assignment, student, .. } = *self;
        let sets = course.sets(assignment, student)?;
        let path = hand_in(course, assignment, student);
        let key = self.key(path.as_deref(), &sets)?;
        let kept = record(course, assignment, student);
        let present = fs::read(&kept).ok();
        let present = present.and_then(|text| serde_json::from_slice::<Record>(&text).ok());
        if present.is_some_and(|present| present.key == key) {
            return Ok(Outcome::Kept);
        }
        // What is there is of another hand-in, or of other problems.
        let _ = fs::remove_file(&kept);
        let lines: usize = sets.iter().map(|set| set.problem.lines.len()).sum();
        let limit = LIMIT * u32::try_from(lines.max(1)).unwrap_or(1);
        let grades = in_a_process(&arguments(student, path.as_deref()), self.work, limit)?;
        let record = Record { key, grades };
        let unfinished = kept.with_extension("unfinished");
        let text = serde_json::to_string_pretty(&record)? + "\n";
        fs::write(&unfinished, text).with_context(|| unfinished.display().to_string())?;
        fs::rename(&unfinished, &kept).with_context(|| kept.display().to_string())?;
        Ok(Outcome::Graded)
    }

    fn key(&self, path: Option<&Path>, sets: &[Set]) -> Result<String> {
        let mut hash = self.common.clone();
        let hand_in = grade::read(path, sets);
        let marks = Marks::of(self.course, self.assignment)?;
        let mut add = |text: String| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        add(format!("{hand_in:?}"));
        for Set { problem, points } in sets {
            add(format!("{} {} {points}", problem.id, problem.seed));
            for number in 1..=problem.lines.len() {
                add(format!("{:?}", marks.of_line(self.student, &problem.id, number)));
            }
        }
        let key = hash.finalize();
        Ok(key.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The grades that this program prints when it is started with these arguments.
fn in_a_process(arguments: &[OsString], work: &Path, limit: Duration) -> Result<Grades> {
    let this = std::env::current_exe().context("this program's own path")?;
    let (mut said, mut complaints) = (tempfile::tempfile_in(work)?, tempfile::tempfile_in(work)?);
    let mut process = Command::new(this)
        .args(arguments)
        .env("TMPDIR", work)
        .stdin(Stdio::null())
        .stdout(said.try_clone()?)
        .stderr(complaints.try_clone()?)
        .spawn()
        .context("starting a grader")?;
    let deadline = Instant::now() + limit;
    let status = loop {
        if let Some(status) = process.try_wait()? {
            break status;
        }
        if Instant::now() > deadline {
            process.kill()?;
            process.wait()?;
            bail!("the grader took longer than {} seconds", limit.as_secs());
        }
        sleep(LOOK);
    };
    let text = |file: &mut File| -> Result<String> {
        file.seek(SeekFrom::Start(0))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    if !status.success() {
        bail!("the grader ended with {status}: {}", text(&mut complaints)?.trim());
    }
    serde_json::from_str(&text(&mut said)?).context("what the grader printed")
}
