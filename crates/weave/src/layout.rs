//! Where things are, and which chapters there are.

use crate::chapter::Chapter;
use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::book::Book;
use std::path::{Path, PathBuf};

/// The repository: every other place is found from its root.
#[derive(Clone, Debug)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The repository with this root, the folder that holds `book.toml`.
    ///
    /// # Errors
    /// If there is no `book.toml`.
    pub fn at(root: &Path) -> Result<Self> {
        if !root.join("book.toml").is_file() {
            bail!("{} holds no book.toml; run this inside the Descent repository", root.display());
        }
        let root = root.canonicalize().with_context(|| root.display().to_string())?;
        Ok(Self { root })
    }

    /// The repository around the current folder.
    ///
    /// # Errors
    /// If neither the current folder nor one above it holds a `book.toml`.
    pub fn find() -> Result<Self> {
        let here = std::env::current_dir().context("the current folder")?;
        match here.ancestors().find(|folder| folder.join("book.toml").is_file()) {
            Some(root) => Self::at(root),
            None => bail!(
                "no book.toml in {} or above it; run this inside the Descent repository",
                here.display()
            ),
        }
    }

    /// The root of the repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a crate of this workspace.
    pub fn crate_folder(&self, name: &str) -> PathBuf {
        self.root.join("crates").join(name)
    }

    /// Where chapters are.
    pub fn chapters_folder(&self) -> PathBuf {
        self.root.join("book/src")
    }

    /// Where problems are.
    pub fn problems_folder(&self) -> PathBuf {
        self.root.join("book/problems")
    }

    /// Where executed notebooks are.
    pub fn notebooks_folder(&self) -> PathBuf {
        self.root.join("notebooks")
    }

    /// The measured claims.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("book/claims.json")
    }

    /// Where the optimizers' cards are.
    pub fn cards_folder(&self) -> PathBuf {
        self.root.join("book/cards")
    }

    /// Writes a file so that an interruption leaves either the old one or the new one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_whole(&self, path: &Path, text: &str) -> Result<()> {
        let unfinished = path.with_extension("unfinished");
        std::fs::write(&unfinished, text).with_context(|| unfinished.display().to_string())?;
        std::fs::rename(&unfinished, path).with_context(|| path.display().to_string())
    }

    /// Where kernels keep what they compile.
    pub fn kernels_folder(&self) -> PathBuf {
        self.root.join("target/kernel")
    }

    /// Every chapter that has executable cells, in the order of the book.
    ///
    /// # Errors
    /// If the book cannot be loaded, or a chapter cannot be read; says which and where.
    pub fn chapters(&self) -> Result<Vec<Chapter>> {
        let book = MDBook::load(&self.root).context("loading book.toml and SUMMARY.md")?.book;
        let mut chapters = self.pages_of(&book)?;
        chapters.retain(|page| !page.cells().is_empty());
        Ok(chapters)
    }

    /// Every page of `book`, taken apart.
    ///
    /// # Errors
    /// If a page cannot be read; says which and where.
    pub fn pages_of(&self, book: &Book) -> Result<Vec<Chapter>> {
        let with_source = |page: &&mdbook_driver::book::Chapter| page.source_path.is_some();
        book.chapters()
            .filter(with_source)
            .map(|page| {
                let path = page.source_path.clone().unwrap_or_default();
                Chapter::parse(&path, page.number.as_ref(), &page.content)
            })
            .collect()
    }
}
