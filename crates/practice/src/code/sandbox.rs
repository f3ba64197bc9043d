//! Running a program that is not trusted to end, to be small, or to be quiet.

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
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

/// Runs a program on this input, with limits on its time, on its memory (in MiB) and on what it writes. A
/// process that is out of time is killed together with all it started.
pub(super) fn run(
    command: Command,
    folder: &Path,
    input: &str,
    limit: Duration,
    memory: u32,
    with_environment: bool,
) -> io::Result<Ended> {
    // Read through this handle alone: the program could put something else in the file's place.
    let path = folder.join("said");
    let mut said =
        OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
    let mut command = limited(&command, limit, memory);
    command.stdin(Stdio::piped()).stdout(said.try_clone()?).stderr(said.try_clone()?);
    if !with_environment {
        command.env_clear();
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut process = command.spawn()?;
    if let Some(mut stdin) = process.stdin.take() {
        // One that ended without reading it does not want it.
        let _ = stdin.write_all(input.as_bytes());
    }
    let deadline = Instant::now() + limit;
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

/// The same command under the shell's limits, where there is such a shell.
fn limited(command: &Command, limit: Duration, memory: u32) -> Command {
    if cfg!(not(unix)) {
        let mut same = Command::new(command.get_program());
        same.args(command.get_args());
        command.get_current_dir().map(|folder| same.current_dir(folder));
        return same;
    }
    let seconds = limit.as_secs() + 1;
    let kibibytes = u64::from(memory) * 1024;
    // If we are killed ourselves, the sleeper ends the group. A system that lacks one of these limits says so on stderr, which is of no use to a learner.
    let script = format!(
        "{{ ulimit -t {seconds}; ulimit -v {kibibytes}; ulimit -f {MOST_WRITTEN}; ulimit -c 0; }} \
         2>/dev/null; (sleep {seconds}; kill -KILL 0) >/dev/null 2>&1 & exec \"$0\" \"$@\""
    );
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &script]).arg(command.get_program()).args(command.get_args());
    command.get_current_dir().map(|folder| shell.current_dir(folder));
    shell
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
