//! `descent build`: the book as static pages.

use ::weave::layout::Layout;
use ::weave::page::Weave;
use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) fn run(layout: &Layout) -> Result<ExitCode> {
    let folder = build(layout)?;
    println!("The book is in {}; open {}", folder.display(), folder.join("index.html").display());
    Ok(ExitCode::SUCCESS)
}

/// Builds the book and says where it is.
pub(crate) fn build(layout: &Layout) -> Result<PathBuf> {
    let mut book = MDBook::load(layout.root()).context("loading book.toml and SUMMARY.md")?;
    // book.toml names this program as the preprocessor, so that plain `mdbook build` works;
    // from within it there is no need to start it again.
    book.with_preprocessor(Weave);
    book.build().context("building the book")?;
    Ok(book.build_dir_for("html"))
}
