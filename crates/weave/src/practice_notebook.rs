//! A chapter's problems as a notebook: what is asked, and cells to answer in. It is not run; the answers
//! are the learner's.

use crate::chapter::Chapter;
use crate::layout::Layout;
use crate::notebook::{self, Cell, CellMetadata, Notebook, lines};
use crate::problem;
use anyhow::{Context, Result};
use practice::{Asks, Kind, Line, Problem, letter};
use std::fmt::Write;
use std::fs;

/// The notebook's file.
pub fn name(chapter: &Chapter) -> String {
    format!("practice-{}", chapter.notebook_name())
}

/// Where the book has a copy to download, by the chapter's name.
pub fn download(chapter: &str) -> String {
    format!("generated/practice-{chapter}.ipynb")
}

/// The notebook with a chapter's problems, easiest first; none if it has none.
///
/// # Errors
/// If a problem cannot be read, or the chapter has no cell that sets up a notebook.
pub fn of_chapter(layout: &Layout, chapter: &Chapter) -> Result<Option<Notebook>> {
    let problems = problem::of_chapter(layout, &chapter.name)?;
    if problems.is_empty() {
        return Ok(None);
    }
    let cells = chapter.cells();
    let setup = cells.first().with_context(|| format!("{} has no cells", chapter.place(1)))?;
    let mut cells = vec![
        notebook::markdown_cell(0, &introduction(chapter, problems.len())),
        code_cell("set-up", &setup.code),
    ];
    for problem in &problems {
        let id = &problem.id;
        cells.push(notebook::markdown_cell(cells.len(), &question(problem, Help::Folded)));
        if problem.diagnosis().is_some() {
            let code =
                format!("// The run, as figures: look at it first.\npractice::run_of(\"{id}\")");
            cells.push(code_cell(&format!("run-{id}"), &code));
        }
        cells.push(code_cell(&format!("answer-{id}"), &answer(problem)));
        cells.push(notebook::markdown_cell(cells.len(), &solution(problem)));
    }
    let chapter = chapter.path.display().to_string();
    Ok(Some(Notebook::new(cells, notebook::Descent { chapter, ..Default::default() })))
}

/// Writes every chapter's notebook to where mdBook copies it from.
///
/// # Errors
/// As [`of_chapter`], or if a file cannot be written.
pub fn write_downloads(layout: &Layout, chapters: &[Chapter]) -> Result<()> {
    for chapter in chapters.iter().filter(|chapter| !chapter.cells().is_empty()) {
        let path = layout.chapters_folder().join(download(&chapter.name));
        let Some(notebook) = of_chapter(layout, chapter)? else { continue };
        let text = notebook.to_text();
        if !fs::read_to_string(&path).is_ok_and(|present| present == text) {
            fs::create_dir_all(path.parent().unwrap_or(&path)).context("book/src/generated")?;
            fs::write(&path, text).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

fn introduction(chapter: &Chapter, count: usize) -> String {
    format!(
        "# Practice: {title}\n\n{count} problems on [{title}]({notebook}), easiest first. Run the cell \
         below, then answer in the cells behind the problems and run them: type between the quotation \
         marks, or write the function in the place of `todo!()`. Answers are graded by the same code as \
         in the book's page and on the command line, and count there too: `cargo run --release -- \
         practice` shows what you have solved.\n\nA graded function is compiled in a process of its own, \
         with limits: whatever it does, this notebook goes on. To try a function first, define it in a \
         cell of your own and call it (`:clear` forgets it again); the chapter's own imports are there. After \
         an interrupt, run the first cell again.",
        title = chapter.title(),
        notebook = chapter.notebook_name(),
    )
}

/// Whether a question comes with what helps to answer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    /// Hints and the points of a rubric, folded away.
    Folded,
    /// Neither, as where answers are marked.
    Withheld,
}

/// What a problem gives and asks, in Markdown.
pub fn question(problem: &Problem, help: Help) -> String {
    let mut text = format!(
        "## {}\n\n*{}, difficulty {} of 5, about {} minutes: `{}`*\n\n{}\n",
        problem.title,
        problem.kind().name(),
        problem.difficulty,
        problem.minutes,
        problem.id,
        problem.statement.trim()
    );
    if !problem.symbols.is_empty() {
        text += "\nSymbols you can type, with `* / ^` and parentheses as in a program, a term of a \
                 sequence as `g_i` and a sum as `sum(i = 1..t, g_i)`:\n\n";
        for symbol in &problem.symbols {
            let _ = writeln!(text, "- `{}`: {}", symbol.name, symbol.meaning);
        }
    }
    for (number, line) in (1..).zip(&problem.lines) {
        let number = match problem.lines.len() {
            1 => String::new(),
            _ => format!("{number}. "),
        };
        let _ = write!(text, "\n**{number}{}**\n\n{}", line.prompt.trim(), choices(line, help));
        // A function is filled in where it stands; that needs no words. Nor does an essay that a reader marks.
        let plain = match line.asks {
            Asks::Code(_) => true,
            Asks::Rubric(_) => help == Help::Withheld,
            _ => false,
        };
        if !plain {
            let _ = write!(text, "{}\n\n", line.how_to_answer());
        }
        if help == Help::Folded {
            for (place, hint) in (1..).zip(&line.hints) {
                text += &folded(&format!("Hint {place}"), hint);
            }
        }
        text.push('\n');
    }
    text
}

/// What can be chosen, put in order or marked.
fn choices(line: &Line, help: Help) -> String {
    let lettered = |texts: Vec<&str>| {
        let items = texts.iter().enumerate();
        items.map(|(place, text)| format!("- **{}** {text}\n", letter(place))).collect::<String>()
            + "\n"
    };
    match &line.asks {
        Asks::Choice(choice) => {
            lettered(choice.options.iter().map(|option| option.text.as_str()).collect())
        }
        Asks::Order(order) => lettered(order.texts()),
        Asks::Rubric(rubric) if help == Help::Folded => {
            let points: Vec<String> = rubric
                .points
                .iter()
                .map(|point| {
                    let needed =
                        if point.needed { " (an answer without this is none)" } else { "" };
                    format!("{}{needed}", point.text)
                })
                .collect();
            folded(
                "Compare, once you have answered: which of these did you say?",
                &numbered(&points),
            ) + "\n"
        }
        _ => String::new(),
    }
}

fn answer(problem: &Problem) -> String {
    let id = &problem.id;
    match (problem.code(), problem.lines.len()) {
        (Some(code), _) => {
            format!("practice::graded!(\"{id}\" {{\n{}\n}})", code.starter.trim_end())
        }
        (None, 1) => format!("practice::grade(\"{id}\", &[\"\"])"),
        (None, count) => {
            let lines: String =
                (1..=count).map(|number| format!("    \"\", // line {number}\n")).collect();
            format!("practice::grade(\"{id}\", &[\n{lines}])")
        }
    }
}

fn solution(problem: &Problem) -> String {
    let mut text = problem.solution.trim().to_owned();
    for follow_up in &problem.follow_ups {
        let _ = write!(text, "\n\n**And then: {}**\n\n{}", follow_up.ask, follow_up.answer.trim());
    }
    let name = match problem.kind() {
        Kind::Essay => "The full answer, and what is asked next",
        _ => "The solution, after a try of your own",
    };
    folded(name, &text)
}

fn numbered(items: &[String]) -> String {
    (1..).zip(items).map(|(number, item)| format!("{number}. {item}\n")).collect()
}

/// Markdown that is seen once it is opened.
fn folded(summary: &str, markdown: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{}\n\n</details>\n", markdown.trim())
}

fn code_cell(id: &str, code: &str) -> Cell {
    Cell::Code {
        execution_count: None,
        id: id.to_owned(),
        metadata: CellMetadata::default(),
        outputs: Vec::new(),
        source: lines(code),
    }
}
