//! What a function does in a problem's cases.

use super::sandbox::{self, Ended};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use thiserror::Error;

/// How long the compiler may take, and how long the cases.
const COMPILE_LIMIT: Duration = Duration::from_secs(60);
const RUN_LIMIT: Duration = Duration::from_secs(5);
/// How much memory a running answer may ask for, and how much the compiler, in MiB.
const RUN_MEMORY: u32 = 512;
const COMPILE_MEMORY: u32 = 8192;

const HARNESS: &str = include_str!("harness.rs");

/// What was recorded: each number with what it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Behavior(pub(super) Vec<(String, f64)>);

impl Behavior {
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_suffix("done\n")?;
        let case = |line: &str| {
            let (bits, what) = line.split_once('\t')?;
            Some((what.to_owned(), f64::from_bits(u64::from_str_radix(bits, 16).ok()?)))
        };
        text.lines().map(case).collect::<Option<Vec<_>>>().map(Self)
    }

    fn text(&self) -> String {
        let line = |(what, value): &(String, f64)| format!("{:016x}\t{what}\n", value.to_bits());
        self.0.iter().map(line).collect::<String>() + "done\n"
    }
}

/// The first case in which two behaviors differ.
pub(super) struct Difference {
    what: String,
    ours: f64,
    theirs: f64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, ours, theirs } = self;
        write!(
            f,
            "The first case that differs is {what}: yours gives {ours}, but it should be {theirs}."
        )
    }
}

pub(super) fn difference(ours: &Behavior, theirs: &Behavior, tolerance: f64) -> Option<Difference> {
    let pairs = ours.0.iter().zip(&theirs.0);
    let differs = |ours: f64, theirs: f64| {
        let scale = ours.abs().max(theirs.abs()).max(1.0);
        // Infinities agree with themselves, and so does what is not a number.
        let same = ours == theirs || (ours.is_nan() && theirs.is_nan());
        let close = (ours - theirs).abs() <= tolerance * scale;
        !(same || close)
    };
    let first = pairs.clone().find(|((_, ours), (_, theirs))| differs(*ours, *theirs));
    let first = first.map(|((_, ours), (what, theirs))| (what.clone(), *ours, *theirs));
    let cut = || {
        let (ours, theirs) = (ours.0.len() as f64, theirs.0.len() as f64);
        (ours != theirs).then(|| ("the number of cases".to_owned(), ours, theirs))
    };
    let (what, ours, theirs) = first.or_else(cut)?;
    Some(Difference { what, ours, theirs })
}

/// Why an answer has no behavior.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("It does not compile.\n{0}")]
    Compile(String),
    #[error("It panicked: {message}.{said}")]
    Panic { message: String, said: String },
    #[error("It was stopped after {} seconds: a loop that does not end?{said}", RUN_LIMIT.as_secs())]
    Timeout { said: String },
    #[error("It asked for more than {RUN_MEMORY} MiB of memory.{said}")]
    Memory { said: String },
    #[error("It ended the program before the cases were through: {how}.{said}")]
    Ended { how: String, said: String },
    #[error("It could not be checked: {0}")]
    Machine(String),
}

/// What an answer does.
pub(super) fn of_answer(answer: &str, cases: &str) -> Result<Behavior, Failure> {
    let workshop = Workshop::new()?;
    workshop.write("answer.rs", answer)?;
    workshop.write("cases.rs", cases)?;
    let module = "#[allow(warnings)]\nmod answer {\n    include!(\"answer.rs\");\n    pub mod __cases {\n        \
                  use super::*;\n        use crate::harness::Cases;\n        include!(\"cases.rs\");\n    }\n}\n";
    let program = format!(
        "{module}{}\nfn main() {{\n    let path = std::env::args().nth(1).unwrap_or_default();\n    \
         harness::record(&path, answer::__cases::run);\n}}\n",
        harness()
    );
    workshop.compile(&program)?;
    workshop.run()
}

/// What several implementations do that belong to the problem. It is kept, so that a learner waits
/// for them once.
pub(super) fn of_references(references: &[String], cases: &str) -> Result<Vec<Behavior>, String> {
    let key = fingerprint(references.iter().map(String::as_str).chain([cases, HARNESS]));
    let kept = cache().join(format!("{key:016x}.cases"));
    if let Ok(text) = std::fs::read_to_string(&kept) {
        let behaviors: Option<Vec<Behavior>> =
            text.split_inclusive("done\n").map(Behavior::read).collect();
        if let Some(behaviors) = behaviors.filter(|read| read.len() == references.len()) {
            return Ok(behaviors);
        }
    }
    let behaviors = run_together(references, cases).map_err(|failure| failure.to_string())?;
    let text: String = behaviors.iter().map(Behavior::text).collect();
    // If it cannot be kept, the next check takes longer; that is all.
    let unfinished = cache().join(format!("{key:016x}.{}", std::process::id()));
    let _ = std::fs::create_dir_all(cache())
        .and_then(|()| std::fs::write(&unfinished, text))
        .and_then(|()| std::fs::rename(&unfinished, &kept));
    Ok(behaviors)
}

fn run_together(references: &[String], cases: &str) -> Result<Vec<Behavior>, Failure> {
    let workshop = Workshop::new()?;
    workshop.write("cases.rs", cases)?;
    let (mut modules, mut calls) = (String::new(), String::new());
    for (number, source) in references.iter().enumerate() {
        workshop.write(&format!("reference_{number}.rs"), source)?;
        modules += &format!(
            "#[allow(warnings)]\nmod reference_{number} {{\n    include!(\"reference_{number}.rs\");\n    \
             pub mod __cases {{\n        use super::*;\n        use crate::harness::Cases;\n        \
             include!(\"cases.rs\");\n    }}\n}}\n"
        );
        calls += &format!(
            "    harness::record(&format!(\"{{path}}.{number}\"), reference_{number}::__cases::run);\n"
        );
    }
    let program = format!(
        "{modules}{}\nfn main() {{\n    let path = std::env::args().nth(1).unwrap_or_default();\n{calls}}}\n",
        harness()
    );
    workshop.compile(&program)?;
    // Each writes a file of its own; that of `run` itself never comes.
    let ended = workshop.start()?;
    let read = |number: usize| {
        let path = workshop.0.join(format!("recorded.{number}"));
        let text = std::fs::read_to_string(path).unwrap_or_default();
        Behavior::read(&text).ok_or_else(|| {
            let how = format!("implementation {number} recorded `{}`; {ended:?}", text.trim());
            Failure::Ended { how, said: String::new() }
        })
    };
    (0..references.len()).map(read).collect()
}

fn harness() -> String {
    format!("#[allow(dead_code)]\nmod harness {{\n{HARNESS}\n}}")
}

/// Where the behavior of solutions and mutants is kept: beside the crates, below `target`.
fn cache() -> PathBuf {
    crate::bank().join("../../target/practice")
}

/// FNV-1a, which is the same on every machine and in every version.
fn fingerprint<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    let bytes = texts.flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A folder in which one program is compiled and run, removed when it is dropped.
struct Workshop(PathBuf);

impl Workshop {
    fn new() -> Result<Self, Failure> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("descent-practice-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).map_err(|error| machine(&folder, &error))?;
        Ok(Self(folder))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.0.join(name);
        std::fs::write(&path, text).map_err(|error| machine(&path, &error))
    }

    fn compile(&self, program: &str) -> Result<(), Failure> {
        self.write("main.rs", program)?;
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(rustc);
        // In the repository rustup chooses the toolchain that the book was written with.
        command
            .current_dir(crate::bank())
            .args(["--edition", "2024", "--crate-name", "answer", "--color", "never"])
            .args(["-C", "opt-level=1", "-C", "debug-assertions=on", "-F", "unsafe_code"])
            .arg("-o")
            .arg(self.0.join("program"))
            .arg(self.0.join("main.rs"));
        let ended = sandbox::run(command, &self.0, COMPILE_LIMIT, COMPILE_MEMORY, true)
            .map_err(|error| Failure::Machine(format!("starting rustc: {error}")))?;
        match ended {
            Ended::Well { .. } => Ok(()),
            Ended::Timeout { .. } => {
                Err(Failure::Compile("The compiler took too long.".to_owned()))
            }
            Ended::Badly { said, .. } => {
                let said = said.replace(&format!("{}/", self.0.display()), "");
                Err(Failure::Compile(errors(&said)))
            }
        }
    }

    fn start(&self) -> Result<Ended, Failure> {
        let mut command = Command::new(self.0.join("program"));
        command.current_dir(&self.0).arg(self.0.join("recorded"));
        sandbox::run(command, &self.0, RUN_LIMIT, RUN_MEMORY, false)
            .map_err(|error| Failure::Machine(format!("starting your program: {error}")))
    }

    fn run(&self) -> Result<Behavior, Failure> {
        let ended = self.start()?;
        let printed = |said: &str| match said.trim() {
            "" => String::new(),
            said => format!("\nIt printed:\n{}", first_lines(said, 6)),
        };
        let recorded = std::fs::read_to_string(self.0.join("recorded")).unwrap_or_default();
        if let Some(message) = recorded.strip_prefix("panic\t") {
            let (Ended::Well { said } | Ended::Badly { said, .. } | Ended::Timeout { said }) =
                &ended;
            return Err(Failure::Panic { message: message.trim().to_owned(), said: printed(said) });
        }
        match ended {
            Ended::Timeout { said } => Err(Failure::Timeout { said: printed(&said) }),
            Ended::Badly { said, .. } if said.contains("memory allocation of") => {
                Err(Failure::Memory { said: String::new() })
            }
            Ended::Badly { how, said } => Err(Failure::Ended { how, said: printed(&said) }),
            Ended::Well { said } => Behavior::read(&recorded).ok_or_else(|| Failure::Ended {
                how: "with success, but without an answer".to_owned(),
                said: printed(&said),
            }),
        }
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, whose temporary folder it is in.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn machine(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Machine(format!("{}: {error}", path.display()))
}

/// The errors among the compiler's messages, without what sums them up.
fn errors(said: &str) -> String {
    let messages = said.split("\n\n").filter(|message| message.starts_with("error"));
    let shown: Vec<&str> =
        messages.filter(|message| !message.starts_with("error: aborting")).take(3).collect();
    match shown.is_empty() {
        true => first_lines(said, 12),
        false => shown.join("\n\n"),
    }
}

fn first_lines(text: &str, count: usize) -> String {
    let lines = text.lines().take(count);
    lines.map(|line| line.chars().take(200).collect::<String>()).collect::<Vec<_>>().join("\n")
}
