//! The whole site: the book as mdBook renders it, then what needs all of its pages at hand.

use crate::layout::Layout;
use crate::page::Weave;
use crate::{offline, policy, slides};
use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use std::fs;
use std::path::{Path, PathBuf};

/// Builds the book, gives each page its security policy, and writes the service worker that keeps the
/// site working offline. Where it is: in `folder`, or where `book.toml` says.
///
/// # Errors
/// If the book cannot be loaded or built; says what and where.
pub fn build(layout: &Layout, folder: Option<&Path>) -> Result<PathBuf> {
    let mut book = MDBook::load(layout.root()).context("loading book.toml and SUMMARY.md")?;
    if let Some(folder) = folder {
        book.config.build.build_dir = folder.to_owned();
    }
    // book.toml names this program as the preprocessor, so that plain `mdbook build` works;
    // from within it there is no need to start it again.
    book.with_preprocessor(Weave);
    book.build().context("building the book")?;
    let folder = book.build_dir_for("html");
    slides::write(&folder, layout, &layout.pages_of(&book.book)?)?;
    for page in files(&folder)?.iter().filter(|path| path.extension().is_some_and(|e| e == "html"))
    {
        let path = folder.join(page);
        let html = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let html = offline::announced(&policy::stated(&html)?, page);
        fs::write(&path, html).with_context(|| path.display().to_string())?;
    }
    offline::write_worker(&folder)?;
    Ok(folder)
}

/// Every file below a folder, by its path in it, in order.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    fn add(folder: &Path, root: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                add(&path, root, found)?;
            } else {
                found.push(path.strip_prefix(root).unwrap_or(&path).to_owned());
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    add(folder, folder, &mut found)?;
    found.sort();
    Ok(found)
}
