//! `descent practice`: problems on the command line.

use ::practice::{Problem, Verdict, bank, defects, ids, open, open_all};
use anyhow::{Context, Result};
use clap::Subcommand;
use std::io::{BufRead, Write};
use std::process::ExitCode;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Answer a problem line by line; every line is checked as you enter it.
    Start {
        /// The problem, as `descent practice` lists it.
        problem: String,
    },
    /// Check answers given on the command line, one argument a line; exit 1 unless all are right.
    Check {
        /// The problem, as `descent practice` lists it.
        problem: String,
        /// The answers, in order. An empty argument leaves a line unanswered.
        #[arg(allow_hyphen_values = true)]
        answers: Vec<String>,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prove that problems grade what they should: for their authors, and for the tests.
    ///
    /// Blank and untouched answers fail, own answers earn all points in every variant, every known
    /// wrong answer loses points and gets its own reply, and no hint tells the answer.
    Prove {
        /// The problems; all of them if none is given.
        problems: Vec<String>,
    },
    /// Print a problem's full solution.
    Solution {
        /// The problem, as `descent practice` lists it.
        problem: String,
    },
}

pub(crate) fn run(action: Option<Action>) -> Result<ExitCode> {
    match action {
        None => list(),
        Some(Action::Start { problem }) => start(&open(&problem)?),
        Some(Action::Check { problem, answers, json }) => check(&open(&problem)?, &answers, json),
        Some(Action::Prove { problems }) => prove(&problems),
        Some(Action::Solution { problem }) => {
            println!("{}", open(&problem)?.solution.trim());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list() -> Result<ExitCode> {
    for problem in open_all()? {
        println!("{}", problem.id);
        println!(
            "  {} ({} lines, {} points, {} minutes; chapter {})",
            problem.title,
            problem.lines.len(),
            problem.points(),
            problem.minutes,
            problem.chapter
        );
    }
    println!("\nAnswer one with `cargo run --release -- practice start PROBLEM`");
    Ok(ExitCode::SUCCESS)
}

fn prove(problems: &[String]) -> Result<ExitCode> {
    let known = ids()?;
    let mut sound = true;
    for id in if problems.is_empty() { &known } else { problems } {
        let defects = match defects(&bank(), id) {
            Ok(defects) => defects,
            Err(error) => vec![error.to_string()],
        };
        sound &= defects.is_empty();
        println!("{} {id}", if defects.is_empty() { "ok" } else { "NO" });
        defects.iter().for_each(|defect| println!("   {defect}"));
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(problem: &Problem, answers: &[String], json: bool) -> Result<ExitCode> {
    let report = problem.check(answers);
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{}", report.text());
    }
    Ok(if report.is_solved() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn start(problem: &Problem) -> Result<ExitCode> {
    println!("{}\n\n{}\n", problem.title, problem.statement.trim());
    println!("Symbols:");
    for symbol in &problem.symbols {
        println!("  {:5} {}", symbol.name, symbol.meaning);
    }
    println!(
        "\nWrite a term of a sequence as g_i, a sum as sum(i = 1..t, g_i).\n\
         Enter ? for a hint, ! to leave a line, Ctrl-D to stop.\n"
    );
    let mut answers = vec![String::new(); problem.lines.len()];
    let mut input = std::io::stdin().lock();
    'lines: for (number, line) in problem.lines.iter().enumerate() {
        println!("Line {} of {}. {}", number + 1, problem.lines.len(), line.prompt);
        let mut hints = line.hints.iter();
        loop {
            print!("> ");
            std::io::stdout().flush()?;
            let mut answer = String::new();
            if input.read_line(&mut answer).context("reading your answer")? == 0 {
                println!();
                break 'lines;
            }
            match answer.trim() {
                "" => {}
                "!" => break,
                "?" => println!("{}", hints.next().map_or("There are no more hints.", |hint| hint)),
                answer => {
                    answers[number] = answer.to_owned();
                    let report = problem.check(&answers);
                    println!("{}", report.lines[number].feedback);
                    if report.lines[number].verdict == Verdict::Right {
                        break;
                    }
                }
            }
        }
        println!();
    }
    let report = problem.check(&answers);
    println!("{} of {} points.", report.points, report.of);
    if !report.is_solved() {
        println!("The solution: `cargo run --release -- practice solution {}`", problem.id);
    }
    Ok(ExitCode::SUCCESS)
}
