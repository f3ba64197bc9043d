//! What a student handed in, read as data: nothing is unpacked, followed or executed.
//!
//! From a folder or a zip file the few files are taken that answers are in, wherever they lie; all else is
//! passed over, and said so. So an archive cannot write anywhere or grow, a link leads nowhere, and a
//! `build.rs` is a file that nobody asked for.

use crate::answers;
use crate::course::Set;
use crate::notebook;
use crate::release::GIVEN;
use anyhow::{Context, Result, bail};
use practice::Asks;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use zip::ZipArchive;

/// How large a file with answers may be, in bytes, and an archive.
const MOST_BYTES: u64 = 256 << 10;
const MOST_ARCHIVE: u64 = 32 << 20;
/// How a notebook's name ends.
const NOTEBOOK: &str = ".ipynb";
/// How large a notebook may be, which keeps what its cells put out.
const MOST_NOTEBOOK: u64 = 8 << 20;
/// How many files a hand-in may have, and how deep they may lie.
const MOST_FILES: usize = 2_000;
const MOST_DEPTH: usize = 6;
/// How many of the files that were passed over are named.
const MOST_NAMED: usize = 5;

/// What a student handed in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HandIn {
    /// For each problem its answers, one a line; blank where there is none.
    pub answers: Vec<Vec<String>>,
    /// What was odd about it.
    pub notes: Vec<String>,
}

/// The files found so far.
#[derive(Default)]
struct Found {
    /// By their name, with their path and what is in them.
    files: BTreeMap<String, (String, Vec<u8>)>,
    passed_over: Vec<String>,
    notes: Vec<String>,
    seen: usize,
}

/// Reads what was handed in for these problems, from a folder or a zip file.
///
/// # Errors
/// If it is neither, or cannot be read at all. What is odd within is among the notes.
pub fn read(path: &Path, sets: &[Set]) -> Result<HandIn> {
    // By its own name: where the course lies is not for its students.
    let place = || printable(&path.file_name().unwrap_or_default().to_string_lossy());
    let kind = fs::symlink_metadata(path).with_context(place)?;
    let mut found = Found::default();
    if kind.is_dir() {
        found.folder(path, "", sets)?;
    } else if kind.is_file() {
        if kind.len() > MOST_ARCHIVE {
            bail!("{} is larger than {} MiB", place(), MOST_ARCHIVE >> 20);
        }
        let archive = ZipArchive::new(File::open(path).with_context(place)?);
        found.archive(archive.with_context(|| format!("{} is no zip file", place()))?, sets);
    } else {
        bail!("{} is neither a folder nor a file", place());
    }
    Ok(found.hand_in(sets))
}

/// Whether a file of this name holds answers.
fn is_wanted(name: &str, sets: &[Set]) -> bool {
    let code = |set: &Set| set.problem.code().is_some() && name == format!("{}.rs", set.problem.id);
    name == answers::FILE || name.ends_with(NOTEBOOK) || sets.iter().any(code)
}

/// Whether a file was given out and holds no answers.
fn is_given(name: &str) -> bool {
    GIVEN.contains(&name) || name.ends_with(".svg")
}

impl Found {
    fn folder(&mut self, folder: &Path, within: &str, sets: &[Set]) -> Result<()> {
        let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{within}{name}");
            if !self.goes_on() {
                return Ok(());
            }
            let Ok(kind) = fs::symlink_metadata(entry.path()) else { continue };
            if kind.is_symlink() {
                self.note(&path, "is a link, and links are not followed");
            } else if kind.is_dir() && path.matches('/').count() < MOST_DEPTH {
                self.folder(&entry.path(), &format!("{path}/"), sets)?;
            } else if kind.is_file() && is_wanted(&name, sets) {
                match File::open(entry.path()) {
                    Ok(file) => self.take(&path, &name, file),
                    Err(error) => self.note(&path, &format!("cannot be read: {error}")),
                }
            } else if !is_given(&name) {
                self.passed_over.push(path);
            }
        }
        Ok(())
    }

    fn archive(&mut self, mut archive: ZipArchive<File>, sets: &[Set]) {
        for place in 0..archive.len() {
            if !self.goes_on() {
                return;
            }
            let file = match archive.by_index(place) {
                Ok(file) => file,
                Err(error) => {
                    self.notes.push(format!("file {} of the archive: {error}", place + 1));
                    continue;
                }
            };
            let Ok(path) = file.name().map(|name| name.replace('\\', "/")) else {
                self.notes.push(format!("file {} of the archive has no readable name", place + 1));
                continue;
            };
            let name = path.rsplit('/').next().unwrap_or_default().to_owned();
            if file.is_dir() {
                continue;
            }
            if file.is_symlink() {
                self.note(&path, "is a link, and links are not followed");
            } else if path.starts_with('/') || path.split('/').any(|part| part == "..") {
                self.note(&path, "leads out of the archive");
            } else if is_wanted(&name, sets) {
                self.take(&path, &name, file);
            } else if !is_given(&name) {
                self.passed_over.push(path);
            }
        }
    }

    /// Whether there may be more files.
    fn goes_on(&mut self) -> bool {
        self.seen += 1;
        if self.seen == MOST_FILES + 1 {
            self.notes.push(format!("more than {MOST_FILES} files: the others were not looked at"));
        }
        self.seen <= MOST_FILES
    }

    /// Reads a file, of those with one name that which lies highest.
    fn take(&mut self, path: &str, name: &str, file: impl Read) {
        let most = if name.ends_with(NOTEBOOK) { MOST_NOTEBOOK } else { MOST_BYTES };
        let mut bytes = Vec::new();
        if let Err(error) = file.take(most + 1).read_to_end(&mut bytes) {
            return self.note(path, &format!("cannot be read: {error}"));
        }
        if bytes.len() as u64 > most {
            return self.note(path, &format!("is larger than {} KiB", most >> 10));
        }
        let depth = |path: &str| path.matches('/').count();
        if let Some((present, _)) = self.files.get(name) {
            let present = present.clone();
            let lower = depth(path) >= depth(&present);
            let (taken, left) =
                if lower { (present.as_str(), path) } else { (path, present.as_str()) };
            self.note(left, &format!("was passed over for {}", printable(taken)));
            if lower {
                return;
            }
        }
        self.files.insert(name.to_owned(), (path.to_owned(), bytes));
    }

    fn note(&mut self, path: &str, what: &str) {
        self.notes.push(format!("`{}` {what}", printable(path)));
    }

    fn hand_in(mut self, sets: &[Set]) -> HandIn {
        if !self.passed_over.is_empty() {
            let named: Vec<String> = self
                .passed_over
                .iter()
                .take(MOST_NAMED)
                .map(|path| format!("`{}`", printable(path)))
                .collect();
            let more = match self.passed_over.len().saturating_sub(MOST_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            self.notes
                .push(format!("not asked for, and not looked at: {}{more}", named.join(", ")));
        }
        let typed = self.text(answers::FILE).map(|text| answers::read(&text)).unwrap_or_default();
        let asks_for_text =
            |set: &Set| set.problem.lines.iter().any(|line| !matches!(line.asks, Asks::Code(_)));
        let notebooks: Vec<String> =
            self.files.keys().filter(|name| name.ends_with(NOTEBOOK)).cloned().collect();
        let nothing_typed = !self.files.contains_key(answers::FILE) && notebooks.is_empty();
        if nothing_typed && sets.iter().any(asks_for_text) {
            self.notes.push(format!("there is no {}", answers::FILE));
        }
        let mut in_cells = BTreeMap::new();
        for name in notebooks {
            in_cells.extend(self.text(&name).map(|text| notebook::read(&text)).unwrap_or_default());
        }
        let mut answers = Vec::new();
        for Set { problem, .. } in sets {
            let id = &problem.id;
            let own = problem.code().and_then(|_| self.text(&format!("{id}.rs")));
            let untouched = |text: &String| {
                problem.code().is_some_and(|code| code.starter.trim() == text.trim())
            };
            let mut of_lines = Vec::new();
            for (number, line) in (1..).zip(&problem.lines) {
                let in_cell = in_cells.get(&(id.clone(), number)).cloned();
                of_lines.push(match line.asks {
                    // What was touched counts, in the file before the notebook.
                    Asks::Code(_) => match (&own, in_cell) {
                        (Some(own), Some(_)) if !untouched(own) => own.clone(),
                        (_, Some(in_cell)) => in_cell,
                        (own, None) => own.clone().unwrap_or_default(),
                    },
                    _ => typed.get(&(id.clone(), number)).cloned().or(in_cell).unwrap_or_default(),
                });
            }
            answers.push(of_lines);
        }
        HandIn { answers, notes: self.notes }
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let (path, bytes) = self.files.get(name)?.clone();
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                self.note(&path, "is not text in UTF-8; what could be read of it was");
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        };
        Some(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))
    }
}

/// A name that can be shown: without what drives a terminal or hides how it is read.
fn printable(name: &str) -> String {
    let shown: String = name.chars().take(120).map(|c| if c == '`' { '\'' } else { c }).collect();
    shown.escape_debug().to_string().replace("\\'", "'")
}
