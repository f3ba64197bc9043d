//! Runs a program that is not trusted where it can do nothing but compute.
//!
//! A [`Cell`] says what a program needs: one folder, some seconds, some memory, and whether it is the
//! compiler. [`Cell::command`] gives the command that runs it in there. On Linux the program then has
//!
//! - *namespaces* of its own for users, mounts, processes, the network, messages and host names: it sees the
//!   system's libraries and its folder, read-only, no process but itself, and no network at all;
//! - *no privileges*, and no way to get some;
//! - the *system calls* that a computation needs, and no others; nothing that it starts can be a process;
//! - *limits* on processor time, memory, what it writes, open files and threads.
//!
//! [`measure`] runs a program of our own in such a cell, which tries what is not allowed, and says of each
//! layer whether it held. Nothing is taken for granted from the kind of system.
//!
//! The set-up runs in processes of its own, since a namespace is entered and not made around others:
//!
//! ```text
//! enter   new namespaces, then starts
//!   first   process 1 of the namespace: builds the file system, waits for
//!     last    sets limits, gives up privileges, filters system calls, becomes
//!       the program
//! ```
//!
//! All of them are this executable, called by its hidden command `jail`: see [`run_stage`].

mod cell;
#[cfg(target_os = "linux")]
mod linux;

pub use cell::{Cell, Kind};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// How a program ends that could not be confined; one that ends so by itself is said to end with 1.
pub const NOT_CONFINED: u8 = 125;
/// What the message of a program begins with that could not be confined.
pub const COMPLAINT: &str = "descent jail: ";

/// One of the walls around a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// What it is called.
    pub name: String,
    /// Whether it held when it was tried.
    pub active: bool,
}

/// The names of all layers, in order.
pub const LAYERS: [&str; 9] = [
    "user namespace",
    "mount namespace",
    "process namespace",
    "network namespace",
    "ipc namespace",
    "host name namespace",
    "no privileges",
    "system call filter",
    "resource limits",
];

/// Tries every layer, with namespaces or without them, by a program that does what is not allowed. Its folders are
/// made below `work`, and are gone afterwards; what is left of them if this process is killed is the caller's.
///
/// # Errors
/// If the program cannot be started at all; says why.
pub fn measure(namespaces: bool, work: &Path) -> Result<Vec<Layer>> {
    #[cfg(target_os = "linux")]
    return linux::probe::measure(namespaces, work);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (namespaces, work);
        let none = |name: &str| Layer { name: name.to_owned(), active: false };
        Ok(LAYERS.map(none).to_vec())
    }
}

/// Whether programs can be confined here at all, with namespaces or without.
pub const KNOWN_HERE: bool = cfg!(target_os = "linux");

/// From now on this process ends when the one with this id ends, which started it, however that comes about.
///
/// # Errors
/// If the system refuses, or that process has ended already.
pub fn end_with(parent: u32) -> Result<()> {
    #[cfg(target_os = "linux")]
    return linux::end_with(parent);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = parent;
        Ok(())
    }
}

/// Runs one stage of a confinement: what the hidden command `jail` does with its arguments.
pub fn run_stage(arguments: &[OsString]) -> ExitCode {
    #[cfg(target_os = "linux")]
    return linux::run_stage(arguments);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = arguments;
        eprintln!("{COMPLAINT}only Linux has what it takes");
        ExitCode::from(NOT_CONFINED)
    }
}
