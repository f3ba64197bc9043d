//! Bringing notebooks up to date, and telling whether they are.

use crate::chapter::{Cell, Chapter, Directive};
use crate::exploration;
use crate::freshness;
use crate::kernel::{Execution, Kernel, block_on};
use crate::layout::Layout;
use crate::ledger::Ledger;
use crate::notebook::{self, Notebook, Output, lines};
use crate::practice_notebook;
use crate::template::Template;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::time::Instant;

/// The command that refreshes a chapter, as error messages name it.
pub fn command(chapter: &str) -> String {
    format!("cargo run --release -- weave {chapter}")
}

/// What is reported while notebooks are brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Something that takes a while begins.
    Note(&'a str),
    /// So many of so many claims have been measured.
    Claims(usize, usize),
    /// A chapter's cell begins: the chapter, the cell's place from 1, how many there are, its name.
    Cell(&'a str, usize, usize, &'a str),
    /// A chapter's notebook has been written after a run.
    Ran(&'a str),
    /// A chapter's outputs are fresh; its prose was brought up to date.
    Rewritten(&'a str),
    /// A chapter's notebook is as it should be.
    Unchanged(&'a str),
}

/// How a stored notebook stands to its chapter.
#[derive(Clone, Debug, PartialEq)]
enum Standing {
    /// It is what a refresh would write.
    Current,
    /// Its outputs are fresh, but its prose or its claims are not. This is what it should be.
    Behind(Box<Notebook>),
    /// Its outputs are stale, or there is none.
    Stale,
}

/// Brings the notebooks of these chapters (all of them, if none is named) up to date: runs those
/// whose outputs are stale, as many side by side as there are cores.
///
/// # Errors
/// If a chapter cannot be run from its first cell to its last; says at which chapter, cell and
/// line, and what the kernel said. Other chapters' notebooks are written all the same.
pub fn refresh(
    layout: &Layout,
    names: &[String],
    report: &(dyn Fn(Progress) + Sync),
) -> Result<()> {
    let chapters = select(layout, names)?;
    for chapter in &chapters {
        for (name, text) in beside(layout, chapter)? {
            if !is_stored(layout, &name, &text) {
                save(layout, &name, &text)?;
                report(Progress::Rewritten(&name));
            }
        }
    }
    let ledger = Ledger::refresh(layout, &|done, all| report(Progress::Claims(done, all)))?;
    let mut stale = Vec::new();
    for chapter in &chapters {
        let key = freshness::key(layout, chapter)?;
        match standing(layout, chapter, &key, &ledger)? {
            Standing::Current => report(Progress::Unchanged(&chapter.name)),
            Standing::Behind(rewritten) => {
                save(layout, &chapter.notebook_name(), &rewritten.to_text())?;
                report(Progress::Rewritten(&chapter.name));
            }
            Standing::Stale => stale.push((chapter, key)),
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    let template = Template::prepare(layout, &|note| report(Progress::Note(note)))?;
    side_by_side(&stale, |(chapter, key)| {
        // What the text refers to is looked up before minutes are spent on the cells.
        notebook(layout, chapter, key, 0, &ledger, &BTreeMap::new())?;
        let began = Instant::now();
        let outputs = run(layout, &template, chapter, report)?;
        let seconds = began.elapsed().as_secs();
        let notebook = notebook(layout, chapter, key, seconds, &ledger, &outputs)?;
        save(layout, &chapter.notebook_name(), &notebook.to_text())?;
        report(Progress::Ran(&chapter.name));
        Ok(())
    })
}

/// Checks that the notebooks of these chapters are what a refresh would write, without running a
/// cell.
///
/// # Errors
/// Names every notebook that is not, with the command that mends it.
pub fn check(layout: &Layout, names: &[String]) -> Result<()> {
    let mut complaints = Vec::new();
    let ledger = Ledger::load(layout)?;
    if !ledger.is_fresh(layout)? {
        complaints
            .push("book/claims.json: the claims are not measured with these crates".to_owned());
    }
    for chapter in select(layout, names)? {
        let key = freshness::key(layout, &chapter)?;
        let name = chapter.notebook_name();
        match standing(layout, &chapter, &key, &ledger)? {
            Standing::Current => {}
            Standing::Behind(_) => complaints
                .push(format!("notebooks/{name}: its prose or claims are behind the chapter")),
            Standing::Stale => {
                complaints.push(format!("notebooks/{name}: its outputs are stale or missing"));
            }
        }
        for (name, text) in beside(layout, &chapter)? {
            if !is_stored(layout, &name, &text) {
                complaints.push(format!("notebooks/{name}: it is behind what it is made from"));
            }
        }
    }
    match complaints.is_empty() {
        true => Ok(()),
        false => bail!("{}\nrun `cargo run --release -- weave`", complaints.join("\n")),
    }
}

/// Runs every cell of these chapters again and compares what it puts out with what is stored.
///
/// # Errors
/// Names every cell whose output differs, with both outputs.
pub fn check_by_running(
    layout: &Layout,
    names: &[String],
    report: &(dyn Fn(Progress) + Sync),
) -> Result<()> {
    check(layout, names)?;
    let template = Template::prepare(layout, &|note| report(Progress::Note(note)))?;
    side_by_side(&select(layout, names)?, |chapter| {
        let outputs = run(layout, &template, chapter, report)?;
        let stored = Notebook::load(layout, chapter)?.map(|stored| stored.outputs());
        let differences = differences(chapter, &stored.unwrap_or_default(), &outputs);
        if !differences.is_empty() {
            bail!("{}", differences.join("\n"));
        }
        report(Progress::Unchanged(&chapter.name));
        Ok(())
    })
}

/// The stored notebook of a chapter, if its outputs are fresh.
///
/// # Errors
/// If they are not; names the notebook and the command that refreshes it.
pub fn fresh_notebook(layout: &Layout, chapter: &Chapter) -> Result<Notebook> {
    let key = freshness::key(layout, chapter)?;
    match Notebook::load(layout, chapter)? {
        Some(stored) if stored.metadata.descent.key == key => Ok(stored),
        _ => bail!(
            "notebooks/{} is stale: the chapter's cells, or a crate they use, have changed since it \
             was run; run `{}`",
            chapter.notebook_name(),
            command(&chapter.name)
        ),
    }
}

fn select(layout: &Layout, names: &[String]) -> Result<Vec<Chapter>> {
    let chapters = layout.chapters()?;
    for name in names {
        if !chapters.iter().any(|chapter| chapter.name == *name) {
            let known: Vec<&str> = chapters.iter().map(|chapter| chapter.name.as_str()).collect();
            bail!("there is no chapter `{name}` with cells; known are {}", known.join(", "));
        }
    }
    let wanted = |chapter: &Chapter| names.is_empty() || names.contains(&chapter.name);
    Ok(chapters.into_iter().filter(wanted).collect())
}

fn standing(layout: &Layout, chapter: &Chapter, key: &str, ledger: &Ledger) -> Result<Standing> {
    let Some(stored) = Notebook::load(layout, chapter)? else {
        return Ok(Standing::Stale);
    };
    let descent = &stored.metadata.descent;
    if descent.key != key {
        return Ok(Standing::Stale);
    }
    let outputs = stored.outputs();
    let rewritten = notebook(layout, chapter, key, descent.seconds, ledger, &outputs)?;
    match rewritten == stored {
        true => Ok(Standing::Current),
        false => Ok(Standing::Behind(Box::new(rewritten))),
    }
}

fn notebook(
    layout: &Layout,
    chapter: &Chapter,
    key: &str,
    seconds: u64,
    ledger: &Ledger,
    outputs: &BTreeMap<String, Vec<Output>>,
) -> Result<Notebook> {
    let descent = notebook::Descent {
        chapter: chapter.path.display().to_string(),
        key: key.to_owned(),
        seconds,
    };
    Notebook::of_chapter(layout, chapter, descent, ledger, outputs)
}

/// The files beside a chapter's notebook that are made without running anything: the notebook of its
/// problems, and the pictures of its explorations. Their names, and what must stand in them.
fn beside(layout: &Layout, chapter: &Chapter) -> Result<Vec<(String, String)>> {
    let problems = practice_notebook::of_chapter(layout, chapter)?;
    let problems = problems.map(|notebook| (practice_notebook::name(chapter), notebook.to_text()));
    let mut files: Vec<(String, String)> = problems.into_iter().collect();
    for directive in chapter.directives() {
        if let Directive::Explore(id) = directive {
            files.extend(exploration::pictures(playground::exploration(id)?)?);
        }
    }
    Ok(files)
}

fn is_stored(layout: &Layout, name: &str, text: &str) -> bool {
    fs::read_to_string(layout.notebooks_folder().join(name)).is_ok_and(|stored| stored == text)
}

fn save(layout: &Layout, name: &str, text: &str) -> Result<()> {
    let path = layout.notebooks_folder().join(name);
    let folder = path.parent().unwrap_or(&path);
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    layout.write_whole(&path, text)
}

/// Runs a chapter's cells in a new kernel, from the first to the last.
fn run(
    layout: &Layout,
    template: &Template,
    chapter: &Chapter,
    report: &(dyn Fn(Progress) + Sync),
) -> Result<BTreeMap<String, Vec<Output>>> {
    let workplace = template.workplace()?;
    let cells = chapter.cells();
    block_on(async {
        let directory = layout.notebooks_folder();
        let mut kernel = Kernel::start(|| {
            let mut command = workplace.command(&directory);
            // What the book's own cells answer is no learner's progress.
            command.env(progress::ELSEWHERE, layout.kernels_folder().join("progress.jsonl"));
            command
        })
        .await?;
        let mut outputs = BTreeMap::new();
        let mut outcome = Ok(());
        for (index, cell) in cells.iter().enumerate() {
            report(Progress::Cell(&chapter.name, index + 1, cells.len(), &cell.id));
            let execution = kernel.execute(&cell.code, cell.limit).await?;
            match verdict(chapter, cell, execution, index as u32 + 1) {
                Ok(kept) => outputs.insert(cell.id.clone(), kept),
                Err(failure) => {
                    outcome = Err(failure);
                    break;
                }
            };
        }
        kernel.shut_down().await?;
        outcome.map(|()| outputs)
    })
}

/// What is kept of a cell's execution, or why it stops the run.
fn verdict(
    chapter: &Chapter,
    cell: &Cell,
    execution: Execution,
    count: u32,
) -> Result<Vec<Output>> {
    let place = chapter.place(cell.line);
    let mut outputs = execution.outputs;
    for output in &mut outputs {
        if let Output::ExecuteResult { execution_count, .. } = output {
            *execution_count = Some(count);
        }
    }
    match (execution.failure, cell.fails) {
        (None, false) => Ok(outputs),
        (None, true) => {
            bail!("{place}: cell `{}` is marked `fails`, but it ran without failing", cell.id)
        }
        (Some(failure), false) => bail!("{place}: cell `{}` failed:\n{failure}", cell.id),
        (Some(failure), true) => {
            outputs.push(Output::Error {
                ename: "Error".to_owned(),
                evalue: failure.lines().next().unwrap_or_default().to_owned(),
                traceback: lines(&failure),
            });
            Ok(outputs)
        }
    }
}

fn differences(
    chapter: &Chapter,
    stored: &BTreeMap<String, Vec<Output>>,
    now: &BTreeMap<String, Vec<Output>>,
) -> Vec<String> {
    let empty = Vec::new();
    let mut differences = Vec::new();
    for cell in chapter.cells() {
        let before = stored.get(&cell.id).unwrap_or(&empty);
        let after = now.get(&cell.id).unwrap_or(&empty);
        if !cell.varies && before != after {
            differences.push(format!(
                "{}: cell `{}` puts out something else than is stored\n  stored: {}\n  now:    {}",
                chapter.place(cell.line),
                cell.id,
                summary(before),
                summary(after)
            ));
        }
    }
    differences
}

fn summary(outputs: &[Output]) -> String {
    let text = outputs
        .iter()
        .map(|output| match output {
            Output::Stream { text, .. } => text.concat(),
            Output::ExecuteResult { .. } => output.media("text/plain").unwrap_or_default(),
            Output::Error { evalue, .. } => evalue.clone(),
        })
        .collect::<Vec<_>>()
        .join(" | ");
    text.chars().take(600).collect()
}

/// Applies `work` to every item, on as many threads as there are cores, and gathers the errors.
fn side_by_side<T: Sync>(items: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let errors = Mutex::new(Vec::new());
    lab::parallel::map(items, |item| {
        if let Err(error) = work(item) {
            errors.lock().expect("no thread panics while it holds this lock").push(error);
        }
    });
    let errors = errors.into_inner().expect("no thread panics while it holds this lock");
    if errors.is_empty() {
        return Ok(());
    }
    let messages: Vec<String> = errors.iter().map(|error| format!("{error:#}")).collect();
    Err(anyhow!("{}", messages.join("\n\n")))
}
