//! Where a run works: one at a time, in a temporary folder that is cleared whatever ends the run.

use crate::course::{Assignment, Course};
use anyhow::{Context, Result, bail};
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, TempDir};

/// What is locked among the grades; it names the run's temporary folder.
const LOCK: &str = ".run";
/// What such a folder's name begins with.
const PREFIX: &str = "descent-grading-";

/// The right to grade an assignment, and a folder for what is temporary. Given up when it is dropped.
pub struct Desk {
    lock: File,
    work: TempDir,
}

impl Desk {
    /// Takes the desk of an assignment, and clears away what a run left there that was killed.
    ///
    /// # Errors
    /// If another run is at work, or a folder cannot be made.
    pub fn take(course: &Course, assignment: &Assignment) -> Result<Self> {
        let grades = course.folder_of("grades", assignment);
        fs::create_dir_all(&grades).with_context(|| grades.display().to_string())?;
        let path = grades.join(LOCK);
        let place = || path.display().to_string();
        let mut lock = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(place)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("another run is grading into {}; wait for its end", grades.display())
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(place),
        }
        let mut left = String::new();
        lock.read_to_string(&mut left).with_context(place)?;
        if let Some(left) = of_a_run(&left) {
            let _ = fs::remove_dir_all(left);
        }
        let mut builder = Builder::new();
        builder.prefix(PREFIX);
        // Where programs run as nobody, they must get through it.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o711));
        let work = builder.tempdir().context("a temporary folder")?;
        let named = work.path().canonicalize().context("a temporary folder")?;
        note(&mut lock, &named.display().to_string()).with_context(place)?;
        Ok(Self { lock, work })
    }

    /// The temporary folder.
    pub fn work(&self) -> &Path {
        self.work.path()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // The folder goes in any case; what a note says of it is checked.
        let _ = note(&mut self.lock, "");
    }
}

fn note(lock: &mut File, text: &str) -> std::io::Result<()> {
    lock.seek(SeekFrom::Start(0))?;
    lock.set_len(0)?;
    lock.write_all(text.as_bytes())
}

/// The folder that a note names, if it is one that a run makes.
fn of_a_run(note: &str) -> Option<PathBuf> {
    let path = PathBuf::from(note);
    let named =
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()));
    let temporary =
        std::env::temp_dir().canonicalize().is_ok_and(|there| path.parent() == Some(&*there));
    (named && temporary).then_some(path)
}
