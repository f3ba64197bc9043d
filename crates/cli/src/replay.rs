//! `descent replay`: optimizers and schedules, held to what other libraries computed.

use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// What is replayed.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A trajectory (or rates) that another program computed for FILE, to be compared instead of
    /// ours: a JSON object with a `trajectory` as FILE has one, or that array alone.
    #[arg(long, value_name = "THEIRS.json")]
    against: Option<PathBuf>,
    /// Cases in the format optimizer-vectors/1 or schedule-vectors/1.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

const DISAGREES: u8 = 1;
const UNREADABLE: u8 = 2;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.against.is_some() && arguments.files.len() > 1 {
        eprintln!("error: --against compares with one FILE; give one");
        return Ok(ExitCode::from(UNREADABLE));
    }
    let mut worst = 0;
    for file in &arguments.files {
        let outcome = match &arguments.against {
            Some(theirs) => vectors::compare(theirs, file),
            None => vectors::replay(file),
        };
        match outcome {
            Ok(None) => println!("{}: ok", file.display()),
            Ok(Some(disagreement)) => {
                println!("{}: {disagreement}", file.display());
                worst = worst.max(DISAGREES);
            }
            Err(unreadable) => {
                eprintln!("error: {unreadable}");
                worst = worst.max(UNREADABLE);
            }
        }
    }
    Ok(ExitCode::from(worst))
}
