//! `descent kernel`: a notebook kernel on a compiled copy of the crates.

use ::weave::layout::Layout;
use ::weave::template::Template;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::ExitCode;

/// Runs the kernel in the current folder, which Jupyter sets to the notebook's, until it ends.
pub(crate) fn run(layout: &Layout, connection_file: &Path) -> Result<ExitCode> {
    let workplace = Template::prepare(layout, &|note| eprintln!("{note}"))?.workplace()?;
    let folder = std::env::current_dir().context("the current folder")?;
    let mut command = workplace.command(&folder);
    command.arg(connection_file);
    let status = ::weave::kernel::block_on(async {
        let mut kernel = command.spawn().context("starting evcxr_jupyter")?;
        kernel.wait().await.context("waiting for evcxr_jupyter")
    })?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
