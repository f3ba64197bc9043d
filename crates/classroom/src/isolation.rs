//! How a student's programs are confined on this machine.

use anyhow::{Result, bail};
use jail::{Cell, Kind, Layer};
use practice::Task;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::Command;

/// How a student's programs are confined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Isolation {
    /// Whether in namespaces of their own.
    pub namespaces: bool,
    /// The layers that are active, by name.
    pub active: Vec<String>,
}

impl Isolation {
    /// Tries what this machine has, in folders below `work`. `less_is_enough` goes on with what there is.
    ///
    /// # Errors
    /// If a layer is missing, and that is not enough; says which, and what to do.
    pub fn established(less_is_enough: bool, work: &Path) -> Result<Self> {
        let (layers, reason) = match jail::measure(true, work) {
            Ok(layers) => (layers, String::new()),
            Err(error) => (Vec::new(), format!(" ({error:#})")),
        };
        let missing = missing(&layers);
        if missing.is_empty() {
            return Ok(Self { namespaces: true, active: active(&layers) });
        }
        if !less_is_enough {
            bail!(
                "students' programs cannot be isolated here{reason}: missing are {}. Grade on Linux outside of \
                 a container, where users may make namespaces (`sysctl kernel.unprivileged_userns_clone=1`, on \
                 Ubuntu `sysctl kernel.apparmor_restrict_unprivileged_userns=0`), or go on with what there is \
                 by --without-isolation, on a machine that holds nothing else",
                missing.join(", ")
            );
        }
        let lesser = jail::measure(false, work).unwrap_or_default();
        Ok(Self { namespaces: false, active: active(&lesser) })
    }

    /// From now on this process starts students' programs so.
    ///
    /// # Errors
    /// If it was decided before.
    pub fn enforce(&self) -> Result<()> {
        if !jail::KNOWN_HERE {
            // The checker's own limits are what there is.
            return Ok(());
        }
        let namespaces = self.namespaces;
        practice::confine(move |task| confined(task, namespaces)).map_err(anyhow::Error::msg)
    }
}

fn confined(task: &Task, namespaces: bool) -> Command {
    // In the cell there are places, and no links that lead to them.
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let program = real(Path::new(task.command.get_program()));
    let kind = match (task.compiles, program.ancestors().nth(2)) {
        (true, Some(toolchain)) => Kind::Compiler(toolchain.to_owned()),
        _ => Kind::Program,
    };
    let cell = Cell {
        folder: real(task.folder),
        kind,
        seconds: task.limit.as_secs(),
        memory: task.memory.into(),
        namespaces,
    };
    let mut command = Command::new(program);
    command.args(task.command.get_args());
    // Only a system that does not know where its own programs are gets no cell, and then nothing starts.
    cell.command(&command).unwrap_or_else(|_| Command::new("/descent-is-not-found"))
}

fn active(layers: &[Layer]) -> Vec<String> {
    layers.iter().filter(|layer| layer.active).map(|layer| layer.name.clone()).collect()
}

fn missing(layers: &[Layer]) -> Vec<&'static str> {
    let held = |name: &str| layers.iter().any(|layer| layer.name == name && layer.active);
    jail::LAYERS.into_iter().filter(|name| !held(name)).collect()
}
