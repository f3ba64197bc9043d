//! The mdBook preprocessor: chapters with their outputs, formulas, explorations and problems.

use crate::benchmarks;
use crate::browser;
use crate::card::{self, Card};
use crate::chapter::{Cell, Chapter, Directive, Piece};
use crate::claim_text;
use crate::claims_page;
use crate::exploration;
use crate::layout::Layout;
use crate::ledger::{self, Ledger};
use crate::listing::{difference, listing};
use crate::math::formulas_to_mathml;
use crate::notebook::{Notebook, Output};
use crate::practice_notebook;
use crate::practice_page;
use crate::problem::{self, escape, without_blank_lines};
use crate::refresh::fresh_notebook;
use crate::slides;
use crate::source_page;
use crate::teaching;
use anyhow::{Context, Result, anyhow, bail};
use mdbook_driver::book::{Book, BookItem};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use std::collections::{BTreeMap, BTreeSet};

/// The preprocessor.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weave;

impl Preprocessor for Weave {
    fn name(&self) -> &str {
        "weave"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let layout = Layout::at(&context.root)?;
        let pages = layout.pages_of(&book)?;
        let notebooks = fresh_notebooks(&layout, &pages)?;
        let ledger = fresh_ledger(&layout)?;
        browser::build(&layout, &pages)?;
        practice_notebook::write_downloads(&layout, &pages)?;
        let mut failure = None;
        book.for_each_mut(|item| {
            let BookItem::Chapter(page) = item else {
                return;
            };
            let Some(parsed) = pages.iter().find(|p| Some(&p.path) == page.source_path.as_ref())
            else {
                return;
            };
            let woven = Weaving { layout: &layout, pages: &pages, ledger: &ledger }
                .page(parsed, notebooks.get(&parsed.name));
            match woven {
                Ok(content) => page.content = content,
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
        source_page::add(&layout, &pages, &mut book)?;
        Ok(book)
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }
}

/// The notebooks of all pages with cells, or every reason why one cannot be used.
fn fresh_notebooks(layout: &Layout, pages: &[Chapter]) -> Result<BTreeMap<String, Notebook>> {
    let mut notebooks = BTreeMap::new();
    let mut stale = Vec::new();
    for chapter in pages.iter().filter(|page| !page.cells().is_empty()) {
        match fresh_notebook(layout, chapter) {
            Ok(notebook) => {
                notebooks.insert(chapter.name.clone(), notebook);
            }
            Err(reason) => stale.push(format!("{reason:#}")),
        }
    }
    if stale.is_empty() { Ok(notebooks) } else { bail!("{}", stale.join("\n")) }
}

/// The measured claims.
fn fresh_ledger(layout: &Layout) -> Result<Ledger> {
    let stored = Ledger::load(layout)?;
    if !stored.is_fresh(layout)? {
        bail!(
            "book/claims.json is stale: the crates that the claims rest on have changed since they \
             were measured; run `{}`",
            ledger::COMMAND
        );
    }
    Ok(stored)
}

/// What every page is made from.
#[derive(Clone, Copy)]
struct Weaving<'a> {
    layout: &'a Layout,
    pages: &'a [Chapter],
    ledger: &'a Ledger,
}

impl Weaving<'_> {
    /// A page; with its notebook's outputs, if it has cells.
    fn page(self, chapter: &Chapter, notebook: Option<&Notebook>) -> Result<String> {
        let outputs = notebook.map(Notebook::outputs).unwrap_or_default();
        let mut page = String::new();
        let mut quoted = BTreeSet::new();
        for piece in &chapter.pieces {
            match piece {
                Piece::Prose { markdown, line } => {
                    exploration::check_links(markdown)
                        .map_err(|error| located(|line| chapter.place(line), *line, &error))?;
                    let text = self
                        .with_claims(markdown, &mut quoted)
                        .with_context(|| chapter.place(*line))?;
                    page += &formulas_to_mathml(&text)
                        .map_err(|error| located(|line| chapter.place(line), *line, &error))?;
                }
                Piece::Cell(cell) if cell.notebook_only => {}
                Piece::Cell(cell) => {
                    let first = chapter.cells().first().is_some_and(|first| first.id == cell.id);
                    let outputs = outputs.get(&cell.id).map_or(&[] as &[_], Vec::as_slice);
                    page += &cell_markup(cell, first, outputs);
                }
                Piece::Directive { directive, line } => {
                    page += &self
                        .directive(directive, &chapter.name)
                        .with_context(|| chapter.place(*line))?;
                }
            }
        }
        page += &browser::scripts(&page);
        Ok(match notebook {
            Some(notebook) => with_times(&page, chapter, notebook),
            None => page,
        })
    }

    /// Prose in which each claim's number links to its entry in the ledger; where a claim is quoted
    /// first, the entry links back.
    fn with_claims(self, markdown: &str, quoted: &mut BTreeSet<String>) -> Result<String> {
        claim_text::fill_in(markdown, self.ledger, |quote| {
            let id = quote.id;
            let anchor = match quoted.insert(id.to_owned()) {
                true => format!(" id=\"{}\"", claims_page::place(id)),
                false => String::new(),
            };
            format!(
                "<a class=\"measured\"{anchor} href=\"{}.html#{id}\">{}</a>",
                claims_page::PAGE,
                quote.number
            )
        })
    }

    fn directive(self, directive: &Directive, chapter: &str) -> Result<String> {
        let layout = self.layout;
        match directive {
            Directive::Listing { file, anchor } => {
                let code = listing(layout.root(), file, anchor)?;
                let page = source_page::link(file);
                Ok(format!(
                    "\n<div class=\"listing\">\n\nFrom [`{file}`]({page}):\n\n```rust\n{code}\n```\n\n</div>\n\n"
                ))
            }
            Directive::Difference { from, to, anchor } => {
                let lines = difference(layout.root(), from, to, anchor)?;
                let (before, after) = (source_page::link(from), source_page::link(to));
                Ok(format!(
                    "\n<div class=\"listing\">\n\nFrom [`{from}`]({before}) to \
                     [`{to}`]({after}):\n\n```diff\n{lines}\n```\n\n</div>\n\n"
                ))
            }
            Directive::Elsewhere(name) => Ok(Card::load(layout, name)?.elsewhere_folded()),
            Directive::Cards => formulas_to_mathml(&card::all(layout, self.pages)?),
            Directive::Claims => formulas_to_mathml(&claims_page::markup(self.ledger, self.pages)?),
            Directive::Explore(id) => exploration::markup(playground::exploration(id)?, chapter),
            Directive::Benchmarks => benchmarks::markup(layout.root()),
            Directive::Problem(id) => problem::markup(layout, id),
            Directive::Problems(chapter) => practice_page::problems(layout, chapter),
            Directive::Questions => practice_page::questions(layout),
            Directive::SayFirst => practice_page::say_first(layout),
            Directive::Review => practice_page::review(layout),
            Directive::Drills => practice_page::drills(layout),
            Directive::Interview => practice_page::interview(layout),
            Directive::Goals => teaching::goals(layout),
            Directive::Plan(id) => teaching::plan(layout, id),
            Directive::Mistakes => teaching::mistakes(layout),
            Directive::Rubrics => teaching::rubrics(layout),
        }
    }
}

/// The page with the times that reading and running it take, below its title.
fn with_times(page: &str, chapter: &Chapter, notebook: &Notebook) -> String {
    let title = format!("# {}\n", chapter.title());
    let times = format!(
        "\n<p class=\"times\">{} minutes to read; the notebook took {} seconds to run on two \
         cores; <a href=\"{}\">slides</a></p>\n",
        chapter.reading_minutes(),
        notebook.metadata.descent.seconds,
        slides::file(&chapter.name)
    );
    page.replacen(&title, &format!("{title}{times}"), 1)
}

/// A formula's error with its line in the file instead of in the stretch of prose.
fn located(
    place: impl Fn(usize) -> String,
    first_line: usize,
    error: &anyhow::Error,
) -> anyhow::Error {
    let text = error.to_string();
    let (offset, message) = text.split_once(": ").unwrap_or(("0", &text));
    anyhow!("{}: {message}", place(first_line + offset.parse().unwrap_or(0)))
}

fn cell_markup(cell: &Cell, setup: bool, outputs: &[Output]) -> String {
    let code = format!("```rust\n{}\n```", cell.code);
    let mut markup = format!("\n<div class=\"cell\" id=\"cell-{}\">\n\n", cell.id);
    if setup {
        markup += "<details class=\"setup\">\n<summary>Set-up: run this first in the notebook</summary>\n\n";
        markup += &code;
        markup += "\n\n</details>\n\n";
    } else {
        markup += &code;
        markup += "\n\n";
    }
    for output in outputs {
        let block = match output {
            Output::Stream { text, .. } => preformatted("output", &text.concat()),
            Output::Error { traceback, .. } => preformatted("output error", &traceback.concat()),
            Output::ExecuteResult { .. } => match output.media("text/html") {
                Some(html) => without_blank_lines(&html),
                None => preformatted("output", &output.media("text/plain").unwrap_or_default()),
            },
        };
        markup += &block;
        markup += "\n\n";
    }
    if cell.varies {
        markup +=
            "<p class=\"varies\">Measured on the author's machine; yours will differ.</p>\n\n";
    }
    markup + "</div>\n\n"
}

fn preformatted(class: &str, text: &str) -> String {
    format!("<pre class=\"{class}\" tabindex=\"0\">{}</pre>", escape(text.trim_end()))
}
