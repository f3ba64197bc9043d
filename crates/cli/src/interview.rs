//! `descent interview`: a timed mix, and what it shows.

use crate::practice::input::{any_line, interrupted};
use crate::practice::screen::readable;
use crate::practice::{Tries, answer, asks_for_code};
use ::practice::interview::{Answered, Card, choose, outcome};
use ::practice::{Problem, bank, open_all, store};
use anyhow::{Result, bail};
use clap::Args;
use progress::{Deed, now};
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How long it lasts.
    #[arg(long, default_value_t = 45)]
    minutes: u32,
    /// Which interview: the same seed asks the same questions. Without it, another every time.
    #[arg(long)]
    seed: Option<u64>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let seed = arguments.seed.unwrap_or_else(now);
    let problems = open_all()?;
    let cards: Vec<Card> =
        problems.iter().filter(|problem| !asks_for_code(problem)).map(Card::from).collect();
    let chosen = choose(&cards, arguments.minutes, seed);
    if chosen.is_empty() {
        bail!("no question fits into {} minutes; give it more", arguments.minutes);
    }
    let limit = Duration::from_secs(60 * u64::from(arguments.minutes));
    let opening = format!(
        "An interview of {} minutes with {} (seed {seed}). A hint, or a wrong answer that you then mend, \
         costs a tenth of a question's points. Ctrl-D leaves a question, Ctrl-C ends the interview.",
        arguments.minutes,
        match chosen.len() {
            1 => "one question".to_owned(),
            count => format!("{count} questions"),
        }
    );
    println!("{}\n", readable(&opening));
    let mut store = store()?;
    let began = Instant::now();
    let mut answered = Vec::new();
    for (number, card) in (1..).zip(&chosen) {
        if began.elapsed() >= limit {
            let unasked = &chosen[number - 1..];
            println!(
                "Time is up, with {} questions unasked; they count with no points.",
                unasked.len()
            );
            answered.extend(unasked.iter().map(|card| Answered {
                card: (*card).clone(),
                points: 0,
                of: 1,
                hints: 0,
                seconds: 0,
            }));
            break;
        }
        let left = limit.saturating_sub(began.elapsed()).as_secs().div_ceil(60);
        println!(
            "—— Question {number} of {}, about {} minutes; {left} left ——\n",
            chosen.len(),
            card.minutes
        );
        let problem = Problem::load_variant(&bank(), &card.id, seed)?;
        let before = Instant::now();
        let taken = store.log().events().len();
        let report = answer(&problem, &mut store, Tries::Counted)?;
        let hints = store.log().events()[taken..].iter().filter(|e| e.did == Deed::Hint).count();
        if hints > 0 {
            println!("Less {hints} tenths of them for hints and second tries.");
        }
        if interrupted() {
            break;
        }
        for follow_up in problem.follow_ups.iter().filter(|_| report.is_attempt()) {
            println!("\nAnd then: {}", readable(&follow_up.ask));
            println!("Answer aloud, then press Enter.");
            if any_line()?.is_none() {
                break;
            }
            println!("{}", readable(&follow_up.answer));
        }
        println!();
        answered.push(Answered {
            card: (*card).clone(),
            points: report.points,
            of: report.of,
            hints: hints as u32,
            seconds: before.elapsed().as_secs(),
        });
    }
    summary(&answered);
    Ok(ExitCode::SUCCESS)
}

fn summary(answered: &[Answered]) {
    let outcome = outcome(answered);
    println!("—— {} of 100 ——\n", outcome.score);
    for (topic, share) in &outcome.topics {
        println!("  {topic:18} {share:3} %");
    }
    if !outcome.reread.is_empty() {
        println!("\nRead again:");
        for (chapter, section, title) in &outcome.reread {
            println!("  {chapter}, section {section}: for “{}”", readable(title));
        }
    }
    for (title, took, meant) in &outcome.slow {
        println!("\n“{}” took {took} minutes; it is meant to take {meant}.", readable(title));
    }
}
