//! Programs made of implementations and a problem's cases, compiled and run apart from ours.

use super::behavior::Behavior;
use super::sandbox::{self, Ended};
use std::hash::{BuildHasher, Hasher, RandomState};
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

/// What the cases are recorded with.
pub(super) const HARNESS: &str = include_str!("harness.rs");

/// Why an answer has no behavior.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("The function is not the one that was asked for.")]
    Signature,
    #[error("It does not compile.\n{0}")]
    Compile(String),
    #[error("It panicked: {message}.{after}{said}")]
    Panic { message: String, after: String, said: String },
    #[error("It was stopped after {} seconds: a loop that does not end?{said}", RUN_LIMIT.as_secs())]
    Timeout { said: String },
    #[error("It wrote more than a program may here: a loop that prints?{said}")]
    Output { said: String },
    #[error("It called itself so often that its stack overflowed: a recursion that does not end?")]
    Stack,
    #[error("It asked for more than {RUN_MEMORY} MiB of memory.{said}")]
    Memory { said: String },
    #[error("It ended the program before the cases were through: {how}.{said}")]
    Ended { how: String, said: String },
    #[error("It could not be checked: {0}")]
    Machine(String),
}

/// A folder in which one program is compiled and run, removed when it is dropped.
pub(super) struct Workshop {
    folder: PathBuf,
    implementations: usize,
}

impl Workshop {
    /// A program that runs the cases of each of these implementations.
    pub(super) fn compile(implementations: &[&str], cases: &str) -> Result<Self, Failure> {
        let workshop = Self::new(implementations.len())?;
        workshop.write("cases.rs", cases)?;
        let (mut modules, mut calls) = (String::new(), String::new());
        for (number, source) in implementations.iter().enumerate() {
            let file = answer_file(number);
            // The cases stand behind the answer, which keeps its lines and may begin with attributes.
            let calling = "pub mod __cases {\n    use super::*;\n    use crate::harness::Cases;\n    \
                           ::core::include!(\"cases.rs\");\n}\n";
            workshop.write(&file, &format!("{source}\n{calling}"))?;
            modules += &format!("#[allow(warnings)]\n#[path = \"{file}\"]\nmod answer_{number};\n");
            calls +=
                &format!("    harness::record(&token, {number}, answer_{number}::__cases::run);\n");
        }
        workshop.write("harness.rs", HARNESS)?;
        workshop.write(
            "main.rs",
            &format!(
                "{modules}#[allow(dead_code)]\nmod harness;\nfn main() {{\n    let token = \
                 harness::token();\n{calls}}}\n"
            ),
        )?;
        workshop.build()?;
        Ok(workshop)
    }

    fn new(implementations: usize) -> Result<Self, Failure> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // A name that nobody else can have made before.
        let name = format!("descent-practice-{}-{number}-{}", std::process::id(), token());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).map_err(|error| machine(&folder, &error))?;
        Ok(Self { folder, implementations })
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        std::fs::write(&path, text).map_err(|error| machine(&path, &error))
    }

    fn build(&self) -> Result<(), Failure> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(rustc);
        // In the repository rustup chooses the toolchain that the book was written with.
        command
            .current_dir(crate::bank())
            .args(["--edition", "2024", "--crate-name", "answer", "--color", "never"])
            .args(["-C", "opt-level=1", "-C", "debug-assertions=on", "-F", "unsafe_code"])
            // A constant that takes for ever is refused at once.
            .args(["-F", "long_running_const_eval"])
            .arg("-o")
            .arg(self.folder.join("program"))
            .arg(self.folder.join("main.rs"));
        let ended = sandbox::run(command, &self.folder, "", COMPILE_LIMIT, COMPILE_MEMORY, true)
            .map_err(|error| Failure::Machine(format!("starting rustc: {error}")))?;
        match ended {
            Ended::Well { .. } => Ok(()),
            Ended::Timeout { .. } => {
                Err(Failure::Compile("The compiler took too long.".to_owned()))
            }
            Ended::Badly { said, how } if said.trim().is_empty() => {
                Err(Failure::Compile(format!("The compiler gave up: {how}.")))
            }
            Ended::Badly { said, .. } => {
                let said = said.replace(&format!("{}/", self.folder.display()), "");
                let errors = errors(&said);
                // Where the checker's own calls do not fit, the function is not the one asked for.
                let first = errors.lines().find(|line| line.trim_start().starts_with("-->"));
                if first.is_some_and(|place| place.contains("cases.rs:")) {
                    return Err(Failure::Signature);
                }
                let lost = errors.contains("E0432") || errors.contains("E0433");
                let reason = match lost {
                    true => {
                        "Only the standard library is there, and your answer is a module: write self:: or \
                         super:: for crate::.\n"
                    }
                    false => "",
                };
                Err(Failure::Compile(format!("{reason}{errors}")))
            }
        }
    }

    /// Runs the program; what each implementation did, as far as it came, and what it printed.
    pub(super) fn run(&self) -> Result<(Vec<Result<Behavior, Failure>>, String), Failure> {
        let mut command = Command::new(self.folder.join("program"));
        command.current_dir(&self.folder);
        let token = token();
        let input = format!("{token}\n");
        let ended = sandbox::run(command, &self.folder, &input, RUN_LIMIT, RUN_MEMORY, false)
            .map_err(|error| Failure::Machine(format!("starting your program: {error}")))?;
        let (Ended::Well { said } | Ended::Badly { said, .. } | Ended::Timeout { said }) = &ended;
        let before = said.split(&format!("\n{token} ")).next().unwrap_or_default();
        let printed = match before.trim() {
            "" => String::new(),
            before => {
                let before = before.replace(&format!("{}/", self.folder.display()), "");
                format!("\nIt printed, in all cases together:\n{}", first_lines(&before, 6))
            }
        };
        let recorded = |number: usize| {
            let (_, behind) = said.split_once(&format!("\n{token} {number}\n"))?;
            behind.split_once(&format!("{token} end\n")).map(|(recorded, _)| recorded)
        };
        let behaviors = (0..self.implementations)
            .map(|number| behavior(recorded(number).unwrap_or_default(), &ended, &printed));
        Ok((behaviors.collect(), printed))
    }
}

/// The file of an implementation; the first is what a learner sees named in errors.
fn answer_file(number: usize) -> String {
    match number {
        0 => "answer.rs".to_owned(),
        number => format!("answer_{number}.rs"),
    }
}

/// A text that no program can guess.
fn token() -> String {
    let draw = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", draw(), draw())
}

fn behavior(recorded: &str, ended: &Ended, printed: &str) -> Result<Behavior, Failure> {
    let printed = printed.to_owned();
    if let Some(panic) = recorded.strip_prefix("panic\t") {
        let (message, last) = panic.trim().split_once('\t').unwrap_or((panic.trim(), ""));
        let after = match last {
            "" => " That was in the first case.".to_owned(),
            last => format!(" The last case before it was {last}."),
        };
        return Err(Failure::Panic { message: message.to_owned(), after, said: printed });
    }
    // What ends badly after its cases has not ended as a function does.
    if let (Some(behavior), Ended::Well { .. }) = (Behavior::read(recorded), ended) {
        return Ok(behavior);
    }
    Err(match ended {
        Ended::Timeout { .. } => Failure::Timeout { said: printed },
        Ended::Badly { said, .. } if said.contains("memory allocation of") => {
            Failure::Memory { said: String::new() }
        }
        Ended::Badly { said, .. } if said.contains("has overflowed its stack") => Failure::Stack,
        Ended::Badly { how, .. } if how.contains("SIGXFSZ") => Failure::Output { said: printed },
        Ended::Badly { how, .. } => Failure::Ended { how: how.clone(), said: printed },
        Ended::Well { .. } => {
            Failure::Ended { how: "with success, but without an answer".to_owned(), said: printed }
        }
    })
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, whose temporary folder it is in.
        let _ = std::fs::remove_dir_all(&self.folder);
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
    let mut shown: Vec<String> = lines.map(|line| line.chars().take(200).collect()).collect();
    if text.lines().count() > count {
        shown.push("…".to_owned());
    }
    shown.join("\n")
}
