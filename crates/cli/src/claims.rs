//! `descent claims`: the book's claims, measured.

use ::weave::ledger::Entry;
use anyhow::Result;
use clap::Args;
use figures::short;
use indicatif::{ProgressBar, ProgressStyle};
use lab::claims::{CHAPTERS, Chapter, Claim, Quantity, Run, Size, find, ledger};
use lab::parallel;
use serde_json::{Value, json};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What is measured, and how it is shown.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A claim to measure, by id; may be given more than once. Without it, all are measured.
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<String>,
    /// Measure in full size: more seeds and steps, what stands behind the book's numbers. Minutes.
    #[arg(long)]
    full: bool,
    /// Print everything that is known of each claim as JSON. What is not a finite number is null.
    #[arg(long)]
    json: bool,
    /// Measure with this many sets of draws and show the range; the book's own draws are the first.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// How many threads to use; as many as there are cores if not given. The numbers are the same.
    #[arg(long, value_name = "COUNT")]
    threads: Option<NonZeroUsize>,
}

const FAILS: u8 = 1;
const UNKNOWN: u8 = 2;

/// What measuring a claim gave: for each set of draws its quantities, or why there are none.
struct Outcome {
    claim: &'static Claim,
    runs: Vec<Result<Vec<Quantity>, String>>,
    took: Duration,
}

impl Outcome {
    fn holds(&self) -> bool {
        let fine = |run: &Result<Vec<Quantity>, String>| {
            run.as_ref().is_ok_and(|quantities| quantities.iter().all(Quantity::holds))
        };
        self.runs.iter().all(fine)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if let Some(unknown) = arguments.ids.iter().find(|id| find(id).is_none()) {
        eprintln!("error: there is no claim `{unknown}`; {}", nearest(unknown));
        return Ok(ExitCode::from(UNKNOWN));
    }
    let chosen: Vec<&'static Claim> = ledger()
        .filter(|claim| arguments.ids.is_empty() || arguments.ids.iter().any(|id| id == claim.id))
        .collect();
    let began = Instant::now();
    let measured = || measure(&chosen, arguments);
    let outcomes = match arguments.threads {
        Some(threads) => parallel::with_threads(threads.get(), measured)?,
        None => measured(),
    };
    let failing = outcomes.iter().filter(|outcome| !outcome.holds()).count();
    if arguments.json {
        let rows: Vec<Value> = outcomes.iter().map(|outcome| as_json(outcome, arguments)).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print(&outcomes, arguments.seeds);
        println!(
            "\n{} claims measured in {} s: {} hold, {failing} fail.",
            outcomes.len(),
            began.elapsed().as_secs(),
            outcomes.len() - failing
        );
    }
    Ok(if failing == 0 { ExitCode::SUCCESS } else { ExitCode::from(FAILS) })
}

/// Ids that have a word in common with this one, or where to find them all.
fn nearest(unknown: &str) -> String {
    let words: Vec<&str> = unknown.split('-').filter(|word| word.len() > 2).collect();
    let alike: Vec<&str> = ledger()
        .map(|claim| claim.id)
        .filter(|id| words.iter().any(|word| id.contains(word)))
        .collect();
    match alike.is_empty() {
        true => "`descent claims --json` lists all".to_owned(),
        false => format!("did you mean {}?", alike.join(", ")),
    }
}

/// Measures side by side, the long claims first, and returns in the ledger's order.
fn measure(claims: &[&'static Claim], arguments: &Arguments) -> Vec<Outcome> {
    let size = if arguments.full { Size::Full } else { Size::Quick };
    let mut jobs: Vec<(usize, u64)> = (0..claims.len())
        .flat_map(|place| (0..arguments.seeds).map(move |seed| (place, seed)))
        .collect();
    jobs.sort_by(|a, b| claims[b.0].seconds.total_cmp(&claims[a.0].seconds));
    let bar = bar(jobs.len() as u64);
    let mut done = parallel::map(&jobs, |&(place, seed)| {
        let claim = claims[place];
        bar.set_message(claim.id);
        let began = Instant::now();
        let found = (claim.measure)(Run { size, seed });
        bar.inc(1);
        ((place, seed), found.map_err(|error| error.to_string()), began.elapsed())
    });
    bar.finish_and_clear();
    done.sort_by_key(|(job, ..)| *job);
    let mut done = done.into_iter();
    let outcome = |&claim: &&'static Claim| {
        let (mut runs, mut took) = (Vec::new(), Duration::ZERO);
        for (_, run, time) in done.by_ref().take(arguments.seeds as usize) {
            runs.push(run);
            took += time;
        }
        Outcome { claim, runs, took }
    };
    claims.iter().map(outcome).collect()
}

/// A bar on the terminal; where there is none, nothing.
fn bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} ({elapsed}) {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn print(outcomes: &[Outcome], seeds: u64) {
    for Chapter { title, claims } in CHAPTERS {
        let of_chapter: Vec<&Outcome> = outcomes
            .iter()
            .filter(|outcome| claims.iter().any(|claim| claim.id == outcome.claim.id))
            .collect();
        if !of_chapter.is_empty() {
            println!("\n{title}");
        }
        of_chapter.into_iter().for_each(|outcome| print_claim(outcome, seeds));
    }
}

fn print_claim(outcome: &Outcome, seeds: u64) {
    let Outcome { claim, runs, took } = outcome;
    let verdict = if outcome.holds() { "pass" } else { "FAIL" };
    let seconds = took.as_secs_f64() / seeds as f64;
    println!("  {verdict}  {:<34}{:<18}{seconds:>6.1} s", claim.id, claim.verdict.label());
    let mut found = Vec::new();
    for (seed, run) in runs.iter().enumerate() {
        match run {
            Ok(quantities) => found.push(quantities),
            Err(error) => println!("        draws {seed}: nothing was measured: {error}"),
        }
    }
    let Some(first) = found.first() else { return };
    for (place, quantity) in first.iter().enumerate() {
        let values: Vec<f64> = found.iter().map(|run| run[place].measured).collect();
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let measured = if seeds == 1 {
            short(quantity.measured)
        } else {
            format!("{} to {}", short(lowest), short(highest))
        };
        let expected = Entry::from(quantity).must_be();
        let holds = found.iter().all(|run| run[place].holds());
        let mark = if holds { " " } else { "!" };
        println!(
            "     {mark}  {:<32}{measured:>22}   {expected:<24}{}",
            quantity.name,
            quantity.basis.label()
        );
        if !holds {
            println!("        {}", quantity.because);
        }
    }
}

fn as_json(outcome: &Outcome, arguments: &Arguments) -> Value {
    let Outcome { claim, runs, .. } = outcome;
    let chapter = CHAPTERS
        .iter()
        .find(|chapter| chapter.claims.iter().any(|other| other.id == claim.id))
        .map(|chapter| chapter.title);
    let quantity = |quantity: &Quantity| {
        json!({
            "name": quantity.name,
            "measured": quantity.measured,
            "expected": quantity.expected,
            "tolerance": quantity.tolerance,
            "from": quantity.basis.label(),
            "because": quantity.because,
            "holds": quantity.holds(),
        })
    };
    let run = |(seed, run): (usize, &Result<Vec<Quantity>, String>)| match run {
        Ok(quantities) => json!({
            "seed": seed,
            "quantities": quantities.iter().map(quantity).collect::<Vec<_>>(),
        }),
        Err(error) => json!({ "seed": seed, "error": error }),
    };
    json!({
        "id": claim.id,
        "chapter": chapter,
        "folklore": claim.folklore,
        "verdict": claim.verdict.label(),
        "statement": claim.statement,
        "source": claim.source,
        "seconds": claim.seconds,
        "size": if arguments.full { "full" } else { "quick" },
        "holds": outcome.holds(),
        "broken_by": claim.broken.by,
        "runs": runs.iter().enumerate().map(run).collect::<Vec<_>>(),
    })
}
