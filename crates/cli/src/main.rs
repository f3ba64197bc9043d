//! The `descent` command: one front door for readers, learners and authors.

mod build;
mod claims;
mod course;
mod interview;
mod kernel;
mod memory;
mod notebooks;
mod practice;
mod preprocess;
mod replay;
mod review;
mod serve;
mod weave;

use ::weave::layout::Layout;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Descent: a book on the optimizers of deep learning that runs.
///
/// Without a command it builds the book and serves it, as `descent serve` does.
#[derive(Parser)]
#[command(name = "descent", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Build the book, serve it at a printed address, and build it again whenever it changes.
    Serve {
        /// Where to listen. Without this, the first free port from 3000 on, on this machine only.
        #[arg(long, value_name = "ADDRESS:PORT")]
        address: Option<SocketAddr>,
    },
    /// Build the book into target/book.
    Build,
    /// Build the book with what a host offers besides: all of it as a zip file and as a PDF.
    ///
    /// Printing the PDF takes Chromium or Chrome.
    Publish,
    /// Bring the notebooks up to date: run the chapters whose cells, or whose crates, changed.
    Weave {
        /// Change nothing; fail if a notebook is not up to date.
        #[arg(long)]
        check: bool,
        /// With --check: run every cell again and compare what it puts out with what is stored.
        #[arg(long, requires = "check")]
        run: bool,
        /// Chapters by name, such as `bias-correction`; all of them if none is given.
        chapters: Vec<String>,
    },
    /// Set up Jupyter Lab with the Rust kernel and open working copies of the notebooks.
    ///
    /// Everything is installed below target/, nothing elsewhere. Your copies are in scratch/,
    /// which git ignores; copies that are there already are kept as you left them.
    Notebooks {
        /// Only set up; do not open Jupyter Lab.
        #[arg(long)]
        set_up: bool,
        /// Only set up the kernel, without Jupyter Lab (no Python needed).
        #[arg(long)]
        kernel_only: bool,
    },
    /// Problems that are graded: what there is, what you have done, and what to do next.
    Practice {
        #[command(subcommand)]
        action: Option<practice::Action>,
    },
    /// Answer again what is due today, before it is forgotten.
    Review(review::Arguments),
    /// Be interviewed: a timed mix of questions, and a report by topic.
    Interview(interview::Arguments),
    /// Teach with the book: a course of graded assignments, from its folder to its grades.
    Course {
        #[command(subcommand)]
        action: course::Action,
    },
    /// Hold optimizers and schedules to vectors that other libraries computed.
    ///
    /// Prints a line for each file: `ok`, or the first place that disagrees. Exits with 0 when all
    /// agree, with 1 when one does not, with 2 when a file cannot be read.
    Replay(replay::Arguments),
    /// Measure the book's claims and print each with what it must be.
    ///
    /// Exits with 0 when all hold, with 1 when one does not, with 2 when there is no such claim.
    Claims(claims::Arguments),
    /// Print where the bytes of a training run go: weights, gradients, master copy, moments.
    Memory(memory::Arguments),
    /// Run a program that is not trusted, confined; grading calls this.
    #[command(hide = true)]
    Jail {
        /// The stage, the cell, the program and its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Start a notebook kernel; Jupyter calls this.
    #[command(hide = true)]
    Kernel {
        /// The connection file that Jupyter wrote.
        connection_file: PathBuf,
    },
    /// Serve mdBook as its preprocessor; mdBook calls this.
    #[command(hide = true)]
    Preprocess {
        /// `supports RENDERER`, or nothing.
        query: Vec<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // What only prints may be cut off by `head`; a server must outlive its clients.
    if !matches!(arguments.command, None | Some(Command::Serve { .. } | Command::Kernel { .. })) {
        sigpipe::reset();
    }
    let run = || match arguments.command.unwrap_or(Command::Serve { address: None }) {
        Command::Serve { address } => serve::run(&Layout::find()?, address),
        Command::Build => build::run(&Layout::find()?),
        Command::Publish => build::publish(&Layout::find()?),
        Command::Weave { check, run, chapters } => {
            weave::run(&Layout::find()?, check, run, &chapters)
        }
        Command::Notebooks { set_up, kernel_only } => {
            notebooks::run(&Layout::find()?, set_up, kernel_only)
        }
        Command::Practice { action } => practice::run(action),
        Command::Review(arguments) => review::run(&arguments),
        Command::Interview(arguments) => interview::run(&arguments),
        Command::Course { action } => course::run(action),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Claims(arguments) => claims::run(&arguments),
        Command::Memory(arguments) => memory::run(&arguments),
        Command::Jail { arguments } => Ok(jail::run_stage(&arguments)),
        Command::Kernel { connection_file } => kernel::run(&Layout::find()?, &connection_file),
        Command::Preprocess { query } => preprocess::run(&query),
    };
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
