//! The stages of a confinement on Linux.

mod calls;
mod limits;
pub(crate) mod probe;
mod rooms;

use crate::cell::{Cell, Kind, STARTED_BY};
use crate::{COMPLAINT, NOT_CONFINED};
use anyhow::{Context, Result, bail, ensure};
use nix::mount::{MntFlags, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::{set_no_new_privs, set_pdeathsig};
use nix::sys::signal::{Signal, raise};
use nix::unistd::{Gid, Uid, chown, getgid, getuid, setgroups, setresgid, setresuid};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitCode, ExitStatus};

/// Where this executable is while it is process 1 of a namespace.
const INIT: &str = "/init";
/// Where the last stage notes that it could not confine the program, which does not see the place.
const NOTE: &str = "/note";
const NOTED: &str = "/note/failed";
/// Who a program is that has no namespace and was started by root: nobody.
const NOBODY: u32 = 65534;

pub(crate) fn run_stage(arguments: &[OsString]) -> ExitCode {
    let ended = stage(arguments);
    ended.unwrap_or_else(|error| {
        eprintln!("{COMPLAINT}{error:#}");
        ExitCode::from(NOT_CONFINED)
    })
}

fn stage(arguments: &[OsString]) -> Result<ExitCode> {
    let by_hand = "it is called by `descent course grade`, not by hand";
    let [stage, cell, program @ ..] = arguments else { bail!(by_hand) };
    if stage == "probe" {
        return probe::run(cell);
    }
    let parent = || -> Result<u32> { std::env::var(STARTED_BY)?.parse().context(by_hand) };
    let cell: Cell = serde_json::from_str(&cell.to_string_lossy()).context("the cell")?;
    match stage.to_str() {
        Some("enter") => enter(&cell, parent()?, program),
        Some("first") => first(&cell, parent()?, program),
        Some("last") => last(&cell, program),
        _ => bail!("there is no stage {}", stage.display()),
    }
}

pub(crate) fn end_with(parent: u32) -> Result<()> {
    set_pdeathsig(Signal::SIGKILL)?;
    // One that had ended before that sends no signal any more. Process 1 of a namespace cannot ask who started it,
    // but read it where all are listed.
    let status = fs::read_to_string("/proc/self/status").context("/proc/self/status")?;
    let started_by = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    let started_by = started_by.and_then(|id| id.trim().parse().ok());
    ensure!(started_by == Some(parent), "process {parent}, which started it, is gone");
    Ok(())
}

/// Makes namespaces and runs process 1 in them.
fn enter(cell: &Cell, parent: u32, program: &[OsString]) -> Result<ExitCode> {
    end_with(parent)?;
    if !cell.namespaces {
        step_down(cell, parent)?;
        return last(cell, program);
    }
    let (user, group) = (getuid(), getgid());
    let all = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    unshare(all).context(
        "no namespaces are to be had here (in a container, or where the system denies them to users)",
    )?;
    let write = |file: &str, text: String| fs::write(file, text).with_context(|| file.to_owned());
    write("/proc/self/setgroups", "deny".to_owned())?;
    write("/proc/self/uid_map", format!("0 {user} 1"))?;
    write("/proc/self/gid_map", format!("0 {group} 1"))?;
    let this = std::env::current_exe().context("this program's own path")?;
    let mut command = Command::new(this);
    command.arg("jail").args(cell.stage("first")).args(program);
    command.env(STARTED_BY, std::process::id().to_string());
    let status = command.status().context("starting the first process")?;
    match status.code() {
        // A signal that ended the program ends us too, so that whoever waits sees what happened.
        Some(code @ 129..) => end_by(code - 128),
        Some(code) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
        None => end_by(status.signal().unwrap_or(Signal::SIGKILL as i32)),
    }
}

fn end_by(signal: i32) -> Result<ExitCode> {
    limits::no_core()?;
    if let Ok(signal) = Signal::try_from(signal) {
        raise(signal)?;
    }
    Ok(ExitCode::from(u8::try_from(128 + signal).unwrap_or(1)))
}

/// Process 1: builds what can be seen, runs the program and outlives it.
fn first(cell: &Cell, parent: u32, program: &[OsString]) -> Result<ExitCode> {
    end_with(parent)?;
    nix::unistd::sethostname("cell")?;
    probe::note_namespaces()?;
    rooms::build(cell)?;
    let mut command = Command::new(INIT);
    command.arg("jail").args(cell.stage("last")).args(program).env_clear();
    let status = command.status().context("starting the last process")?;
    // There before anything is given up, and without a word in it if the program was started.
    let confined = fs::read(NOTED).is_ok_and(|note| note.is_empty());
    Ok(ExitCode::from(code_of(status, confined)))
}

/// A status as a shell states it; of a program that ends as one that was not confined, 1.
fn code_of(status: ExitStatus, confined: bool) -> u8 {
    match (status.code(), status.signal()) {
        (Some(code), _) if code == i32::from(NOT_CONFINED) && confined => 1,
        (Some(code), _) => u8::try_from(code).unwrap_or(1),
        (None, signal) => u8::try_from(128 + signal.unwrap_or(9)).unwrap_or(137),
    }
}

/// Gives up what is left and becomes the program.
fn last(cell: &Cell, program: &[OsString]) -> Result<ExitCode> {
    if !cell.namespaces {
        return become_it(cell, program);
    }
    // Closed when the program starts, which has no other way to it.
    let mut note = fs::File::create(NOTED).context(NOTED)?;
    let ended = leave_our_places().and_then(|()| become_it(cell, program));
    if ended.is_err() {
        note.write_all(b"not confined")?;
    }
    ended
}

/// The program has no use for this executable, and no business with the note.
fn leave_our_places() -> Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)?;
    for place in [INIT, NOTE] {
        umount2(place, MntFlags::MNT_DETACH).context(place)?;
    }
    Ok(())
}

fn become_it(cell: &Cell, program: &[OsString]) -> Result<ExitCode> {
    let [name, arguments @ ..] = program else { bail!("there is no program") };
    let mut command = Command::new(name);
    command.args(arguments).env_clear();
    if matches!(cell.kind, Kind::Compiler(_)) {
        command
            .env("PATH", "/usr/bin:/bin:/usr/local/bin")
            .env("LC_ALL", "C")
            .env("TMPDIR", "/tmp");
    }
    std::env::set_current_dir(&cell.folder).with_context(|| cell.folder.display().to_string())?;
    limits::set(cell)?;
    for set in [caps::CapSet::Ambient, caps::CapSet::Bounding] {
        // Without privileges there is nothing to give up.
        let _ = caps::clear(None, set);
    }
    set_no_new_privs()?;
    calls::filter(&cell.kind)?;
    Err(command.exec()).with_context(|| format!("starting {}", name.display()))
}

/// Root without namespaces becomes nobody, to whom the cell's folder then belongs.
fn step_down(cell: &Cell, parent: u32) -> Result<()> {
    if !getuid().is_root() {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    let inside = fs::read_dir(&cell.folder).with_context(|| cell.folder.display().to_string())?;
    let inside = inside.flatten().map(|entry| entry.path());
    for path in inside.chain([cell.folder.clone()]) {
        chown(&path, Some(user), Some(group)).with_context(|| path.display().to_string())?;
    }
    setgroups(&[])?;
    setresgid(group, group, group)?;
    setresuid(user, user, user)?;
    // A change of user takes it back.
    end_with(parent)
}
