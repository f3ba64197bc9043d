//! Answering a problem line by line.

use super::input::line;
use super::screen::{feedback, item, readable};
use anyhow::{Context, Result};
use practice::{Asks, Diagnosis, Line, Problem, Report, Rubric, Verdict, letter, record, scratch};
use progress::{Deed, Event, Store, now};

/// What was typed.
enum Typed {
    Answer(String),
    Hint,
    Leave,
    Stop,
}

/// What wrong answers cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tries {
    /// As many as are wanted; only options that are tried one after the other count as hints.
    Free,
    /// Each that is wrong costs as much as a hint.
    Counted,
}

/// Asks line by line and grades as it goes; records the answer and returns its report.
pub(crate) fn answer(problem: &Problem, store: &mut Store, tries: Tries) -> Result<Report> {
    println!("{}\n\n{}\n", readable(&problem.title), readable(problem.statement.trim()));
    if !problem.symbols.is_empty() {
        println!("Symbols:");
        for symbol in &problem.symbols {
            println!("{}", item(&format!("  {:8} ", symbol.name), &symbol.meaning));
        }
        if problem.symbols.iter().any(|symbol| symbol.sequence) {
            println!("Write a term of a sequence as g_i, a sum as sum(i = 1..t, g_i).");
        }
        println!();
    }
    println!("{COMMANDS}\n");
    let mut answers = vec![String::new(); problem.lines.len()];
    'lines: for (number, line) in problem.lines.iter().enumerate() {
        show(problem, number, line)?;
        let mut hints = line.hints.iter();
        loop {
            match typed(&line.asks)? {
                Typed::Stop => {
                    println!();
                    break 'lines;
                }
                Typed::Leave => break,
                Typed::Hint => match hints.next() {
                    Some(hint) => {
                        println!("{}", readable(hint));
                        store.add(Event::help(now(), &problem.id, Deed::Hint))?;
                    }
                    None => println!("There are no more hints."),
                },
                Typed::Answer(answer) => {
                    let report = line.check(&answer, problem);
                    answers[number] = answer;
                    println!("{}", feedback(&report.marked()));
                    // An essay was marked; marking it again would not make it better.
                    let marked = matches!(line.asks, Asks::Rubric(_));
                    if marked || matches!(report.verdict, Verdict::Right | Verdict::Partly) {
                        break;
                    }
                    let wrong = matches!(report.verdict, Verdict::Wrong | Verdict::Mistake);
                    let counts = match tries {
                        Tries::Free => matches!(line.asks, Asks::Choice(_)),
                        Tries::Counted => true,
                    };
                    if wrong && counts {
                        store.add(Event::help(now(), &problem.id, Deed::Hint))?;
                    }
                }
            }
        }
        println!();
    }
    let report = problem.check(&answers);
    println!("{} of {} points.", report.points, report.of);
    record(store, problem, &report)?;
    Ok(report)
}

const COMMANDS: &str = "Enter ? for a hint, ! to leave a line, Ctrl-D to stop.";

fn show(problem: &Problem, number: usize, line: &Line) -> Result<()> {
    let place = match problem.lines.len() {
        1 => String::new(),
        count => format!("Line {} of {count}. ", number + 1),
    };
    println!("{}", readable(&format!("{place}{}", line.prompt)));
    match &line.asks {
        Asks::Choice(choice) => {
            for (place, option) in choice.options.iter().enumerate() {
                println!("{}", item(&format!("  {}) ", letter(place)), &option.text));
            }
        }
        Asks::Order(order) => {
            for (place, text) in order.texts().iter().enumerate() {
                println!("{}", item(&format!("  {}) ", letter(place)), text));
            }
        }
        _ => {}
    }
    // The figures belong to the whole problem; they are drawn before its first line.
    if let Some(diagnosis) = problem.diagnosis().filter(|_| number == 0) {
        show_run(problem, diagnosis)?;
    }
    let how = match &line.asks {
        Asks::Rubric(_) => {
            "Answer aloud, then type what you would say first, or only that you have said it; the points to \
             compare with come next."
                .to_owned()
        }
        _ => line.how_to_answer(),
    };
    println!("{}", readable(&how));
    Ok(())
}

/// The run as numbers, and its figures in a file.
fn show_run(problem: &Problem, diagnosis: &Diagnosis) -> Result<()> {
    let run = diagnosis.run().map_err(anyhow::Error::msg)?;
    println!("\n  step      loss    gradient  update/rate      rate");
    for step in
        [1, 2, 5, 10, 20, 50, 100, 140, 150, 151, 155, 180, 200, 201, 205, 220, 260, 300, 350, 400]
    {
        if let Some(at) = run.telemetry.get(step - 1) {
            println!(
                "  {step:4} {:>9} {:>11} {:>12} {:>9}",
                figures::short(at.loss),
                figures::short(at.gradient_norm),
                figures::short(at.update_rms),
                figures::short(at.learning_rate)
            );
        }
    }
    let figures = diagnosis.figures().map_err(anyhow::Error::msg)?;
    let path = scratch().join("practice").join(format!("{}.html", problem.id));
    std::fs::create_dir_all(scratch().join("practice")).context("scratch/practice")?;
    let page: String = figures.iter().map(figures::Figure::html).collect();
    let page =
        format!("<!doctype html><meta charset=\"utf-8\"><title>{}</title>\n{page}", problem.title);
    std::fs::write(&path, page).with_context(|| path.display().to_string())?;
    println!("\nIts figures, the size of each tensor among them: {}\n", path.display());
    Ok(())
}

fn typed(asks: &Asks) -> Result<Typed> {
    loop {
        let Some(first) = line()? else { return Ok(Typed::Stop) };
        match first.as_str() {
            "?" | "hint" => return Ok(Typed::Hint),
            "!" | "skip" => return Ok(Typed::Leave),
            "quit" | "exit" | "stop" => return Ok(Typed::Stop),
            "help" => println!("{COMMANDS}"),
            _ => {
                return match asks {
                    Asks::Rubric(rubric) => compare(rubric, &first),
                    _ => Ok(Typed::Answer(first)),
                };
            }
        }
    }
}

/// The rubric is shown once something has been said.
fn compare(rubric: &Rubric, said: &str) -> Result<Typed> {
    println!("\nCompare. A good answer makes these points (* without these it is none):");
    for (number, point) in (1..).zip(&rubric.points) {
        let needed = if point.needed { "*" } else { " " };
        println!("{}", item(&format!("  {number}{needed} "), &point.text));
    }
    loop {
        println!(
            "Type the numbers of those you made, honestly, such as 1 3; 0 if none, ! to leave it."
        );
        let Some(marks) = line()? else { return Ok(Typed::Stop) };
        match (marks.as_str(), rubric.marks(&marks)) {
            ("!" | "skip", _) => return Ok(Typed::Leave),
            ("quit" | "exit" | "stop", _) => return Ok(Typed::Stop),
            (_, Ok(_)) => return Ok(Typed::Answer(format!("{marks} | {said}"))),
            (_, Err(reason)) => println!("{reason}"),
        }
    }
}
