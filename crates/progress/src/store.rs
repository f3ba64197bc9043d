//! The file of a learner's progress.

use crate::log::{Event, Log};
use std::collections::HashSet;
use std::fs::{File, OpenOptions, create_dir_all};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The environment variable that names another file for the progress than the usual one.
pub const ELSEWHERE: &str = "DESCENT_PROGRESS";

/// Progress, and where it is kept. Events are only ever put behind what is there.
#[derive(Clone, Debug)]
pub struct Store {
    log: Log,
    path: PathBuf,
}

/// The seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Store {
    /// Reads the progress in `usual`, or in the file that the variable [`ELSEWHERE`] names. There
    /// need not be any yet.
    ///
    /// # Errors
    /// If there is a file that cannot be read; says which.
    pub fn open(usual: &Path) -> Result<Self> {
        let elsewhere = std::env::var_os(ELSEWHERE).filter(|path| !path.is_empty());
        let path = elsewhere.map_or_else(|| usual.to_owned(), PathBuf::from);
        // A device would have no end.
        let device = path.metadata().is_ok_and(|data| !data.is_file());
        let read = match device {
            true => Err(Error::other("it is no file")),
            false => std::fs::read(&path),
        };
        match read {
            // A line of other bytes costs only itself.
            Ok(bytes) => Ok(Self { log: Log::parse(&String::from_utf8_lossy(&bytes)), path }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Self { log: Log::default(), path })
            }
            Err(error) => Err(Error::new(
                error.kind(),
                format!("reading your progress, {}: {error}", path.display()),
            )),
        }
    }

    /// What has been done so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes an event behind those that are there.
    ///
    /// # Errors
    /// If the file cannot be written; says which, and how to name another.
    pub fn add(&mut self, event: Event) -> Result<()> {
        self.append(&[event.line()])?;
        self.log.add(event);
        Ok(())
    }

    /// Writes an answer to a problem, in the variant `seed`, that earned `points` of `of`; with it goes
    /// how many hints were taken since the last.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn answered(&mut self, problem: &str, seed: u64, points: u32, of: u32) -> Result<()> {
        let hints = self.log.hints_since_answer(problem);
        self.add(Event::answered(now(), problem, seed, points, of, hints))
    }

    /// Adds what another log has; says how many lines were new.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn merge(&mut self, other: &Log) -> Result<usize> {
        let before = self.log.text();
        let added = self.log.merge(other);
        let known: HashSet<&str> = before.lines().collect();
        let text = self.log.text();
        let new: Vec<String> =
            text.lines().filter(|line| !known.contains(*line)).map(str::to_owned).collect();
        self.append(&new)?;
        Ok(added)
    }

    fn append(&self, lines: &[String]) -> Result<()> {
        self.write(lines).map_err(|error| {
            Error::new(
                error.kind(),
                format!(
                    "writing your progress, {}: {error}; set {ELSEWHERE} to another file",
                    self.path.display()
                ),
            )
        })
    }

    fn write(&self, lines: &[String]) -> Result<()> {
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

fn ends_torn(file: &mut File) -> Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
