//! `descent review`: what is due today comes back.

use crate::practice::screen::COMMAND;
use crate::practice::{answer, asks_for_code};
use ::practice::{Problem, ProblemError, bank, store};
use anyhow::Result;
use clap::Args;
use progress::{Plan, now};
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Arguments {
    /// On days 0, 3, 7, 14 and 21 instead of by a model of your memory.
    #[arg(long)]
    classic: bool,
    /// Only list what is due, and what comes next.
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let plan = if arguments.classic { Plan::Classic } else { Plan::Fsrs };
    let mut store = store()?;
    let reviews = store.log().reviews(plan);
    if reviews.is_empty() {
        println!("Nothing has been answered yet, so nothing comes back. Begin: `{COMMAND} next`");
        return Ok(ExitCode::SUCCESS);
    }
    let now = now();
    let due = store.log().due(plan, now);
    println!("{} due today.", due.len());
    if due.is_empty() || arguments.list {
        for review in reviews.iter().take(10) {
            let days = review.at.saturating_sub(now).div_ceil(86_400);
            let when = match days {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                days => format!("in {days} days"),
            };
            println!("  {when:12} {}", review.problem);
        }
        return Ok(ExitCode::SUCCESS);
    }
    for review in due {
        // Another variant each time, so that numbers are not learned by heart.
        let seed = now / 86_400;
        let problem = match Problem::load_variant(&bank(), &review.problem, seed) {
            Ok(problem) => problem,
            Err(ProblemError::Unknown { id, .. }) => {
                println!("`{id}` is no longer in the book; it is passed over.");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        println!("\n—— {} ——", problem.id);
        if asks_for_code(&problem) {
            println!(
                "It asks for code. Delete your file in scratch/practice and write it again: `{COMMAND} \
                 start {}`",
                problem.id
            );
            continue;
        }
        if !answer(&problem, &mut store)?.is_attempt() {
            println!("Stopped; the rest stays due.");
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}
