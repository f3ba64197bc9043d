//! What a confined program sees of the file system: the system's libraries, its folder, and nothing else.

use super::{INIT, NOTE};
use crate::cell::{Cell, Kind};
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{chdir, pivot_root};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Where the system is, for as long as parts of it are carried over.
const OUTSIDE: &str = "/outside";
/// What a program needs to be loaded, and what the compiler and its linker need besides.
const LIBRARIES: [&str; 5] = ["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64"];
const TOOLS: [&str; 6] =
    ["/bin", "/usr/bin", "/usr/libexec", "/usr/local/bin", "/usr/local/lib", "/etc/alternatives"];
/// How much there is to write in a compiler's temporary folder.
const TEMPORARY: &str = "size=512m,mode=777";

/// Builds a new file system, leaves the old one and forgets it.
pub(super) fn build(cell: &Cell) -> Result<()> {
    let this = std::env::current_exe().context("this program's own path")?;
    // Nothing that is mounted from here on is seen outside.
    let nothing: Option<&str> = None;
    mount(nothing, "/", nothing, MsFlags::MS_REC | MsFlags::MS_PRIVATE, nothing)?;
    let bare = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tmpfs"), "/tmp", Some("tmpfs"), bare, Some("size=4m,mode=755"))?;
    fs::create_dir(format!("/tmp{OUTSIDE}")).context("a place for the old file system")?;
    pivot_root("/tmp", format!("/tmp{OUTSIDE}").as_str()).context("changing the root")?;
    chdir("/")?;
    let compiler = match &cell.kind {
        Kind::Compiler(toolchain) => Some(toolchain),
        Kind::Program => None,
    };
    let tools = TOOLS.iter().filter(|_| compiler.is_some());
    for path in LIBRARIES.iter().chain(tools) {
        carry_over(Path::new(path))?;
    }
    if let Some(toolchain) = compiler {
        carry_over(toolchain)?;
        fs::create_dir_all("/tmp").context("/tmp")?;
        mount(Some("tmpfs"), "/tmp", Some("tmpfs"), bare, Some(TEMPORARY))?;
        // The compiler and the linker find by it where they lie. It shows them themselves and us.
        fs::create_dir("/proc").context("/proc")?;
        // Where the system can, without what it says of the machine.
        let processes = |options| mount(Some("proc"), "/proc", Some("proc"), bare, options);
        processes(Some("subset=pid"))
            .or_else(|_| processes(nothing))
            .context("/proc in the cell")?;
    }
    for device in ["/dev/null", "/dev/urandom"] {
        place(Path::new(device), Path::new(device), None)?;
    }
    // Below the temporary folder, perhaps, which is there by now.
    let writing = if compiler.is_some() { MsFlags::empty() } else { MsFlags::MS_RDONLY };
    place(&cell.folder, &cell.folder, Some(writing | bare))?;
    place(&this, Path::new(INIT), Some(MsFlags::MS_RDONLY | bare))?;
    fs::create_dir(NOTE).context(NOTE)?;
    mount(Some("tmpfs"), NOTE, Some("tmpfs"), bare, Some("size=64k,mode=700"))?;
    umount2(OUTSIDE, MntFlags::MNT_DETACH).context("leaving the old file system")?;
    fs::remove_dir(OUTSIDE).context("leaving the old file system")?;
    remount(Path::new("/"), MsFlags::MS_RDONLY | bare)
}

/// A folder of the system, read-only, or a link as it is; nothing where there is none.
fn carry_over(path: &Path) -> Result<()> {
    let Ok(found) = fs::symlink_metadata(outside(path)) else { return Ok(()) };
    if !found.is_symlink() {
        let flags = MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
        return place(path, path, Some(flags));
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    }
    let target = fs::read_link(outside(path)).with_context(|| path.display().to_string())?;
    symlink(target, path).with_context(|| path.display().to_string())
}

/// Shows a file or a folder of the old file system at `target`, with these flags if they are given.
fn place(path: &Path, target: &Path, flags: Option<MsFlags>) -> Result<()> {
    let named = || format!("{} in the cell", path.display());
    let source = outside(path);
    let Ok(found) = fs::metadata(&source) else { return Ok(()) };
    if found.is_dir() {
        fs::create_dir_all(target).with_context(named)?;
    } else {
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).with_context(named)?;
        }
        fs::write(target, "").with_context(named)?;
    }
    let nothing: Option<&str> = None;
    let bind =
        |more: MsFlags| mount(Some(&source), target, nothing, MsFlags::MS_BIND | more, nothing);
    match bind(MsFlags::empty()) {
        // What is mounted below it may not be taken away.
        Err(Errno::EINVAL) => bind(MsFlags::MS_REC).with_context(named)?,
        bound => bound.with_context(named)?,
    }
    flags.map_or(Ok(()), |flags| remount(target, flags))
}

/// Changes the flags of what is mounted at a place, and keeps those that it may not lose.
fn remount(place: &Path, flags: MsFlags) -> Result<()> {
    let present = statvfs(place).with_context(|| place.display().to_string())?.flags();
    let kept = [
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOSUID, MsFlags::MS_NOSUID),
        (FsFlags::ST_RDONLY, MsFlags::MS_RDONLY),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ];
    let kept = kept.iter().filter(|(flag, _)| present.contains(*flag)).map(|(_, kept)| *kept);
    let all = kept.fold(flags | MsFlags::MS_BIND | MsFlags::MS_REMOUNT, |all, kept| all | kept);
    let nothing: Option<&str> = None;
    mount(nothing, place, nothing, all, nothing)
        .with_context(|| format!("the flags of {}", place.display()))
}

fn outside(path: &Path) -> PathBuf {
    Path::new(OUTSIDE).join(path.strip_prefix("/").unwrap_or(path))
}
