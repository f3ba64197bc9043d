//! Running a program that is not trusted to end, to be small, or to be quiet.

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// How much of what a program prints is read, in bytes.
const MOST_SAID: u64 = 64 << 20;
/// How much a program may write into one file, in blocks of 512 bytes or, in some shells, of 1024.
const MOST_WRITTEN: u32 = 65_536;

/// How a program ended, and what it had printed by then.
#[derive(Debug)]
pub(super) enum Ended {
    Well { said: String },
    Badly { how: String, said: String },
    Timeout { said: String },
}

/// How long a running answer may take, and how long the compiler.
pub(super) const RUN_LIMIT: Duration = Duration::from_secs(5);
const COMPILE_LIMIT: Duration = Duration::from_secs(60);
/// How much memory a running answer may ask for, and how much the compiler, in MiB.
pub(super) const RUN_MEMORY: u32 = 512;
const COMPILE_MEMORY: u32 = 4096;
/// Where programs run side by side, they wait for each other; their limit is then on the processor's time,
/// and this many times as long by the clock.
const PATIENCE: u32 = 4;

/// A program that is not trusted, and what it may use.
pub struct Task<'a> {
    /// The program and its arguments.
    pub command: &'a Command,
    /// The one folder that is there for it, in which it starts.
    pub folder: &'a Path,
    /// Whether it is the compiler: may write into the folder, needs the toolchain and starts programs.
    pub compiles: bool,
    /// How long it may take.
    pub limit: Duration,
    /// How much memory it may ask for, in MiB.
    pub memory: u32,
}

impl<'a> Task<'a> {
    pub(super) fn compiling(command: &'a Command, folder: &'a Path) -> Self {
        let (limit, memory) = (COMPILE_LIMIT, COMPILE_MEMORY);
        Self { command, folder, compiles: true, limit, memory }
    }

    pub(super) fn running(command: &'a Command, folder: &'a Path) -> Self {
        Self { command, folder, compiles: false, limit: RUN_LIMIT, memory: RUN_MEMORY }
    }
}

/// How programs are started that are not trusted: in place of a task's command another that confines it.
type Confining = Box<dyn Fn(&Task) -> Command + Send + Sync>;

static CONFINING: OnceLock<Confining> = OnceLock::new();

/// From now on this process starts what it does not trust by the command that `confining` gives for it,
/// which must keep the task's limits. Without this there are the shell's limits alone.
///
/// # Errors
/// If it was decided before.
pub fn confine(
    confining: impl Fn(&Task) -> Command + Send + Sync + 'static,
) -> Result<(), &'static str> {
    CONFINING.set(Box::new(confining)).map_err(|_| "how programs are confined is decided already")
}

/// Runs a program on this input, within its limits, and reads what it says through the file `said`, which
/// it does not see. A process that is out of time is killed together with all it started.
pub(super) fn run(task: &Task, said: &Path, input: &str) -> io::Result<Ended> {
    // Read through this handle alone: the program could put something else in the file's place.
    let mut said =
        OpenOptions::new().read(true).write(true).create(true).truncate(true).open(said)?;
    let (mut command, patience) = match CONFINING.get() {
        Some(confining) => (confining(task), PATIENCE),
        None => (limited(task), 1),
    };
    command.stdin(Stdio::piped()).stdout(said.try_clone()?).stderr(said.try_clone()?);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut process = command.spawn()?;
    if let Some(mut stdin) = process.stdin.take() {
        // One that ended without reading it does not want it.
        let _ = stdin.write_all(input.as_bytes());
    }
    let deadline = Instant::now() + task.limit * patience;
    let status = loop {
        if let Some(status) = process.try_wait()? {
            break Some(status);
        }
        if Instant::now() > deadline {
            break None;
        }
        sleep(LOOK);
    };
    // What it started must not outlive it either.
    end_group(process.id());
    let _ = process.kill();
    let _ = process.wait();
    said.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    said.take(MOST_SAID).read_to_end(&mut bytes)?;
    let said = String::from_utf8_lossy(&bytes).into_owned();
    Ok(match status {
        None => Ended::Timeout { said },
        Some(status) if status.success() => Ended::Well { said },
        Some(status) if out_of_time(status) => Ended::Timeout { said },
        Some(status) => Ended::Badly { how: status.to_string(), said },
    })
}

/// The task's command under the shell's limits, where there is such a shell.
fn limited(task: &Task) -> Command {
    let command = task.command;
    let mut limited = if cfg!(unix) {
        let seconds = task.limit.as_secs() + 1;
        let kibibytes = u64::from(task.memory) * 1024;
        // If we are killed ourselves, the sleeper ends the group. A system that lacks one of these limits
        // says so on stderr, which is of no use to a learner.
        let script = format!(
            "{{ ulimit -t {seconds}; ulimit -v {kibibytes}; ulimit -f {MOST_WRITTEN}; ulimit -c 0; }} \
             2>/dev/null; (sleep {seconds}; kill -KILL 0) >/dev/null 2>&1 & exec \"$0\" \"$@\""
        );
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &script]).arg(command.get_program());
        shell
    } else {
        Command::new(command.get_program())
    };
    limited.args(command.get_args()).current_dir(task.folder);
    if !task.compiles {
        limited.env_clear();
    }
    limited
}

/// Kills a process group, without a word if it is gone.
fn end_group(process: u32) {
    if cfg!(unix) {
        let group = format!("-{process}");
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

/// Whether the system ended it for using up its time.
fn out_of_time(status: ExitStatus) -> bool {
    #[cfg(unix)]
    {
        const SIGXCPU: i32 = 24;
        std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGXCPU)
    }
    #[cfg(not(unix))]
    {
        let _ = status;
        false
    }
}
