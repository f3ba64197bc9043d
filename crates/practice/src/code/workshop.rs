//! Programs made of implementations and a problem's cases, compiled and run apart from ours.

use super::behavior::Behavior;
use super::sandbox::{self, Ended};
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

/// A folder in which one program is compiled and run, removed when it is dropped.
pub(super) struct Workshop(PathBuf);

impl Workshop {
    /// A program that runs the cases of each of these implementations.
    pub(super) fn compile(implementations: &[&str], cases: &str) -> Result<Self, Failure> {
        let workshop = Self::new()?;
        workshop.write("cases.rs", cases)?;
        let (mut modules, mut calls) = (String::new(), String::new());
        for (number, source) in implementations.iter().enumerate() {
            workshop.write(&format!("answer_{number}.rs"), source)?;
            modules += &format!(
                "#[allow(warnings)]\nmod answer_{number} {{\n    include!(\"answer_{number}.rs\");\n    \
                 pub mod __cases {{\n        use super::*;\n        use crate::harness::Cases;\n        \
                 include!(\"cases.rs\");\n    }}\n}}\n"
            );
            calls += &format!(
                "    harness::record(&format!(\"{{path}}.{number}\"), answer_{number}::__cases::run);\n"
            );
        }
        workshop.write(
            "main.rs",
            &format!(
                "{modules}#[allow(dead_code)]\nmod harness {{\n{HARNESS}\n}}\nfn main() {{\n    let path = \
                 std::env::args().nth(1).unwrap_or_default();\n{calls}}}\n"
            ),
        )?;
        workshop.build()?;
        Ok(workshop)
    }

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

    fn build(&self) -> Result<(), Failure> {
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

    /// Runs the program; what each implementation did, as far as it came.
    pub(super) fn run(&self) -> Result<Vec<Result<Behavior, Failure>>, Failure> {
        let mut command = Command::new(self.0.join("program"));
        command.current_dir(&self.0).arg(self.0.join("recorded"));
        let ended = sandbox::run(command, &self.0, RUN_LIMIT, RUN_MEMORY, false)
            .map_err(|error| Failure::Machine(format!("starting your program: {error}")))?;
        let recorded = (0..).map_while(|number| {
            // Each has its own file; one that ended the program took those behind it along.
            let source = self.0.join(format!("answer_{number}.rs"));
            let record = self.0.join(format!("recorded.{number}"));
            source.exists().then(|| std::fs::read_to_string(record).unwrap_or_default())
        });
        Ok(recorded.map(|recorded| behavior(&recorded, &ended)).collect())
    }
}

fn behavior(recorded: &str, ended: &Ended) -> Result<Behavior, Failure> {
    let (Ended::Well { said } | Ended::Badly { said, .. } | Ended::Timeout { said }) = ended;
    let printed = match said.trim() {
        "" => String::new(),
        said => format!("\nIt printed:\n{}", first_lines(said, 6)),
    };
    if let Some(message) = recorded.strip_prefix("panic\t") {
        return Err(Failure::Panic { message: message.trim().to_owned(), said: printed });
    }
    if let Some(behavior) = Behavior::read(recorded) {
        return Ok(behavior);
    }
    Err(match ended {
        Ended::Timeout { .. } => Failure::Timeout { said: printed },
        Ended::Badly { said, .. } if said.contains("memory allocation of") => {
            Failure::Memory { said: String::new() }
        }
        Ended::Badly { how, .. } => Failure::Ended { how: how.clone(), said: printed },
        Ended::Well { .. } => {
            Failure::Ended { how: "with success, but without an answer".to_owned(), said: printed }
        }
    })
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
