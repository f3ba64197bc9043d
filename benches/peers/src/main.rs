//! Times the book's optimizers beside those of PyTorch, Optax, candle and burn, and beside the
//! speed of memory.
//!
//! Every library runs in a process of its own, pinned to as many cores as it has threads. The
//! processes take turns, so that whatever else the machine does meets them all.

mod agreement;
mod aims;
mod bench;
mod case;
mod contender;
mod cores;
mod data;
mod machine;
mod process;
mod protocol;
mod report;
mod software;
mod statistics;
mod summary;
mod triad;
mod worker;

use crate::bench::Plan;
use crate::case::Rule;
use crate::contender::Contender;
use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Times the book's optimizers beside those of other libraries.
///
/// A complete run takes about ten minutes, wants a quiet machine, and writes results.json.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The Python interpreter that has the packages of requirements.txt.
    #[arg(long, value_name = "PATH", default_value = "python3")]
    python: String,
    /// Only AdamW (or the rule given), and few measurements: about a minute, to see that all is
    /// in order.
    #[arg(long)]
    quick: bool,
    /// Only this rule.
    #[arg(long, value_name = "RULE")]
    only: Option<Rule>,
    /// Where to write the results. Without this, a complete run replaces benches/peers/results.json,
    /// and any other writes nothing.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Be a worker; the harness starts them itself.
    #[command(hide = true)]
    Worker {
        #[arg(value_parser = named)]
        contender: Contender,
    },
}

fn named(name: &str) -> Result<Contender, String> {
    Contender::named(name).ok_or_else(|| "there is no such contender".to_owned())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Some(Command::Worker { contender }) => worker::serve(contender),
        None => compare(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn compare(arguments: Arguments) -> Result<()> {
    let (rounds, turn) = if arguments.quick { (3, 20) } else { (13, 50) };
    let all = if arguments.quick { vec![Rule::AdamW] } else { Rule::ALL.to_vec() };
    let plan = Plan {
        rules: arguments.only.map_or(all, |rule| vec![rule]),
        parameters: vec![1_000, 100_000, 10_000_000],
        tensors: vec![1, 1_000],
        threads: vec![1, 2],
        rounds,
        turn: Duration::from_millis(turn),
        python: arguments.python,
    };
    let complete = !arguments.quick && arguments.only.is_none();
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("results.json");
    let output = arguments.output.or(complete.then_some(results));

    let report = plan.run()?;
    print!("{}", summary::tables(&report));
    if let Some(path) = output {
        fs::write(&path, report.text()?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        println!("\nWritten to {}.", path.display());
    }
    Ok(())
}
