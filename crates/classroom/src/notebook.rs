//! An assignment as a notebook: questions, and cells to answer in. What stands in those cells is read as data;
//! nothing has to be run.

use crate::course::{Assignment, Set};
use anyhow::{Result, anyhow};
use practice::{Asks, Problem};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use weave::exploration;
use weave::notebook::{Asked, Cell, CellMetadata, Descent, Nbgrader, Notebook, lines};
use weave::practice_notebook::{self, Help};

/// What stands in an essay's cell before anything is written.
const UNWRITTEN: &str = "*Your answer.*";

/// Drawings beside a notebook: their files and their text.
pub(crate) type Pictures = Vec<(String, String)>;

/// A student's assignment, and the pictures beside it.
///
/// # Errors
/// If a run that is to be diagnosed cannot be drawn.
pub fn released(assignment: &Assignment, sets: &[Set]) -> Result<(String, Pictures)> {
    let introduction = format!(
        "# {}\n\nAnswer in the cells below the problems: type between the quotation marks, or write the \
         function in the place of `todo!()`. An answer is taken as the text that stands in its cell when you \
         hand this notebook in; nothing has to be run. To try a function, copy it into a cell of your own. You \
         can answer in `{}` and the files below `code/` instead: where both say something, those count.",
        assignment.title,
        crate::answers::FILE
    );
    let mut cells = vec![locked("introduction", &introduction)];
    let mut pictures = Vec::new();
    for Set { problem, .. } in sets {
        let (text, drawn) = question(problem)?;
        cells.push(locked(&format!("question-{}", problem.id), &text));
        pictures.extend(drawn);
        let (essays, by_machine): (Vec<usize>, Vec<usize>) = (1..=problem.lines.len())
            .partition(|number| matches!(problem.lines[number - 1].asks, Asks::Rubric(_)));
        cells.extend(essays.into_iter().map(|number| essay(problem, number, 0.0)));
        if !by_machine.is_empty() {
            cells.push(answer(problem, &by_machine));
        }
    }
    for cell in &mut cells {
        let (Cell::Code { metadata, .. } | Cell::Markdown { metadata, .. }) = cell;
        metadata.nbgrader = None;
    }
    Ok((Notebook::new(cells, Descent::default()).to_text(), pictures))
}

/// What a problem asks, with the figures of the run it is about.
pub(crate) fn question(problem: &Problem) -> Result<(String, Pictures)> {
    let id = &problem.id;
    let mut text = practice_notebook::question(problem, Help::Withheld);
    let mut pictures = Vec::new();
    if let Some(diagnosis) = problem.diagnosis() {
        let figures = diagnosis.figures().map_err(|error| anyhow!("{id}: {error}"))?;
        text += "\nThe run:\n";
        for (number, figure) in (1..).zip(figures) {
            let file = format!("figures/{id}-{number}.svg");
            let description = figure.description().replace(['[', ']'], "");
            let _ = write!(text, "\n![{description}]({file})\n");
            pictures.push((file, exploration::in_a_file(figure.svg())));
        }
    }
    Ok((text, pictures))
}

/// What stands in the cells of a notebook that somebody handed in, by problem and line. What is no notebook,
/// or no text in a cell, is no answer.
pub fn read(text: &str) -> BTreeMap<(String, usize), String> {
    let mut answers = BTreeMap::new();
    let notebook: Value = serde_json::from_str(text).unwrap_or_default();
    for cell in notebook["cells"].as_array().into_iter().flatten() {
        let asked = &cell["metadata"]["descent"];
        let Some(problem) = asked["problem"].as_str() else { continue };
        let lines = asked["lines"].as_array().into_iter().flatten().filter_map(Value::as_u64);
        let source = match &cell["source"] {
            Value::String(source) => source.clone(),
            lines => lines.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
        };
        let texts = match cell["cell_type"].as_str() {
            Some("code") => typed(&source),
            _ => vec![source.replace(UNWRITTEN, "")],
        };
        for (line, text) in lines.zip(texts) {
            let text = text.trim().to_owned();
            if let (Ok(line), false) = (usize::try_from(line), text.is_empty()) {
                answers.insert((problem.to_owned(), line), text);
            }
        }
    }
    answers
}

/// The texts between quotation marks in a cell such as `let answer = ["", ""];`.
fn typed(source: &str) -> Vec<String> {
    let tokens: TokenStream = source.parse().unwrap_or_default();
    let list = tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => Some(group.stream()),
        _ => None,
    });
    let literal = |token: TokenTree| match token {
        TokenTree::Literal(literal) => syn::parse_str::<syn::LitStr>(&literal.to_string()).ok(),
        _ => None,
    };
    list.into_iter().flatten().filter_map(literal).map(|literal| literal.value()).collect()
}

/// Markdown that students cannot change.
pub(crate) fn locked(name: &str, text: &str) -> Cell {
    let nbgrader = Nbgrader { locked: true, ..plain(name) };
    markdown(name, text, nbgrader, None)
}

/// An essay's cell, which a person marks.
pub(crate) fn essay(problem: &Problem, line: usize, points: f64) -> Cell {
    let name = format!("essay-{}-{line}", problem.id);
    let nbgrader = Nbgrader { grade: true, solution: true, points: Some(points), ..plain(&name) };
    markdown(&name, UNWRITTEN, nbgrader, Some(asked(problem, &[line])))
}

pub(crate) fn answer(problem: &Problem, by_machine: &[usize]) -> Cell {
    let name = format!("answer-{}", problem.id);
    let texts = by_machine.iter().filter_map(|number| {
        let text = match &problem.lines.get(number - 1)?.asks {
            Asks::Code(code) => raw(&format!("\n{}\n", code.starter.trim())),
            _ => "\"\"".to_owned(),
        };
        Some((number, text))
    });
    let texts: String = match by_machine {
        [_] => texts.map(|(_, text)| text).collect(),
        _ => {
            let list: String =
                texts.map(|(number, text)| format!("    {text}, // line {number}\n")).collect();
            format!("\n{list}")
        }
    };
    let source = format!("let {} = [{texts}];", variable(&problem.id));
    let nbgrader = Nbgrader { solution: true, ..plain(&name) };
    code(&name, &source, nbgrader, Some(asked(problem, by_machine)))
}

/// What nbgrader knows of a cell that it does nothing with.
pub(crate) fn plain(name: &str) -> Nbgrader {
    Nbgrader {
        grade: false,
        grade_id: name.to_owned(),
        locked: false,
        points: None,
        schema_version: 3,
        solution: false,
        task: false,
    }
}

pub(crate) fn asked(problem: &Problem, lines: &[usize]) -> Asked {
    Asked { lines: lines.to_vec(), problem: problem.id.clone(), variant: problem.seed }
}

fn markdown(name: &str, text: &str, nbgrader: Nbgrader, descent: Option<Asked>) -> Cell {
    Cell::Markdown {
        id: name.to_owned(),
        metadata: CellMetadata { descent, nbgrader: Some(nbgrader), ..CellMetadata::default() },
        source: lines(text.trim()),
    }
}

pub(crate) fn code(name: &str, text: &str, nbgrader: Nbgrader, descent: Option<Asked>) -> Cell {
    Cell::Code {
        execution_count: None,
        id: name.to_owned(),
        metadata: CellMetadata { descent, nbgrader: Some(nbgrader), ..CellMetadata::default() },
        outputs: Vec::new(),
        source: lines(text),
    }
}

/// What the answers to a problem are called in the notebook.
pub(crate) fn variable(id: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("answer_{}", id.chars().map(word).collect::<String>())
}

/// A text between raw quotation marks, with room to type quotation marks into it.
fn raw(text: &str) -> String {
    let mut marks = "####".to_owned();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    format!("r{marks}\"{text}\"{marks}")
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::json;

    #[test]
    fn cells_are_read_as_text_and_not_as_code() {
        let cell = |kind: &str, source: &str, lines: &[usize]| {
            json!({"cell_type": kind, "source": [source],
                "metadata": {"descent": {"problem": "p", "lines": lines, "variant": 0}}})
        };
        let notebook = json!({"cells": [
            cell("code", "let a = [\"1/2\", \"\", r#\"pub fn f() { \"x\" }\"#]; panic!()", &[1, 2, 4]),
            cell("markdown", "*Your answer.*\nBecause.", &[3]),
            json!({"cell_type": "code", "source": "let b = [\"no\"];", "metadata": {}}),
        ]});
        let answers = read(&notebook.to_string());
        let of = |line| answers.get(&("p".to_owned(), line)).map(String::as_str);
        assert_eq!(of(1), Some("1/2"));
        assert_eq!(of(2), None);
        assert_eq!(of(3), Some("Because."));
        assert_eq!(of(4), Some("pub fn f() { \"x\" }"));
        assert!(read("no notebook").is_empty() && read("{\"cells\": [3, {}]}").is_empty());
    }
}
