//! From chapter to notebook to page.
//!
//! ```text
//! book/src/NAME.md ──execute──▶ notebooks/NN-NAME.ipynb ──weave──▶ the page
//! ```
//!
//! A [`chapter`] is Markdown with executable cells. [`refresh`] runs them in a real evcxr
//! [`kernel`] and writes the [`notebook`], outputs included. [`page`] is an mdBook preprocessor
//! that puts those outputs back into the chapter, so that building the book runs nothing slow. The
//! notebook carries a [`freshness`] key; where it no longer fits, the book is not built.

pub mod benchmarks;
pub mod browser;
pub mod card;
pub mod chapter;
pub mod claim_text;
pub mod claims_page;
pub mod edition;
pub mod exploration;
pub mod freshness;
pub mod kernel;
pub mod layout;
pub mod ledger;
pub mod listing;
pub mod math;
pub mod notebook;
pub mod offline;
pub mod page;
pub mod plain_text;
pub mod policy;
pub mod practice_notebook;
pub mod practice_page;
pub mod problem;
pub mod refresh;
pub mod site;
pub mod slides;
pub mod source_page;
pub mod teaching;
pub mod template;
