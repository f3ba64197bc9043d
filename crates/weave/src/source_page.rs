//! The page that shows the listed source files whole, so that a listing's link works offline.

use crate::chapter::{Chapter, Directive};
use crate::layout::Layout;
use crate::listing::is_any_marker;
use anyhow::{Context, Result};
use mdbook_driver::book::{Book, BookItem, Chapter as Page};
use std::collections::BTreeSet;

const TITLE: &str = "The source";
const PATH: &str = "source.md";

/// Where a source file is shown, relative to `book/src`.
pub fn link(file: &str) -> String {
    format!("{PATH}#{}", anchor(file))
}

/// `crates/descent/src/rules/adam.rs` is shown under `descent-rules-adam`.
fn anchor(file: &str) -> String {
    let place = file.trim_start_matches("crates/").replacen("/src/", "/", 1);
    place.trim_end_matches(".rs").replace(['/', '_'], "-")
}

/// Adds the page, with every file that a chapter lists.
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
    let mut content = format!(
        "# {TITLE}\n\nThe files that the chapters list parts of, whole. They are what the cells run \
         and what the tests test.\n"
    );
    for file in files {
        let source =
            std::fs::read_to_string(layout.root().join(file)).with_context(|| file.clone())?;
        let shown: Vec<&str> = source.lines().filter(|line| !is_any_marker(line)).collect();
        let (anchor, shown) = (anchor(file), shown.join("\n"));
        content += &format!("\n## {file} {{#{anchor}}}\n\n```rust\n{shown}\n```\n");
    }
    book.push_item(BookItem::Chapter(Page::new(TITLE, content, PATH, Vec::new())));
    Ok(())
}
