//! The file of a learner's progress.

use anyhow::{Context, Result};
use practice::{Problem, Report, bank};
use progress::{Event, Log};
use std::fs::{File, OpenOptions, create_dir_all, read_to_string};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Names another file for the progress than that in `scratch`.
const ELSEWHERE: &str = "DESCENT_PROGRESS";

/// Progress, and where it is kept. Events are only ever put behind what is there.
pub(crate) struct Store {
    pub(crate) log: Log,
    path: PathBuf,
}

/// The seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The folder of a learner's own files, which git ignores.
pub(crate) fn scratch() -> PathBuf {
    bank().ancestors().nth(2).unwrap_or(Path::new(".")).join("scratch")
}

impl Store {
    /// Reads the progress; there need not be any yet.
    pub(crate) fn open() -> Result<Self> {
        let path = std::env::var_os(ELSEWHERE)
            .map_or_else(|| scratch().join("progress.jsonl"), PathBuf::from);
        let text = match read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("reading your progress, {}", path.display()));
            }
        };
        Ok(Self { log: Log::parse(&text), path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Says so if a part of the file cannot be read.
    pub(crate) fn warn(&self) {
        if self.log.foreign() > 0 {
            println!(
                "{} lines of it cannot be read, perhaps of a later version or torn by a crash; they \
                 are kept.",
                self.log.foreign()
            );
        }
    }

    /// Writes an event behind those that are there.
    pub(crate) fn add(&mut self, event: Event) -> Result<()> {
        self.append(&[event.line()]).with_context(|| {
            format!(
                "writing your progress, {}; set {ELSEWHERE} to another file",
                self.path.display()
            )
        })?;
        self.log.add(event);
        Ok(())
    }

    /// Records a graded answer, if there was one.
    pub(crate) fn answered(&mut self, problem: &Problem, report: &Report) -> Result<()> {
        if !report.is_attempt() {
            return Ok(());
        }
        let hints = self.log.hints_since_answer(&problem.id);
        let (points, of) = (report.points, report.of);
        self.add(Event::answered(now(), &problem.id, problem.seed, points, of, hints))
    }

    /// Adds what another log has; says how many lines were new.
    pub(crate) fn merge(&mut self, other: &Log) -> Result<usize> {
        let before = self.log.text();
        let added = self.log.merge(other);
        let known: Vec<&str> = before.lines().collect();
        let text = self.log.text();
        let new: Vec<String> =
            text.lines().filter(|line| !known.contains(line)).map(str::to_owned).collect();
        self.append(&new).with_context(|| self.path.display().to_string())?;
        Ok(added)
    }

    fn append(&self, lines: &[String]) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&self.path)?;
        // A line torn by a crash must not swallow the next one.
        let mut text = if ends_torn(&mut file)? { "\n".to_owned() } else { String::new() };
        lines.iter().for_each(|line| text += &format!("{line}\n"));
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }
}

fn ends_torn(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
