//! `descent preprocess`: the book's preprocessor, as mdBook calls it.

use ::weave::page::Weave;
use anyhow::{Context, Result};
use mdbook_preprocessor::{Preprocessor, parse_input};
use std::process::ExitCode;

pub(crate) fn run(query: &[String]) -> Result<ExitCode> {
    if let [question, renderer] = query
        && question == "supports"
    {
        let supported = Weave.supports_renderer(renderer)?;
        return Ok(if supported { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let (context, book) = parse_input(std::io::stdin()).context("reading the book from mdBook")?;
    let book = Weave.run(&context, book)?;
    serde_json::to_writer(std::io::stdout(), &book).context("writing the book to mdBook")?;
    Ok(ExitCode::SUCCESS)
}
