//! `descent review`: what is due today comes back.

use crate::practice::screen::COMMAND;
use crate::practice::{Tries, answer, asks_for_code};
use ::practice::{Problem, ProblemError, bank, open_all, store};
use anyhow::Result;
use clap::Args;
use progress::{Plan, Review, Standing, now};
use std::process::ExitCode;

/// How many problems are listed.
const SHOWN: usize = 20;

#[derive(Args)]
pub(crate) struct Arguments {
    /// On days 0, 3, 7, 14 and 21 instead of by a model of your memory.
    #[arg(long)]
    classic: bool,
    /// The drills, what should come from memory: on the days of --classic.
    #[arg(long)]
    drills: bool,
    /// Only list what is due, and what comes next.
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let plan = if arguments.classic || arguments.drills { Plan::Classic } else { Plan::Fsrs };
    let mut store = store()?;
    let mut reviews = store.log().reviews(plan);
    if arguments.drills {
        let drills: Vec<Problem> =
            open_all()?.into_iter().filter(|problem| problem.drill).collect();
        reviews.retain(|review| drills.iter().any(|drill| drill.id == review.problem));
        // One that was never answered is due now.
        let fresh =
            drills.into_iter().filter(|drill| store.log().standing(&drill.id) == Standing::Untried);
        reviews.extend(fresh.map(|drill| Review { problem: drill.id, at: 0, days: 0 }));
    }
    if reviews.is_empty() {
        println!("Nothing has been answered yet, so nothing comes back. Begin: `{COMMAND} next`");
        return Ok(ExitCode::SUCCESS);
    }
    let now = now();
    let due: Vec<&Review> = reviews.iter().filter(|review| review.at <= now).collect();
    println!("{} due today.", due.len());
    if due.is_empty() && !arguments.drills {
        println!(
            "The drills, what should come from memory: cargo run --release -- review --drills"
        );
    }
    if due.is_empty() || arguments.list {
        for review in reviews.iter().take(SHOWN) {
            let days = review.at.saturating_sub(now).div_ceil(86_400);
            let when = match days {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                days => format!("in {days} days"),
            };
            println!("  {when:12} {}", review.problem);
        }
        if reviews.len() > SHOWN {
            println!("  and {} more", reviews.len() - SHOWN);
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
        if !answer(&problem, &mut store, Tries::Free)?.is_attempt() {
            println!("Stopped; the rest stays due.");
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}
