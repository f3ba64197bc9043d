//! Notebooks in the format nbformat 4.5.
//!
//! The structures are our own because the file must come out the same, byte for byte, whenever
//! the chapter and the outputs are the same.

use crate::card::Card;
use crate::chapter::{Cell as ChapterCell, Chapter, Directive, Piece};
use crate::claim_text;
use crate::exploration;
use crate::layout::Layout;
use crate::ledger::Ledger;
use crate::listing::{difference, listing};
use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A notebook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notebook {
    /// Prose and code, in order.
    pub cells: Vec<Cell>,
    /// What is known about the notebook.
    pub metadata: Metadata,
    /// The major version of the format: 4.
    pub nbformat: u32,
    /// The minor version of the format: 5.
    pub nbformat_minor: u32,
}

/// What is known about a notebook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Ours.
    pub descent: Descent,
    /// Which kernel runs the notebook.
    pub kernelspec: BTreeMap<String, String>,
    /// The language of the code cells.
    pub language_info: BTreeMap<String, String>,
}

/// What the book stores in a notebook.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Descent {
    /// The chapter's file, relative to `book/src`.
    pub chapter: String,
    /// What the outputs depend on, see [`crate::freshness`]; empty where nothing was run.
    pub key: String,
    /// How long the last run took, kernel and all, in seconds.
    pub seconds: u64,
}

/// A cell of a notebook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cell_type", rename_all = "lowercase")]
pub enum Cell {
    /// An executed cell.
    Code {
        /// Its place in the order of execution, from 1.
        execution_count: Option<u32>,
        /// `code-` and the cell's name in the chapter.
        id: String,
        /// Tags.
        metadata: CellMetadata,
        /// What it put out.
        outputs: Vec<Output>,
        /// Its code, in lines.
        source: Vec<String>,
    },
    /// Prose.
    Markdown {
        /// `text-` and the place in the chapter.
        id: String,
        /// Tags.
        metadata: CellMetadata,
        /// Its Markdown, in lines.
        source: Vec<String>,
    },
}

/// What is known about a cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CellMetadata {
    /// What a cell of an assignment asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descent: Option<Asked>,
    /// What nbgrader does with the cell, in an assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbgrader: Option<Nbgrader>,
    /// `raises-exception` for cells that must fail; `varies` where outputs may differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Which problem a cell of an assignment is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The lines that are answered in it, from 1.
    pub lines: Vec<usize>,
    /// The problem's id.
    pub problem: String,
    /// The variant that is shown.
    pub variant: u64,
}

/// What nbgrader does with a cell: version 3 of its own format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nbgrader {
    /// Whether it is worth points.
    pub grade: bool,
    /// Its name in the gradebook.
    pub grade_id: String,
    /// Whether the instructor's text takes the place of whatever is handed in.
    pub locked: bool,
    /// The points that it is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// The format's version: 3.
    pub schema_version: u32,
    /// Whether it holds a student's answer.
    pub solution: bool,
    /// Whether it describes a task that is done elsewhere.
    pub task: bool,
}

/// Something that a cell put out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "output_type", rename_all = "snake_case")]
pub enum Output {
    /// Text that was printed.
    Stream {
        /// `stdout`.
        name: String,
        /// The text, in lines.
        text: Vec<String>,
    },
    /// The value of the last expression, by media type.
    ExecuteResult {
        /// One entry a media type, its text in lines.
        data: BTreeMap<String, Vec<String>>,
        /// The cell's place in the order of execution.
        execution_count: Option<u32>,
        /// Nothing.
        metadata: BTreeMap<String, String>,
    },
    /// Why the cell failed, where it was expected to.
    Error {
        /// The kind of error.
        ename: String,
        /// The message.
        evalue: String,
        /// More about it, in lines.
        traceback: Vec<String>,
    },
}

impl Notebook {
    /// The notebook of a chapter, with each cell's outputs as `outputs` gives them by cell name.
    ///
    /// # Errors
    /// If a listing, a problem or a claim that the chapter refers to does not exist.
    pub fn of_chapter(
        layout: &Layout,
        chapter: &Chapter,
        descent: Descent,
        ledger: &Ledger,
        outputs: &BTreeMap<String, Vec<Output>>,
    ) -> Result<Self> {
        let mut cells = Vec::new();
        let mut count = 0;
        for piece in &chapter.pieces {
            match piece {
                Piece::Cell(cell) => {
                    count += 1;
                    let outputs = outputs.get(&cell.id).cloned().unwrap_or_default();
                    cells.push(code_cell(cell, count, outputs));
                }
                Piece::Prose { markdown, line } => {
                    let text = claim_text::fill_in(markdown, ledger, |quote| quote.number.clone())
                        .with_context(|| chapter.place(*line))?;
                    cells.push(markdown_cell(cells.len(), &text));
                }
                Piece::Directive { directive, line } => {
                    let text =
                        directive_text(layout, directive).with_context(|| chapter.place(*line))?;
                    cells.push(markdown_cell(cells.len(), &text));
                }
            }
        }
        Ok(Self::new(cells, descent))
    }

    /// A notebook for the Rust kernel.
    pub fn new(cells: Vec<Cell>, descent: Descent) -> Self {
        let entry = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        Self {
            cells,
            metadata: Metadata {
                descent,
                kernelspec: [
                    entry("display_name", "Rust"),
                    entry("language", "rust"),
                    entry("name", "rust"),
                ]
                .into(),
                language_info: [
                    entry("codemirror_mode", "rust"),
                    entry("file_extension", ".rs"),
                    entry("mimetype", "text/rust"),
                    entry("name", "Rust"),
                    entry("pygment_lexer", "rust"),
                    entry("version", ""),
                ]
                .into(),
            },
            nbformat: 4,
            nbformat_minor: 5,
        }
    }

    /// The stored notebook of a chapter; `None` if there is none yet.
    ///
    /// # Errors
    /// If the file is there but no notebook of ours.
    pub fn load(layout: &Layout, chapter: &Chapter) -> Result<Option<Self>> {
        let path = layout.notebooks_folder().join(chapter.notebook_name());
        if !path.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let notebook = serde_json::from_str(&text).map_err(|error| {
            anyhow!(
                "{}: this is no notebook that `descent weave` wrote ({error}); delete it and run \
                 `cargo run --release -- weave {}`",
                path.display(),
                chapter.name
            )
        })?;
        Ok(Some(notebook))
    }

    /// The notebook as the text of its file.
    pub fn to_text(&self) -> String {
        let mut bytes = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        self.serialize(&mut serializer).expect("a notebook is made of strings and numbers");
        bytes.push(b'\n');
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }

    /// Each code cell's outputs, by the cell's name in the chapter.
    pub fn outputs(&self) -> BTreeMap<String, Vec<Output>> {
        let named = self.cells.iter().filter_map(|cell| match cell {
            Cell::Code { id, outputs, .. } => {
                Some((id.strip_prefix("code-")?.to_owned(), outputs.clone()))
            }
            Cell::Markdown { .. } => None,
        });
        named.collect()
    }
}

impl Output {
    /// The data of this media type, as one text.
    pub fn media(&self, media_type: &str) -> Option<String> {
        match self {
            Self::ExecuteResult { data, .. } => data.get(media_type).map(|lines| lines.concat()),
            _ => None,
        }
    }
}

/// A text as nbformat stores it: in lines that keep their ends.
pub fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn code_cell(cell: &ChapterCell, count: u32, outputs: Vec<Output>) -> Cell {
    let tag = |name: &str, set: bool| set.then(|| name.to_owned());
    let tags = [tag("raises-exception", cell.fails), tag("varies", cell.varies)];
    Cell::Code {
        execution_count: Some(count),
        id: format!("code-{}", cell.id),
        metadata: CellMetadata {
            tags: tags.into_iter().flatten().collect(),
            ..CellMetadata::default()
        },
        outputs,
        source: lines(&cell.code),
    }
}

pub(crate) fn markdown_cell(place: usize, text: &str) -> Cell {
    Cell::Markdown {
        id: format!("text-{place}"),
        metadata: CellMetadata::default(),
        source: lines(text.trim()),
    }
}

/// What stands in the notebook for something the page shows in its own way.
fn directive_text(layout: &Layout, directive: &Directive) -> Result<String> {
    Ok(match directive {
        Directive::Listing { file, anchor } => {
            let code = listing(layout.root(), file, anchor)?;
            format!("From [`{file}`](../{file}):\n\n```rust\n{code}\n```")
        }
        Directive::Difference { from, to, anchor } => {
            let lines = difference(layout.root(), from, to, anchor)?;
            format!("From [`{from}`](../{from}) to [`{to}`](../{to}):\n\n```diff\n{lines}\n```")
        }
        Directive::Elsewhere(name) => Card::load(layout, name)?.elsewhere_markdown(),
        Directive::Explore(id) => exploration::in_notebook(playground::exploration(id)?)?,
        Directive::Benchmarks
        | Directive::Claims
        | Directive::Cards
        | Directive::Problems(_)
        | Directive::Questions
        | Directive::SayFirst
        | Directive::Review
        | Directive::Drills
        | Directive::Interview
        | Directive::Goals
        | Directive::Plan(_)
        | Directive::Mistakes
        | Directive::Rubrics => "The tables and figures are in the book.\n".to_owned(),
        Directive::Problem(id) => {
            let problem = practice::Problem::load(&layout.problems_folder(), id)?;
            let prompts: Vec<String> = problem
                .lines
                .iter()
                .enumerate()
                .map(|(number, line)| format!("{}. {}", number + 1, line.prompt))
                .collect();
            format!(
                "**Problem: {}**\n\n{}\n\n{}",
                problem.title,
                problem.statement.trim(),
                prompts.join("\n")
            )
        }
    })
}
