//! `descent practice`: problems on the command line.

mod answer;
mod file;
pub(crate) mod input;
pub(crate) mod screen;

use ::practice::{
    Asks, Kind, Problem, ProblemError, alike, bank, defects, ids, open_all, record, store,
};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use progress::{Deed, Event, Log, Standing, now};
use screen::{COMMAND, readable};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) use answer::{Tries, answer};

#[derive(Subcommand)]
pub(crate) enum Action {
    /// List problems with what you have done; of one chapter, or of all.
    List {
        /// The chapter, such as `momentum`.
        chapter: Option<String>,
    },
    /// Begin a problem: answer it here line by line or, if it asks for code, in a file of your own.
    Start {
        /// The problem, as `practice list` names it.
        problem: String,
        /// Another variant, with other numbers; 0 is the first.
        #[arg(long, default_value_t = 0)]
        variant: u64,
    },
    /// Check an answer: your file if the problem asks for code, else an argument for each line.
    ///
    /// Options stand before the answers, which may begin with a minus. Exits with 0 if all is right,
    /// with 1 if not.
    Check {
        /// The problem, as `practice list` names it.
        problem: String,
        /// The answers to the problem's lines, in order, each in quotes; "" leaves one out.
        #[arg(allow_hyphen_values = true)]
        answers: Vec<String>,
        /// Another variant, with other numbers; 0 is the first.
        #[arg(long, default_value_t = 0)]
        variant: u64,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check your file whenever you save it, until it is right.
    Watch {
        /// The problem, which asks for code.
        problem: String,
    },
    /// The next hint.
    Hint {
        /// The problem, as `practice list` names it.
        problem: String,
        /// The line of the problem.
        #[arg(long, default_value_t = 1)]
        line: usize,
        /// Another variant; without it, the one you answered last.
        #[arg(long)]
        variant: Option<u64>,
    },
    /// The full solution: after a try of your own, or when asked for twice.
    Solution {
        /// The problem, as `practice list` names it.
        problem: String,
        /// Another variant; without it, the one you answered last.
        #[arg(long)]
        variant: Option<u64>,
    },
    /// Begin the next problem that you have not solved: of the chapter you answered last, if there is one.
    Next,
    /// Write your progress to a file, to take it elsewhere.
    Export {
        /// The file to write.
        file: PathBuf,
    },
    /// Add the progress in a file to yours: one that was exported on another machine, or from the book's
    /// page `Review`.
    Import {
        /// The file to read.
        file: PathBuf,
    },
    /// Prove that problems grade what they should: for their authors.
    ///
    /// Blank and untouched answers fail, own answers earn all points in every variant, every known
    /// wrong answer loses points and gets its own reply, and no hint tells the answer.
    Prove {
        /// The problems; all of them if none is given.
        problems: Vec<String>,
    },
}

pub(crate) fn run(action: Option<Action>) -> Result<ExitCode> {
    match action {
        None => overview(),
        Some(Action::List { chapter }) => list(chapter.as_deref()),
        Some(Action::Start { problem, variant }) => start(&problem, variant),
        Some(Action::Check { problem, answers, variant, json }) => {
            check(&open_variant(&problem, variant)?, answers, json)
        }
        Some(Action::Watch { problem }) => file::watch(&open_variant(&problem, 0)?),
        Some(Action::Hint { problem, line, variant }) => hint(&open_last(&problem, variant)?, line),
        Some(Action::Solution { problem, variant }) => solution(&open_last(&problem, variant)?),
        Some(Action::Next) => next(),
        Some(Action::Export { file }) => export(&file),
        Some(Action::Import { file }) => import(&file),
        Some(Action::Prove { problems }) => {
            prove(&bank(), &if problems.is_empty() { ids()? } else { problems })
        }
    }
}

fn open_variant(id: &str, variant: u64) -> Result<Problem> {
    match Problem::load_variant(&bank(), id, variant) {
        Err(ProblemError::Unknown { .. }) if chapters()?.iter().any(|chapter| chapter == id) => {
            bail!("`{id}` is a chapter; its problems: `{COMMAND} list {id}`")
        }
        opened => Ok(opened?),
    }
}

/// In the variant that was asked for, or else in the one that was answered last.
fn open_last(id: &str, variant: Option<u64>) -> Result<Problem> {
    let last = store()?.log().last_answer(id).map(|event| event.seed);
    open_variant(id, variant.or(last).unwrap_or(0))
}

/// The problems in the order in which they are met: by chapter, and by difficulty within.
pub(crate) fn in_order() -> Result<Vec<Problem>> {
    let chapters = chapters()?;
    let mut problems = open_all()?;
    let place = |problem: &Problem| chapters.iter().position(|name| *name == problem.chapter);
    problems.sort_by_key(|problem| (place(problem), problem.difficulty, problem.minutes));
    Ok(problems)
}

/// The chapters that have problems, in the order of the book.
fn chapters() -> Result<Vec<String>> {
    let layout = ::weave::layout::Layout::at(bank().ancestors().nth(2).context("the repository")?)?;
    Ok(layout.chapters()?.into_iter().map(|chapter| chapter.name).collect())
}

fn overview() -> Result<ExitCode> {
    let (store, problems) = (store()?, in_order()?);
    let solved = |problem: &&Problem| store.log().standing(&problem.id) == Standing::Solved;
    println!(
        "{} problems, of which you have solved {}.\n",
        problems.len(),
        problems.iter().filter(solved).count()
    );
    for chapter in chapters()? {
        let of_chapter: Vec<&Problem> =
            problems.iter().filter(|problem| problem.chapter == chapter).collect();
        let done = of_chapter.iter().copied().filter(|problem| solved(problem)).count();
        let bar: String =
            (0..of_chapter.len()).map(|place| if place < done { '■' } else { '·' }).collect();
        println!("  {chapter:18} {bar} {done} of {}", of_chapter.len());
    }
    let due = store.log().due(progress::Plan::Fsrs, now()).len();
    println!();
    if due > 0 {
        let problems = if due == 1 { "problem is" } else { "problems are" };
        println!("{due} {problems} due for review:       cargo run --release -- review");
    }
    println!("Begin with the next one:            {COMMAND} next");
    println!("See the problems of a chapter:      {COMMAND} list CHAPTER");
    println!("Begin one of them:                  {COMMAND} start PROBLEM");
    if let Some(code) = problems.iter().find(|problem| problem.kind() == Kind::Code) {
        println!("Write some code first:              {COMMAND} start {}", code.id);
    }
    println!("Be interviewed for 45 minutes:      cargo run --release -- interview");
    println!("\nYour progress is in {}.", store.path().display());
    if store.log().foreign() > 0 {
        println!(
            "{} lines of it cannot be read, perhaps of a later version or torn by a crash; they are kept.",
            store.log().foreign()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn list(chapter: Option<&str>) -> Result<ExitCode> {
    let (store, known) = (store()?, chapters()?);
    if let Some(name) = chapter.filter(|name| !known.iter().any(|known| known == name)) {
        match alike(name, known.iter().map(String::as_str)).as_slice() {
            [] => bail!("there is no chapter `{name}`; there are:\n  {}", known.join("\n  ")),
            alike => {
                bail!("there is no chapter `{name}`; did you mean {}?", alike.join(" or "))
            }
        }
    }
    let mut last = String::new();
    for problem in in_order()? {
        if chapter.is_some_and(|chapter| chapter != problem.chapter) {
            continue;
        }
        if problem.chapter != last {
            println!("{}{}", if last.is_empty() { "" } else { "\n" }, problem.chapter);
            last.clone_from(&problem.chapter);
        }
        let mark = match store.log().standing(&problem.id) {
            Standing::Untried => ' ',
            Standing::Tried => '◐',
            Standing::Solved => '✓',
        };
        println!(
            "  {mark} {:34} {:10} {} {:3} min  {}",
            problem.id,
            problem.kind().name(),
            "●".repeat(problem.difficulty.into())
                + &"○".repeat(5 - usize::from(problem.difficulty)),
            problem.minutes,
            readable(&problem.title)
        );
    }
    println!("\nBegin one with `{COMMAND} start PROBLEM`.");
    Ok(ExitCode::SUCCESS)
}

fn start(id: &str, variant: u64) -> Result<ExitCode> {
    let problem = open_variant(id, variant)?;
    if problem.kind() == Kind::Code {
        return file::start(&problem);
    }
    let mut store = store()?;
    let report = answer(&problem, &mut store, Tries::Free)?;
    if report.is_solved() {
        println!("\nThe next one: `{COMMAND} next`");
    } else if report.is_attempt() {
        println!("\nThe solution:  {COMMAND} solution {id}\nAgain:         {COMMAND} start {id}");
    }
    Ok(ExitCode::SUCCESS)
}

fn check(problem: &Problem, mut answers: Vec<String>, json: bool) -> Result<ExitCode> {
    if answers.is_empty() {
        match problem.kind() {
            Kind::Code => answers = vec![file::read(problem)?],
            _ => bail!(
                "answers are missing: give one argument a line, {} in all, or answer one by one with \
                 `{COMMAND} start {}`",
                problem.lines.len(),
                problem.id
            ),
        }
    }
    let mut path = file::path(problem);
    if let (Kind::Code, [one]) = (problem.kind(), answers.as_mut_slice())
        && let Some(named) = file::named(one)
    {
        path = named.to_owned();
        *one = file::text(&path)?;
    } else if problem.kind() == Kind::Code && !answers.iter().any(|answer| answer.contains("fn ")) {
        bail!("`{id}` asks for code: `{COMMAND} check {id}` takes your file", id = problem.id);
    }
    if let Some(option) =
        answers.iter().find(|answer| ["--json", "--variant"].contains(&answer.as_str()))
    {
        bail!("{option} stands before the answers: `{COMMAND} check {option} … {} …`", problem.id);
    }
    if problem.lines.len() == 1 {
        // One answer needs no quotes: the words of an order, say.
        answers = vec![answers.join(" ")];
    }
    if answers.len() > problem.lines.len() {
        let (given, lines) = (answers.len(), problem.lines.len());
        bail!(
            "{given} answers, and `{}` has {lines} lines; put each answer into quotes",
            problem.id
        );
    }
    let report = problem.check(&answers);
    match json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => println!("{}", file::shown(&report, &path)),
    }
    record(&mut store()?, problem, &report)?;
    Ok(if report.is_solved() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn hint(problem: &Problem, number: usize) -> Result<ExitCode> {
    let Some(line) = number.checked_sub(1).and_then(|place| problem.lines.get(place)) else {
        bail!("`{}` has {} lines; there is no line {number}", problem.id, problem.lines.len());
    };
    let mut store = store()?;
    let taken = store.log().hints_since_answer(&problem.id) as usize;
    match line.hints.get(taken).or(line.hints.last()) {
        Some(hint) => println!("{}", readable(hint)),
        None => bail!("`{}` has no hints", problem.id),
    }
    if taken < line.hints.len() {
        store.add(Event::help(now(), &problem.id, Deed::Hint))?;
    }
    match line.hints.len().saturating_sub(taken + 1) {
        0 => println!("\nThat was the last hint."),
        left => println!("\n{left} more: ask again."),
    }
    Ok(ExitCode::SUCCESS)
}

fn solution(problem: &Problem) -> Result<ExitCode> {
    let mut store = store()?;
    let tried = store.log().standing(&problem.id) != Standing::Untried;
    let asked = store.log().asked_for_solution(&problem.id);
    if !(tried || asked) {
        println!(
            "You have not tried it yet: `{COMMAND} start {id}`, or `{COMMAND} hint {id}` for a nudge.\n\
             If you want the solution all the same, ask once more.",
            id = problem.id
        );
        store.add(Event::help(now(), &problem.id, Deed::AskedForSolution))?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}", readable(problem.solution.trim()));
    for follow_up in &problem.follow_ups {
        println!("\nAnd then: {}\n{}", readable(&follow_up.ask), readable(&follow_up.answer));
    }
    println!("\nIt rests on `{}`, section `{}`.", problem.chapter, problem.section);
    store.add(Event::help(now(), &problem.id, Deed::AskedForSolution))?;
    Ok(ExitCode::SUCCESS)
}

fn next() -> Result<ExitCode> {
    let store = store()?;
    let problems = in_order()?;
    let unsolved = |problem: &&Problem| store.log().standing(&problem.id) != Standing::Solved;
    let last = store.log().events().iter().rev().find(|event| event.did == Deed::Answered);
    let chapter = last
        .and_then(|event| problems.iter().find(|problem| problem.id == event.problem))
        .map(|problem| problem.chapter.clone());
    let here = problems.iter().filter(|problem| Some(&problem.chapter) == chapter.as_ref());
    match here.clone().find(unsolved).or_else(|| problems.iter().find(unsolved)) {
        Some(problem) => start(&problem.id, 0),
        None => {
            println!("You have solved all {} problems.", problems.len());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn export(file: &PathBuf) -> Result<ExitCode> {
    let store = store()?;
    // A file that holds something else, or progress that is not here, is not written over.
    if let Ok(present) = std::fs::read(file) {
        let mut both = store.log().clone();
        if both.merge(&Log::parse(&String::from_utf8_lossy(&present))) > 0 {
            bail!(
                "{} holds what your progress does not; name another file, or `{COMMAND} import` it first",
                file.display()
            );
        }
    }
    std::fs::write(file, store.log().text()).with_context(|| file.display().to_string())?;
    println!("{} lines of progress are in {}.", store.log().events().len(), file.display());
    Ok(ExitCode::SUCCESS)
}

fn import(file: &PathBuf) -> Result<ExitCode> {
    let bytes = std::fs::read(file).with_context(|| {
        format!("{}: name the file that `{COMMAND} export` or the page wrote", file.display())
    })?;
    let theirs = Log::parse(&String::from_utf8_lossy(&bytes));
    if bytes.is_empty() {
        println!("{} is empty: there was no progress yet where it was written.", file.display());
        return Ok(ExitCode::SUCCESS);
    }
    if theirs.events().is_empty() {
        bail!(
            "{} holds no progress: not one line of it can be read; name the file that `{COMMAND} export` \
             or the page wrote",
            file.display()
        );
    }
    let added = store()?.merge(&theirs)?;
    println!("{added} lines are new; the others were there already.");
    if theirs.foreign() > 0 {
        println!("{} lines could not be read; they are kept as they are.", theirs.foreign());
    }
    Ok(ExitCode::SUCCESS)
}

/// Proves problems of a bank, and says of each whether it grades as it should.
pub(crate) fn prove(bank: &Path, problems: &[String]) -> Result<ExitCode> {
    let mut sound = true;
    for id in problems {
        let defects = match defects(bank, id) {
            Ok(defects) => defects,
            Err(error) => vec![error.to_string()],
        };
        sound &= defects.is_empty();
        println!("{} {id}", if defects.is_empty() { "ok" } else { "NO" });
        defects.iter().for_each(|defect| println!("   {defect}"));
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether a problem asks for code, and only for that.
pub(crate) fn asks_for_code(problem: &Problem) -> bool {
    problem.lines.iter().all(|line| matches!(line.asks, Asks::Code(_)))
}
