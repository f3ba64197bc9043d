//! Programs made of implementations and a problem's cases, compiled and run apart from ours.

use super::behavior::Behavior;
use super::sandbox::{self, Ended, RUN_LIMIT, RUN_MEMORY, Task};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;

/// What the program is called.
const PROGRAM: &str = "program";

/// What the cases are recorded with.
pub(super) const HARNESS: &str = include_str!("harness.rs");

/// Why an answer has no behavior.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("The functions are not those that were asked for.\n{0}")]
    Signature(String),
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
    #[error("It does something else each time it is run: it may depend on its arguments alone.")]
    Fickle,
    #[error("It could not be checked: {0}")]
    Machine(String),
}

/// A folder in which one program is compiled and run, removed when it is dropped.
///
/// Each implementation is compiled as a crate of its own, in a folder where nothing else is: neither the
/// cases nor other implementations are there to be read while it is compiled. The cases are compiled
/// against it, and the program runs where there is nothing but itself.
pub(super) struct Workshop {
    folder: PathBuf,
    implementations: usize,
}

/// Where the cases are put together with the implementations.
const ASSEMBLY: &str = "assembly";
/// Where the program runs.
const STAGE: &str = "stage";

impl Workshop {
    /// A program that runs the cases of each of these implementations, of which the cases use the items
    /// with these names.
    pub(super) fn compile(
        implementations: &[&str],
        names: &[String],
        cases: &str,
    ) -> Result<Self, Failure> {
        let workshop = Self::new(implementations.len())?;
        workshop.write(ASSEMBLY, "cases.rs", cases)?;
        workshop.write(ASSEMBLY, "harness.rs", HARNESS)?;
        let (mut modules, mut calls, mut crates) = (String::new(), String::new(), Vec::new());
        for (number, source) in implementations.iter().enumerate() {
            let name = format!("answer_{number}");
            workshop.write(&name, "answer.rs", source)?;
            workshop.build(&name, "answer.rs", &["--crate-type", "rlib", "--crate-name", &name])?;
            let library = format!("lib{name}.rlib");
            workshop.moved(&name, ASSEMBLY, &library)?;
            // Named, since a glob would let an answer's macros stand in for those of the cases.
            modules += &format!(
                "mod cases_{number} {{\n    use {name}::{{{}}};\n    use crate::harness::Cases;\n    \
                 include!(\"cases.rs\");\n}}\n",
                names.join(", ")
            );
            calls += &format!("    harness::record(&token, {number}, cases_{number}::run);\n");
            crates.extend(["--extern".to_owned(), format!("{name}={library}")]);
        }
        let main = format!(
            "mod harness;\n{modules}fn main() {{\n    let token = harness::token();\n{calls}}}\n"
        );
        workshop.write(ASSEMBLY, "main.rs", &main)?;
        let crates: Vec<&str> = crates.iter().map(String::as_str).collect();
        let arguments = [&["--crate-type", "bin", "--crate-name", PROGRAM][..], &crates].concat();
        workshop.build(ASSEMBLY, "main.rs", &arguments).map_err(|failure| match failure {
            // Where the checker's own calls do not fit, the functions are not those asked for.
            Failure::Compile(errors) => Failure::Signature(errors),
            other => other,
        })?;
        workshop.moved(ASSEMBLY, STAGE, PROGRAM)?;
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

    fn write(&self, room: &str, name: &str, text: &str) -> Result<(), Failure> {
        let room = self.folder.join(room);
        std::fs::create_dir_all(&room).map_err(|error| machine(&room, &error))?;
        let path = room.join(name);
        std::fs::write(&path, text).map_err(|error| machine(&path, &error))
    }

    fn moved(&self, from: &str, to: &str, name: &str) -> Result<(), Failure> {
        let (from, to) = (self.folder.join(from).join(name), self.folder.join(to));
        std::fs::create_dir_all(&to)
            .and_then(|()| std::fs::rename(&from, to.join(name)))
            .map_err(|error| machine(&from, &error))
    }

    fn build(&self, room: &str, file: &str, arguments: &[&str]) -> Result<(), Failure> {
        let mut command = Command::new(compiler()?);
        let room = self.folder.join(room);
        command
            .current_dir(&room)
            .args(["--edition", "2024", "--color", "never", "-A", "warnings"])
            .args(["-C", "opt-level=1", "-C", "debug-assertions=on", "-F", "unsafe_code"])
            // A constant that takes for ever is refused at once.
            .args(["-F", "long_running_const_eval"])
            .args(arguments)
            .arg(file);
        let ended = sandbox::run(&Task::compiling(&command, &room), &self.folder.join("said"), "")
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
                let errors = errors(&said);
                let lost = errors.contains("E0432") || errors.contains("E0433");
                let reason = if lost { "Only the standard library is there.\n" } else { "" };
                Err(Failure::Compile(format!("{reason}{errors}")))
            }
        }
    }

    /// Runs the program; what each implementation did, as far as it came, and what it printed.
    pub(super) fn run(&self) -> Result<(Vec<Result<Behavior, Failure>>, String), Failure> {
        let stage = self.folder.join(STAGE);
        let mut command = Command::new(stage.join(PROGRAM));
        command.current_dir(&stage);
        let token = token();
        let input = format!("{token}\n");
        let ended =
            sandbox::run(&Task::running(&command, &stage), &self.folder.join("said"), &input)
                .map_err(|error| Failure::Machine(format!("starting your program: {error}")))?;
        let (Ended::Well { said } | Ended::Badly { said, .. } | Ended::Timeout { said }) = &ended;
        let before = said.split(&format!("\n{token} ")).next().unwrap_or_default();
        let printed = match before.trim() {
            "" => String::new(),
            before => format!("\nIt printed, in all cases together:\n{}", first_lines(before, 6)),
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

/// The compiler that the book was written with, by its own path: what runs confined has no rustup.
fn compiler() -> Result<&'static Path, Failure> {
    static COMPILER: OnceLock<PathBuf> = OnceLock::new();
    if let Some(path) = COMPILER.get() {
        return Ok(path);
    }
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(&rustc);
    // In the repository rustup chooses the toolchain that the book was written with.
    if crate::bank().is_dir() {
        command.current_dir(crate::bank());
    }
    let output = command.args(["--print", "sysroot"]).output();
    let output = output.map_err(|error| Failure::Machine(format!("starting rustc: {error}")))?;
    let named = Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("bin/rustc");
    Ok(COMPILER.get_or_init(|| if named.is_file() { named } else { rustc.into() }))
}

/// A text that no program can guess.
fn token() -> String {
    let draw = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", draw(), draw())
}

fn behavior(recorded: &str, ended: &Ended, printed: &str) -> Result<Behavior, Failure> {
    let printed = printed.to_owned();
    if recorded == "machine\n" {
        return Err(Failure::Machine("there was no thread to run it in".to_owned()));
    }
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
        // What it says when it breaks down itself has addresses in it, and helps nobody.
        true => "The compiler gave up.".to_owned(),
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
