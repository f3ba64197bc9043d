//! What a confined program is given.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// Names to a stage the process that starts it. An argument could be read from within the cell.
pub(crate) const STARTED_BY: &str = "DESCENT_STARTED_BY";

/// What a confined program is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The one folder it sees, under the same path as outside; it starts there.
    pub folder: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// How many seconds of the processor it may use.
    pub seconds: u64,
    /// How much memory it may ask for, in MiB.
    pub memory: u64,
    /// Whether namespaces are made; without them there are the other layers.
    pub namespaces: bool,
}

/// The kinds of programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The compiler: writes into its folder and a temporary one, sees the toolchain in this folder, and
    /// starts the linker.
    Compiler(PathBuf),
    /// Somebody's program: writes nothing, starts nothing.
    Program,
}

impl Cell {
    /// The command that runs `program` in this cell.
    ///
    /// # Errors
    /// If this executable's own path is not known.
    pub fn command(&self, program: &Command) -> Result<Command> {
        let this = std::env::current_exe().context("this program's own path")?;
        let mut command = Command::new(this);
        command.arg("jail").args(self.stage("enter")).arg(program.get_program());
        command
            .args(program.get_args())
            .env_clear()
            .env(STARTED_BY, std::process::id().to_string());
        Ok(command)
    }

    /// The arguments that name a stage in this cell.
    pub(crate) fn stage(&self, name: &str) -> [OsString; 2] {
        // Text without control characters: it cannot fail.
        [name.into(), serde_json::to_string(self).unwrap_or_default().into()]
    }
}
