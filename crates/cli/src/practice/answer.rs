//! Answering a problem line by line.

use super::screen::readable;
use anyhow::{Context, Result};
use practice::{Asks, Line, Problem, Report, Rubric, Verdict, letter, record, scratch};
use progress::{Deed, Event, Store, now};
use std::io::{BufRead, Write};

/// What was typed.
enum Typed {
    Answer(String),
    Hint,
    Leave,
    Stop,
}

/// Asks line by line and grades as it goes; records the answer and returns its report.
pub(crate) fn answer(problem: &Problem, store: &mut Store) -> Result<Report> {
    println!("{}\n\n{}\n", readable(&problem.title), readable(problem.statement.trim()));
    if !problem.symbols.is_empty() {
        println!("Symbols:");
        for symbol in &problem.symbols {
            println!("  {:8} {}", symbol.name, readable(&symbol.meaning));
        }
        println!("Write a term of a sequence as g_i, a sum as sum(i = 1..t, g_i).\n");
    }
    println!("Enter ? for a hint, ! to leave a line, Ctrl-D to stop.\n");
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
                    println!("{}", report.marked());
                    if matches!(report.verdict, Verdict::Right | Verdict::Partly) {
                        break;
                    }
                    // Options can be tried one after the other; each wrong one counts as a hint.
                    if matches!(line.asks, Asks::Choice(_)) {
                        store.add(Event::help(now(), &problem.id, Deed::Hint))?;
                    }
                }
            }
        }
        println!();
    }
    let report = problem.check(&answers);
    record(store, problem, &report)?;
    println!("{} of {} points.", report.points, report.of);
    Ok(report)
}

fn show(problem: &Problem, number: usize, line: &Line) -> Result<()> {
    let place = match problem.lines.len() {
        1 => String::new(),
        count => format!("Line {} of {count}. ", number + 1),
    };
    println!("{place}{}", readable(&line.prompt));
    match &line.asks {
        Asks::Choice(choice) => {
            for (place, option) in choice.options.iter().enumerate() {
                println!("  {}) {}", letter(place), readable(&option.text));
            }
        }
        Asks::Order(order) => {
            for (place, text) in order.texts().iter().enumerate() {
                println!("  {}) {}", letter(place), readable(text));
            }
        }
        _ => {}
    }
    // The figures belong to the whole problem; they are drawn before its first line.
    if let Some(diagnosis) = problem.diagnosis().filter(|_| number == 0) {
        let run = diagnosis.run().map_err(anyhow::Error::msg)?;
        println!("\n  step      loss    gradient  update/rate      rate");
        for step in [
            1, 2, 5, 10, 20, 50, 100, 140, 150, 151, 155, 180, 200, 201, 205, 220, 260, 300, 350,
            400,
        ] {
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
        let page = format!(
            "<!doctype html><meta charset=\"utf-8\"><title>{}</title>\n{page}",
            problem.title
        );
        std::fs::write(&path, page).with_context(|| path.display().to_string())?;
        println!("\nIts figures, the size of each tensor among them: {}\n", path.display());
    }
    println!("{}", line.how_to_answer());
    Ok(())
}

fn typed(asks: &Asks) -> Result<Typed> {
    let Some(first) = line()? else { return Ok(Typed::Stop) };
    match first.as_str() {
        "?" => return Ok(Typed::Hint),
        "!" => return Ok(Typed::Leave),
        _ => {}
    }
    let Asks::Rubric(rubric) = asks else { return Ok(Typed::Answer(first)) };
    compare(rubric, &first)
}

/// The rubric is shown once something has been said.
fn compare(rubric: &Rubric, said: &str) -> Result<Typed> {
    println!("\nCompare. A good answer makes these points (* without these it is none):");
    for (number, point) in (1..).zip(&rubric.points) {
        println!("  {number}{} {}", if point.needed { "*" } else { " " }, readable(&point.text));
    }
    println!("Type the numbers of those you made, honestly; 0 if none.");
    let Some(marks) = line()? else { return Ok(Typed::Stop) };
    Ok(Typed::Answer(format!("{marks} | {said}")))
}

/// A line that is not blank; none at the end of the input.
pub(crate) fn line() -> Result<Option<String>> {
    loop {
        print!("> ");
        std::io::stdout().flush()?;
        let mut text = String::new();
        let read = std::io::stdin().lock().read_line(&mut text).context("reading your answer")?;
        if read == 0 {
            return Ok(None);
        }
        if !text.trim().is_empty() {
            return Ok(Some(text.trim().to_owned()));
        }
    }
}
