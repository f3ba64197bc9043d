//! A chapter: Markdown prose, executable cells, and directives.
//!
//! ````text
//! ```rust cell=ravine            an executable cell, named `ravine`
//! ```rust cell=oops fails        it must fail, or the run does
//! ```rust cell=clock varies      its output may differ from run to run
//! ```rust cell=long limit=300    it may take this many seconds instead of 60
//! ```rust cell=try notebook      it is shown in the notebook only
//!
//! {{#listing crates/descent/src/rules/adam.rs update}}  a listing of real source, by anchor
//! {{#difference A.rs B.rs update}}                    what makes A's lines of an anchor into B's
//! {{#elsewhere adam}}                                 an optimizer in PyTorch and Optax, folded
//! {{#cards}}                                          every optimizer's card
//! {{#claims}}                                         every claim
//! {{#explore bias-correction}}                        an exploration of the playground
//! {{#problem bias-correction-derivation}}             a problem to be answered in place
//! {{#problems momentum}}                              every problem of a chapter
//! {{#questions}} {{#say-first}}                       the questions that are asked in interviews
//! {{#review}} {{#drills}} {{#interview}}              what is due, what to know by heart, a timed mix
//! {{#goals}} {{#plan ten-weeks}}                      what each chapter's reader can do, a course
//! {{#mistakes}} {{#rubrics}}                          what students get wrong, sheets to mark answers on
//! {{#benchmarks}}                                     the benchmark's tables and figures
//! {{claim first-step gradient-1}}                     a claim's measured number, within prose
//! ````

use anyhow::{Result, anyhow, bail};
use mdbook_driver::book::SectionNumber;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A chapter, taken apart.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The file, relative to `book/src`.
    pub path: PathBuf,
    /// The file's name without its ending: what the chapter is called on the command line.
    pub name: String,
    /// Its number in the book, if it has one.
    pub number: Option<u32>,
    /// Its parts, in order.
    pub pieces: Vec<Piece>,
}

/// A part of a chapter.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Markdown that is shown as it is, claims and formulas apart.
    Prose {
        /// The Markdown.
        markdown: String,
        /// The line of the chapter it begins at, from 1.
        line: usize,
    },
    /// An executable cell.
    Cell(Cell),
    /// A listing of source, an exploration or a problem.
    Directive {
        /// What is asked for.
        directive: Directive,
        /// The line of the chapter it stands at, from 1.
        line: usize,
    },
}

/// An executable cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its name, unique in the chapter.
    pub id: String,
    /// The Rust code, or evcxr commands.
    pub code: String,
    /// The line of the chapter at which its code begins, from 1.
    pub line: usize,
    /// Whether it must fail.
    pub fails: bool,
    /// Whether its output may differ from run to run.
    pub varies: bool,
    /// Whether it is shown in the notebook only.
    pub notebook_only: bool,
    /// How long it may run.
    pub limit: Duration,
}

/// What a chapter includes from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive {
    /// Lines of a source file.
    Listing {
        /// The file, relative to the repository's root.
        file: String,
        /// The anchor around the lines.
        anchor: String,
    },
    /// What must be changed in one listing to get another.
    Difference {
        /// The file to begin with, relative to the repository's root.
        from: String,
        /// The file to end with.
        to: String,
        /// The anchor around the lines in both.
        anchor: String,
    },
    /// An optimizer's update in PyTorch and Optax, by the name of its card.
    Elsewhere(String),
    /// Every optimizer's card.
    Cards,
    /// Every claim.
    Claims,
    /// An exploration, by id.
    Explore(String),
    /// A problem, by id.
    Problem(String),
    /// Every problem of a chapter.
    Problems(String),
    /// The questions that are asked in interviews, each with its full answer.
    Questions,
    /// The first sentence to say to each of them.
    SayFirst,
    /// What is due for review.
    Review,
    /// What should come from memory, and on which days.
    Drills,
    /// A timed mix of problems.
    Interview,
    /// Every chapter's goals.
    Goals,
    /// A course, by the id of its plan.
    Plan(String),
    /// What students get wrong.
    Mistakes,
    /// A sheet to mark answers on for each open question.
    Rubrics,
    /// The tables and figures of the benchmark against other libraries.
    Benchmarks,
}

/// How long a cell may run where it does not say.
const LIMIT: Duration = Duration::from_secs(60);
/// How long the first cell may run, which compiles the crates.
const SETUP_LIMIT: Duration = Duration::from_secs(600);

impl Chapter {
    /// Takes a chapter's Markdown apart.
    ///
    /// # Errors
    /// If a cell's description or a directive is malformed; says at which line and what to write.
    pub fn parse(path: &Path, number: Option<&SectionNumber>, content: &str) -> Result<Self> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let number = number.and_then(|number| number.first().copied());
        let mut chapter = Self { path: path.to_owned(), name, number, pieces: Vec::new() };
        let mut prose_from = 0;
        for (event, range) in Parser::new(content).into_offset_iter() {
            let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event else {
                continue;
            };
            if !info.contains("cell=") {
                continue;
            }
            let line = line_of(content, range.start);
            let cell = chapter.cell(&info, &content[range.clone()], line)?;
            chapter.add_prose(&content[prose_from..range.start], line_of(content, prose_from))?;
            chapter.pieces.push(Piece::Cell(cell));
            prose_from = range.end;
        }
        chapter.add_prose(&content[prose_from..], line_of(content, prose_from))?;
        chapter.check_cells()?;
        Ok(chapter)
    }

    /// The executable cells, in order.
    pub fn cells(&self) -> Vec<&Cell> {
        self.pieces
            .iter()
            .filter_map(|piece| if let Piece::Cell(cell) = piece { Some(cell) } else { None })
            .collect()
    }

    /// The directives, in order.
    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Directive { directive, .. } => Some(directive),
            _ => None,
        })
    }

    /// The stretches of prose, in order.
    pub fn prose(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Prose { markdown, .. } => Some(markdown.as_str()),
            _ => None,
        })
    }

    /// The heading that it begins with.
    pub fn title(&self) -> String {
        let heading = self.prose().flat_map(str::lines).find_map(|line| line.strip_prefix("# "));
        heading.unwrap_or(&self.name).to_owned()
    }

    /// How many minutes it takes to read, code and outputs apart, at 200 words a minute.
    pub fn reading_minutes(&self) -> usize {
        self.prose().flat_map(str::split_whitespace).count().div_ceil(200)
    }

    /// The name of the chapter's notebook.
    pub fn notebook_name(&self) -> String {
        format!("{:02}-{}.ipynb", self.number.unwrap_or(0), self.name)
    }

    /// A place in the chapter, as an error message names it.
    pub fn place(&self, line: usize) -> String {
        format!("book/src/{}:{line}", self.path.display())
    }

    fn cell(&self, info: &str, block: &str, line: usize) -> Result<Cell> {
        let place = self.place(line);
        let code: Vec<&str> = block.lines().collect();
        let code = code.get(1..code.len().saturating_sub(1)).unwrap_or_default().join("\n");
        let first = self.cells().is_empty();
        let mut cell = Cell {
            id: String::new(),
            code,
            line: line + 1,
            fails: false,
            varies: false,
            notebook_only: false,
            limit: if first { SETUP_LIMIT } else { LIMIT },
        };
        let mut words = info.split_whitespace();
        if words.next() != Some("rust") {
            bail!("{place}: a cell begins with ```rust cell=NAME, not ```{info}");
        }
        for word in words {
            match word.split_once('=') {
                Some(("cell", id)) => cell.id = id.to_owned(),
                Some(("limit", seconds)) => {
                    let seconds = seconds.parse().map_err(|_| {
                        anyhow!("{place}: limit={seconds} is not a whole number of seconds")
                    })?;
                    cell.limit = Duration::from_secs(seconds);
                }
                None if word == "fails" => cell.fails = true,
                None if word == "varies" => cell.varies = true,
                None if word == "notebook" => cell.notebook_only = true,
                _ => bail!(
                    "{place}: `{word}` means nothing to a cell; use cell=NAME, fails, varies, \
                     notebook or limit=SECONDS"
                ),
            }
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if cell.id.is_empty() || cell.id.len() > 50 || !cell.id.chars().all(allowed) {
            bail!("{place}: cell={} is no name; use letters, digits and dashes", cell.id);
        }
        Ok(cell)
    }

    /// Splits a stretch of prose at its directives.
    fn add_prose(&mut self, text: &str, first_line: usize) -> Result<()> {
        let (mut prose, mut prose_line) = (String::new(), first_line);
        let mut in_fence = false;
        for (offset, line) in text.split_inclusive('\n').enumerate() {
            let number = first_line + offset;
            in_fence ^= line.trim_start().starts_with("```");
            let directive = match line.trim().strip_prefix("{{#") {
                Some(rest) if !in_fence => Some(self.directive(rest, number)?),
                _ => None,
            };
            let Some(directive) = directive else {
                prose += line;
                continue;
            };
            self.push_prose(std::mem::take(&mut prose), prose_line);
            prose_line = number + 1;
            self.pieces.push(Piece::Directive { directive, line: number });
        }
        self.push_prose(prose, prose_line);
        Ok(())
    }

    fn push_prose(&mut self, markdown: String, line: usize) {
        if !markdown.trim().is_empty() {
            self.pieces.push(Piece::Prose { markdown, line });
        }
    }

    fn directive(&self, rest: &str, line: usize) -> Result<Directive> {
        let words: Vec<&str> =
            rest.strip_suffix("}}").unwrap_or_default().split_whitespace().collect();
        Ok(match words[..] {
            ["listing", file, anchor] => {
                Directive::Listing { file: file.to_owned(), anchor: anchor.to_owned() }
            }
            ["difference", from, to, anchor] => Directive::Difference {
                from: from.to_owned(),
                to: to.to_owned(),
                anchor: anchor.to_owned(),
            },
            ["elsewhere", name] => Directive::Elsewhere(name.to_owned()),
            ["cards"] => Directive::Cards,
            ["claims"] => Directive::Claims,
            ["explore", id] => Directive::Explore(id.to_owned()),
            ["problem", id] => Directive::Problem(id.to_owned()),
            ["problems", chapter] => Directive::Problems(chapter.to_owned()),
            ["questions"] => Directive::Questions,
            ["say-first"] => Directive::SayFirst,
            ["review"] => Directive::Review,
            ["drills"] => Directive::Drills,
            ["interview"] => Directive::Interview,
            ["goals"] => Directive::Goals,
            ["plan", id] => Directive::Plan(id.to_owned()),
            ["mistakes"] => Directive::Mistakes,
            ["rubrics"] => Directive::Rubrics,
            ["benchmarks"] => Directive::Benchmarks,
            _ => bail!(
                "{}: `{{{{#{}` is no directive; write {{{{#listing FILE ANCHOR}}}}, \
                 {{{{#difference FROM TO ANCHOR}}}}, {{{{#elsewhere NAME}}}}, {{{{#explore ID}}}}, \
                 {{{{#problem ID}}}}, {{{{#problems CHAPTER}}}}, {{{{#questions}}}}, {{{{#say-first}}}}, {{{{#review}}}}, \
                 {{{{#drills}}}}, {{{{#interview}}}}, {{{{#goals}}}}, {{{{#plan ID}}}}, {{{{#mistakes}}}}, {{{{#rubrics}}}}, \
                 {{{{#benchmarks}}}}, {{{{#cards}}}} or {{{{#claims}}}}",
                self.place(line),
                rest.trim()
            ),
        })
    }

    /// What the kernel would not report, or not reliably, is refused before it runs.
    fn check_cells(&self) -> Result<()> {
        let mut seen = HashSet::new();
        for cell in self.cells() {
            let place = self.place(cell.line);
            if !seen.insert(&cell.id) {
                bail!("{place}: there is already a cell named `{}` in this chapter", cell.id);
            }
            if uses_question_mark(&cell.code) {
                bail!(
                    "{place}: cell `{}` uses `?`, and the kernel hides the errors that it returns; \
                     use .unwrap(), so that an error stops the run",
                    cell.id
                );
            }
        }
        Ok(())
    }
}

/// Whether the code has a `?` outside of strings and comments. Code that is not made of Rust
/// tokens is left to the kernel to complain about.
fn uses_question_mark(code: &str) -> bool {
    fn visit(tokens: proc_macro2::TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Punct(punct) => punct.as_char() == '?',
            proc_macro2::TokenTree::Group(group) => visit(group.stream()),
            _ => false,
        })
    }
    code.parse().is_ok_and(visit)
}

fn line_of(content: &str, offset: usize) -> usize {
    content[..offset].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::{Chapter, Directive, Piece};
    use std::path::Path;
    use std::time::Duration;

    fn parse(content: &str) -> anyhow::Result<Chapter> {
        Chapter::parse(Path::new("example.md"), None, content)
    }

    #[test]
    fn a_chapter_is_prose_cells_and_directives() {
        let chapter = parse(
            "# Title\n\nText.\n\n```rust cell=one\nlet x = 1;\n```\n\n{{#explore thing}}\n\nMore.\n\n\
             ```rust cell=two fails limit=5\npanic!()\n```\n",
        )
        .unwrap();
        let kinds: Vec<&str> = chapter
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Prose { .. } => "prose",
                Piece::Cell(_) => "cell",
                Piece::Directive { .. } => "directive",
            })
            .collect();
        assert_eq!(kinds, ["prose", "cell", "directive", "prose", "cell"]);
        let cells = chapter.cells();
        assert_eq!((cells[0].code.as_str(), cells[0].line), ("let x = 1;", 6));
        assert!(cells[1].fails && cells[1].limit == Duration::from_secs(5));
        let directives: Vec<_> = chapter.directives().cloned().collect();
        assert_eq!(directives, [Directive::Explore("thing".into())]);
    }

    #[test]
    fn what_is_malformed_is_named_with_its_line() {
        for (content, place, message) in [
            ("\n```rust cell=a loud\n1\n```", "example.md:2", "`loud` means nothing"),
            ("```rust cell=a\n1\n```\n```rust cell=a\n2\n```", "example.md:5", "already a cell"),
            ("```rust cell=\n1\n```", "example.md:1", "is no name"),
            ("```rust cell=a\nf()?;\n```", "example.md:2", "uses `?`"),
            ("```python cell=a\n1\n```", "example.md:1", "begins with ```rust"),
            ("text\n\n{{#include x}}\n", "example.md:3", "is no directive"),
        ] {
            let error = parse(content).unwrap_err().to_string();
            assert!(error.contains(place) && error.contains(message), "{content}: {error}");
        }
    }

    #[test]
    fn a_question_mark_in_a_string_or_comment_is_no_operator() {
        assert!(parse("```rust cell=a\nprintln!(\"why?\"); // why?\n```").is_ok());
    }
}
