//! Problems answered in a notebook kernel: graded as everywhere, kept among the learner's progress, and
//! nothing that an answer does harms the kernel.
//!
//! Needs evcxr_jupyter. Where it is missing the test says so and passes, unless
//! `DESCENT_DEMAND` is set.

use practice::{Kind, Problem, open, open_all};
use progress::{Log, Standing};
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;
use weave::chapter::Chapter;
use weave::kernel::{Kernel, block_on, program};
use weave::notebook::{Cell, Notebook};
use weave::practice_notebook;
use weave::template::Template;
use whole::{layout, skip};

const LIMIT: Duration = Duration::from_secs(120);

/// What these cells put out, all in one kernel with this file of progress.
fn run(cells: &[String], progress: &Path) -> Option<Vec<String>> {
    let layout = layout();
    if program(&layout.kernels_folder()).is_err() {
        skip("evcxr_jupyter is not installed");
        return None;
    }
    let template = Template::prepare(&layout, &|note| println!("{note}")).unwrap();
    let workplace = template.workplace().unwrap();
    let outputs = block_on(async {
        let folder = layout.notebooks_folder();
        let mut kernel = Kernel::start(|| {
            let mut command = workplace.command(&folder);
            command.env(progress::ELSEWHERE, progress);
            command
        })
        .await?;
        let mut outputs = Vec::new();
        for cell in cells {
            let execution = kernel.execute(cell, LIMIT).await?;
            let failure = execution.failure.map(|failure| format!("FAILED {failure}"));
            outputs.push(format!("{}{:?}", failure.unwrap_or_default(), execution.outputs));
        }
        kernel.shut_down().await?;
        anyhow::Ok(outputs)
    });
    Some(outputs.unwrap())
}

fn chapter(name: &str) -> Chapter {
    layout().chapters().unwrap().into_iter().find(|chapter| chapter.name == name).unwrap()
}

fn setup() -> String {
    chapter("bias-correction").cells()[0].code.clone()
}

fn graded(body: &str) -> String {
    let starter = open("adam-step").unwrap().code().unwrap().starter.clone();
    format!("practice::graded!(\"adam-step\" {{\n{}\n}})", starter.replace("todo!()", body))
}

#[test]
fn an_answer_in_a_cell_is_graded_and_cannot_harm_the_kernel() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("progress.jsonl");
    let solution = &open("adam-step").unwrap().code().unwrap().solution.clone();
    let cells = [
        setup(),
        graded("todo!()"),
        format!("practice::graded!(\"adam-step\" {{\n// as typed\n{solution}\n}})"),
        graded("std::process::exit(0)"),
        graded("loop { std::hint::black_box(0); }"),
        graded("panic!(\"boom\")"),
        graded("theta[0] = \"text\";"),
        "practice::grade(\"first-step-without-corrections\", &[\"0.1\"])".to_owned(),
        "1 + 1".to_owned(),
    ];
    let Some(outputs) = run(&cells, &file) else { return };
    for (output, wanted) in outputs.iter().zip([
        "",
        "todo!()",
        "5 of 5 points",
        "is not open to it",
        "stopped after",
        "It panicked: boom",
        "does not compile",
        "0 of 3 points",
        "2",
    ]) {
        assert!(output.contains(wanted) && !output.contains("FAILED"), "{wanted}: {output}");
    }
    let log = Log::parse(&std::fs::read_to_string(file).unwrap());
    assert_eq!(log.standing("adam-step"), Standing::Solved);
    assert_eq!(log.standing("first-step-without-corrections"), Standing::Tried);
}

/// The table that goes through the page and the command line as well.
#[test]
fn the_notebook_grades_as_the_crate_does() {
    let folder = tempfile::tempdir().unwrap();
    let derivation = open("bias-correction-derivation").unwrap();
    let table: Vec<Vec<String>> = serde_json::from_str(include_str!("../answers.json")).unwrap();
    let mut rows: Vec<(Problem, Vec<String>)> =
        table.into_iter().map(|answers| (derivation.clone(), answers)).collect();
    let (slow, quick): (Vec<Problem>, Vec<Problem>) = open_all()
        .unwrap()
        .into_iter()
        .partition(|problem| matches!(problem.kind(), Kind::Code | Kind::Diagnosis));
    for problem in quick.iter().chain(slow.iter().step_by(12)) {
        rows.extend(problem.trials().map(|answers| (problem.clone(), answers)));
    }
    assert!(rows.len() > 400);
    // A cell with all of them would be long for its compiler.
    let cells: Vec<String> = rows
        .chunks(100)
        .map(|rows| {
            let mut cell = String::new();
            for (problem, answers) in rows {
                let id = &problem.id;
                let _ = writeln!(
                    cell,
                    "println!(\"{{}}\", practice::grade::<&str>(\"{id}\", &{answers:?}).text());"
                );
            }
            cell
        })
        .collect();
    let cells = [vec![setup()], cells].concat();
    let Some(outputs) = run(&cells, &folder.path().join("progress.jsonl")) else { return };
    for (rows, output) in rows.chunks(100).zip(&outputs[1..]) {
        assert!(!output.contains("FAILED"), "{output}");
        let mut rest = output.as_str();
        for (problem, answers) in rows {
            // The output is a list of lines, as Rust writes strings.
            let report = problem.check(answers).text();
            for line in report.lines() {
                let line = format!("{line:?}");
                let line = line.trim_matches('"');
                let (_, after) = rest.split_once(line).unwrap_or_else(|| {
                    panic!("{}: {answers:?}: not in order: {line}\n{output}", problem.id)
                });
                rest = after;
            }
        }
    }
}

/// A chapter's practice notebook runs as it is given to the learner, and again with its answers.
#[test]
fn a_chapters_practice_notebook_runs_blank_and_solved() {
    let folder = tempfile::tempdir().unwrap();
    let notebook =
        practice_notebook::of_chapter(&layout(), &chapter("bias-correction")).unwrap().unwrap();
    let blank = code(&notebook);
    let mut cells: Vec<String> = blank.iter().map(|(_, source)| source.clone()).collect();
    for (id, source) in &blank[1..] {
        let Some(problem) = id.strip_prefix("answer-") else { continue };
        let problem = open(problem).unwrap();
        let [answers, _] = problem.trials();
        let mut solved = match problem.code() {
            Some(code) => source.replace(code.starter.trim_end(), &code.solution),
            None => source.clone(),
        };
        for answer in answers.iter().filter(|_| problem.code().is_none()) {
            solved = solved.replacen("\"\"", &format!("{answer:?}"), 1);
        }
        assert_ne!(&solved, source);
        cells.push(solved);
    }
    let Some(outputs) = run(&cells, &folder.path().join("progress.jsonl")) else { return };
    for (cell, output) in cells.iter().zip(&outputs) {
        assert!(!output.contains("FAILED"), "{cell}\n{output}");
    }
    for ((id, source), output) in blank.iter().zip(&outputs) {
        match id.split_once('-') {
            Some(("answer", problem)) => {
                let none = format!("0 of {} points", open(problem).unwrap().points());
                assert!(output.contains(&none), "{source}\n{output}");
            }
            Some(("run", _)) => assert!(output.contains("<svg"), "{output}"),
            _ => {}
        }
    }
    for (cell, output) in cells.iter().zip(&outputs).skip(blank.len()) {
        let id = cell.split('"').nth(1).unwrap();
        let points = open(id).unwrap().points();
        assert!(output.contains(&format!("{points} of {points} points")), "{cell}\n{output}");
    }
}

/// The code cells: their ids and what stands in them.
fn code(notebook: &Notebook) -> Vec<(String, String)> {
    let cells = notebook.cells.iter().filter_map(|cell| match cell {
        Cell::Code { id, source, .. } => Some((id.clone(), source.concat())),
        Cell::Markdown { .. } => None,
    });
    cells.collect()
}
