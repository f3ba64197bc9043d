//! Limits on what a confined program may use up.

use crate::cell::{Cell, Kind};
use anyhow::{Context, Result};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

const MIB: u64 = 1 << 20;

/// The limits of a cell, in the units of setrlimit(2).
pub(super) fn of(cell: &Cell) -> [(Resource, u64); 6] {
    let compiles = matches!(cell.kind, Kind::Compiler(_));
    let choose = |compiler: u64, program: u64| if compiles { compiler } else { program };
    [
        (Resource::RLIMIT_CPU, cell.seconds),
        (Resource::RLIMIT_AS, cell.memory * MIB),
        (Resource::RLIMIT_FSIZE, choose(256, 32) * MIB),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_NOFILE, choose(256, 16)),
        (Resource::RLIMIT_NPROC, choose(256, 64)),
    ]
}

pub(super) fn set(cell: &Cell) -> Result<()> {
    for (resource, most) in of(cell) {
        // Whoever has less already cannot be given more.
        let (_, allowed) = getrlimit(resource)?;
        let most = most.min(allowed);
        // At the first second beyond, a signal says what it was; at the next there is no more talk.
        let hard = if resource == Resource::RLIMIT_CPU { (most + 1).min(allowed) } else { most };
        setrlimit(resource, most, hard).with_context(|| format!("{resource:?}"))?;
    }
    Ok(())
}

pub(super) fn no_core() -> Result<()> {
    Ok(setrlimit(Resource::RLIMIT_CORE, 0, 0)?)
}
