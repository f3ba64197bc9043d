//! The page that shows the listed source files whole, so that a listing's link works offline.

use crate::chapter::{Chapter, Directive};
use crate::layout::Layout;
use crate::listing::is_any_marker;
use anyhow::{Context, Result};
use mdbook_driver::book::{Book, BookItem, Chapter as Page};
use std::collections::BTreeSet;

const TITLE: &str = "The source";
const PATH: &str = "source.md";
const CLAIMS_TITLE: &str = "The source of the claims";
const CLAIMS_PATH: &str = "source-of-claims.md";
const CLAIMS_FOLDER: &str = "crates/lab/src/claims";

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
        .flat_map(|directive| match directive {
            Directive::Listing { file, .. } => vec![file],
            Directive::Difference { from, to, .. } => vec![from, to],
            _ => Vec::new(),
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
    add_claims(layout, book)
}

/// Where the code of a claim is shown.
pub fn claim_link(id: &str) -> String {
    format!("{CLAIMS_PATH}#source-{id}")
}

/// Adds the page with the code of the claims, cut so that every claim can be linked to.
fn add_claims(layout: &Layout, book: &mut Book) -> Result<()> {
    let mut content = format!(
        "# {CLAIMS_TITLE}\n\nEvery claim with the code that measures it, in the files of \
         `{CLAIMS_FOLDER}`. `descent claims --id ID` runs one.\n"
    );
    let folder = layout.root().join(CLAIMS_FOLDER);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .with_context(|| CLAIMS_FOLDER.to_owned())?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    files.sort();
    for file in files {
        let source = std::fs::read_to_string(folder.join(&file)).with_context(|| file.clone())?;
        content += &format!("\n## {file}\n\n```rust\n");
        let mut lines = source.lines().peekable();
        while let Some(line) = lines.next() {
            let id = lines.peek().and_then(|next| next.trim().strip_prefix("id: \""));
            if let (Some(id), "Claim {") = (id, line.trim()) {
                let id = id.trim_end_matches("\",");
                content += &format!("```\n\n<span id=\"source-{id}\"></span>\n\n```rust\n");
            }
            content += line;
            content.push('\n');
        }
        content += "```\n";
    }
    book.push_item(BookItem::Chapter(Page::new(CLAIMS_TITLE, content, CLAIMS_PATH, Vec::new())));
    Ok(())
}
