//! Pages that show the listed source files whole, so that a listing's link works offline.

use crate::chapter::{Chapter, Directive};
use crate::layout::Layout;
use crate::listing::is_any_marker;
use anyhow::{Context, Result};
use mdbook_driver::book::{Book, BookItem, Chapter as Page};
use std::collections::BTreeSet;

const TITLE: &str = "The source";

/// The page of a source file, relative to `book/src`:
/// `crates/descent/src/adam.rs` is shown in `source/descent/adam.md`.
pub fn page_of(file: &str) -> String {
    let place = file.trim_start_matches("crates/").replacen("/src/", "/", 1);
    format!("source/{}.md", place.trim_end_matches(".rs"))
}

/// Adds a page for every file that a chapter lists, below one that names them all.
///
/// # Errors
/// If a file cannot be read.
pub fn add(layout: &Layout, chapters: &[Chapter], book: &mut Book) -> Result<()> {
    let files: BTreeSet<&String> = chapters
        .iter()
        .flat_map(Chapter::directives)
        .filter_map(|directive| match directive {
            Directive::Listing { file, .. } => Some(file),
            _ => None,
        })
        .collect();
    if files.is_empty() {
        return Ok(());
    }
    let mut overview = format!(
        "# {TITLE}\n\nThe files that the chapters list parts of, whole. They are what the cells \
         run and what the tests test.\n\n"
    );
    let mut pages = Vec::new();
    for file in files {
        let source =
            std::fs::read_to_string(layout.root().join(file)).with_context(|| file.clone())?;
        let shown: Vec<&str> = source.lines().filter(|line| !is_any_marker(line)).collect();
        let content = format!("# `{file}`\n\n```rust\n{}\n```\n", shown.join("\n"));
        let path = page_of(file);
        let name = path
            .trim_start_matches("source/")
            .trim_end_matches(".md")
            .to_owned();
        overview += &format!("- [`{file}`]({})\n", path.trim_start_matches("source/"));
        pages.push(BookItem::Chapter(Page::new(
            &name,
            content,
            path,
            vec![TITLE.to_owned()],
        )));
    }
    let mut parent = Page::new(TITLE, overview, "source/index.md", Vec::new());
    parent.sub_items = pages;
    book.push_item(BookItem::Chapter(parent));
    Ok(())
}
