//! A program of ours in a cell, that tries what is not allowed.

use super::limits;
use crate::cell::{Cell, Kind};
use crate::{LAYERS, Layer};
use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::get_no_new_privs;
use nix::sys::resource::getrlimit;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// The kinds of namespaces, as /proc names them, in the order of the layers.
const NAMESPACES: [&str; 6] = ["user", "mnt", "pid", "net", "ipc", "uts"];
/// Where a stage that is asked for it notes the namespaces it has made.
const NOTES: &str = "DESCENT_JAIL_NOTES";

/// What the probe is told to try.
#[derive(Serialize, Deserialize)]
struct Errand {
    cell: Cell,
    /// A file that anyone may read, outside of the cell.
    secret: PathBuf,
    /// A port where somebody listens, outside of the cell.
    port: u16,
}

/// What the probe found it could not do.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Findings {
    files: bool,
    processes: bool,
    network: bool,
    privileges: bool,
    calls: bool,
    limits: bool,
}

pub(crate) fn measure(namespaces: bool, work: &Path) -> Result<Vec<Layer>> {
    let outside = tempfile::tempdir_in(work).context("a folder for the probe")?;
    let inside = tempfile::tempdir_in(work).context("a folder for the probe")?;
    let this = std::env::current_exe().context("this program's own path")?;
    let program = inside.path().join("probe");
    fs::copy(this, &program).context("copying this program")?;
    let listener = TcpListener::bind("127.0.0.1:0").context("a port to listen at")?;
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret").context("a file for the probe")?;
    let folder = inside.path().canonicalize().context("a folder for the probe")?;
    let cell = Cell { folder, kind: Kind::Program, seconds: 5, memory: 1024, namespaces };
    let errand = Errand { cell: cell.clone(), secret, port: listener.local_addr()?.port() };
    let mut probe = Command::new(program);
    probe.args(["jail", "probe"]).arg(serde_json::to_string(&errand)?);
    let notes = outside.path().join("notes");
    let mut command = cell.command(&probe)?;
    let output = command.env(NOTES, &notes).stdin(Stdio::null()).output()?;
    let made = fs::read_to_string(&notes).unwrap_or_default();
    let made: Vec<&str> = made.lines().collect();
    let ours = namespaces_here()?;
    let other = |place: usize| made.get(place).is_some_and(|made| *made != ours[place]);
    let found: Findings = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let held = [
        other(0),
        other(1) && found.files,
        other(2) && found.processes,
        other(3) && found.network,
        other(4),
        other(5),
        found.privileges,
        found.calls,
        found.limits,
    ];
    if !found.limits && !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let layer = |(name, active): (&&str, bool)| Layer { name: (*name).to_owned(), active };
    Ok(LAYERS.iter().zip(held).map(layer).collect())
}

/// Notes the namespaces that have been made, if somebody asked for it.
pub(super) fn note_namespaces() -> Result<()> {
    match std::env::var_os(NOTES) {
        Some(path) => fs::write(path, namespaces_here()?.join("\n")).context("noting namespaces"),
        None => Ok(()),
    }
}

fn namespaces_here() -> Result<Vec<String>> {
    let of = |name: &str| {
        let path = Path::new("/proc/self/ns").join(name);
        let link = fs::read_link(&path).with_context(|| path.display().to_string())?;
        Ok(link.display().to_string())
    };
    NAMESPACES.into_iter().map(of).collect()
}

/// Tries everything, and prints what it could not do.
pub(super) fn run(errand: &OsString) -> Result<ExitCode> {
    let Errand { cell, secret, port } = serde_json::from_str(&errand.to_string_lossy())?;
    let writes = |path: PathBuf| fs::write(path, "x").is_ok();
    let sees = |path: &str| Path::new(path).exists();
    let starts = Command::new(cell.folder.join("probe")).arg("--version").status().is_ok();
    let none = |set| caps::read(None, set).is_ok_and(|set| set.is_empty());
    let limited = |(resource, most): (_, u64)| {
        getrlimit(resource).is_ok_and(|(soft, hard)| soft <= most && hard <= most + 1)
    };
    let asks_for_too_much = || {
        let mut much: Vec<u8> = Vec::new();
        much.try_reserve_exact(usize::try_from(cell.memory).unwrap_or(0) << 20).is_ok()
    };
    let findings = Findings {
        files: fs::read(&secret).is_err()
            && !writes(cell.folder.join("written"))
            && !writes("/written".into())
            && !writes("/tmp/written".into())
            && !["/etc/passwd", "/home", "/root", "/proc/self"].into_iter().any(sees),
        processes: nix::unistd::getpid().as_raw() == 2 && !starts,
        network: TcpStream::connect(("127.0.0.1", port)).is_err(),
        privileges: get_no_new_privs().unwrap_or(false)
            && none(caps::CapSet::Effective)
            && none(caps::CapSet::Permitted),
        calls: unshare(CloneFlags::CLONE_NEWUSER) == Err(Errno::ENOSYS) && !starts,
        limits: limits::of(&cell).into_iter().all(limited) && !asks_for_too_much(),
    };
    println!("{}", serde_json::to_string(&findings)?);
    Ok(ExitCode::SUCCESS)
}
