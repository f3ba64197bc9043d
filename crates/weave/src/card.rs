//! An optimizer on one card: formula, defaults, memory, when, pitfalls, and the same in PyTorch and
//! Optax. A chapter shows the last two folded away; *Optimizers at a glance* shows all cards.

use crate::chapter::Chapter;
use crate::layout::Layout;
use anyhow::{Context, Result, bail};
use descent::memory::{Method, Storage};
use descent::{
    Adafactor, Adagrad, Adam, AdamW, AmsGrad, Lamb, Lars, Lion, Momentum, Muon, NAdam, Nesterov,
    RAdam, RmsProp, ScheduleFreeAdamW, Sgd, Shampoo, Signum, Soap,
};
use serde::Deserialize;
use std::fmt::{Debug, Write};
use std::path::Path;

/// A card, as its file in `book/cards` has it. Texts are Markdown.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The optimizer's name in prose.
    pub title: String,
    /// Where it is derived: a page, with an anchor if need be.
    pub home: String,
    /// Authors, year and section.
    pub source: String,
    /// What a step does, in TeX.
    pub formula: String,
    /// Where it is used.
    pub when: String,
    /// What goes wrong with it.
    pub pitfalls: String,
    /// PyTorch: the call, and the step on one tensor.
    pub pytorch: String,
    /// Optax: the same.
    pub optax: String,
}

/// An optimizer that has a card: the card's name, the optimizer's name in the memory tables, and its
/// default settings.
struct Listed {
    name: &'static str,
    method: &'static str,
    defaults: fn() -> String,
}

const fn listed(name: &'static str, method: &'static str, defaults: fn() -> String) -> Listed {
    Listed { name, method, defaults }
}

/// All cards, in the order of the book.
const CARDS: &[Listed] = &[
    listed("sgd", "sgd", || code(Sgd)),
    listed("momentum", "momentum", || code(Momentum::accumulated(0.9))),
    listed("nesterov", "nesterov", || code(Nesterov { beta: 0.9 })),
    listed("adagrad", "adagrad", || code(Adagrad::default())),
    listed("rmsprop", "rmsprop", || code(RmsProp::default())),
    listed("adam", "adam", || code(Adam::default())),
    listed("adamw", "adamw", || code(AdamW::default())),
    listed("lars", "lars", || code(Lars::default())),
    listed("lamb", "lamb", || code(Lamb::default())),
    listed("signum", "signum", || code(Signum::default())),
    listed("lion", "lion", || code(Lion::default())),
    listed("schedule-free", "schedule-free-adamw", || code(ScheduleFreeAdamW::default())),
    listed("adafactor", "adafactor", || code(Adafactor::default())),
    listed("shampoo", "shampoo", || code(Shampoo::default())),
    listed("soap", "soap", || code(Soap::default())),
    listed("muon", "muon", || code(Muon::default())),
    listed("amsgrad", "amsgrad", || code(AmsGrad::default())),
    listed("radam", "radam", || code(RAdam::default())),
    listed("nadam", "nadam", || code(NAdam::default())),
];

/// A value as Rust code would write it.
fn code(value: impl Debug) -> String {
    format!("{value:?}")
}

impl Card {
    /// The card of this name.
    ///
    /// # Errors
    /// If there is none, or its file is malformed; names the file and what it lacks.
    pub fn load(layout: &Layout, name: &str) -> Result<Self> {
        if !CARDS.iter().any(|card| card.name == name) {
            let known: Vec<&str> = CARDS.iter().map(|card| card.name).collect();
            bail!("there is no card `{name}`; known are {}", known.join(", "));
        }
        let path = layout.cards_folder().join(format!("{name}.toml"));
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    /// The same update in PyTorch and in Optax, as Markdown for a notebook.
    pub fn elsewhere_markdown(&self) -> String {
        let Self { title, pytorch, optax, .. } = self;
        format!(
            "**{title} elsewhere.** In PyTorch:\n\n```python\n{}\n```\n\nIn Optax:\n\n```python\n{}\n```",
            pytorch.trim(),
            optax.trim()
        )
    }

    /// The same, folded away, for the page.
    pub fn elsewhere_folded(&self) -> String {
        format!(
            "\n<details class=\"elsewhere\">\n<summary>{} in PyTorch and Optax</summary>\n\n{}\n\n</details>\n\n",
            self.title,
            self.elsewhere_markdown()
        )
    }
}

/// All cards, as Markdown.
///
/// # Errors
/// If a card's file is missing or malformed.
pub fn all(layout: &Layout, pages: &[Chapter]) -> Result<String> {
    let mut page = String::new();
    for Listed { name, method, defaults } in CARDS {
        let card = Card::load(layout, name)?;
        let Card { title, home, source, formula, when, pitfalls, .. } = &card;
        let memory = memory(Method::named(method)?);
        let _ = write!(
            page,
            "\n## {title} {{#{name}}}\n\n{formula}\n\n\
             | defaults here | `{}` |\n| --- | --- |\n| state | {memory} |\n| when | {} |\n| pitfalls | {} |\n\
             | derived in | [{}]({home}) |\n| source | {source} |\n{}",
            defaults(),
            when.trim(),
            pitfalls.trim(),
            title_of(home, pages),
            card.elsewhere_folded(),
        );
    }
    Ok(page)
}

/// The title of a page, by its file; the file's name if it is none of these.
fn title_of(file: &str, pages: &[Chapter]) -> String {
    let page = pages.iter().find(|page| page.path == Path::new(file));
    page.map_or_else(|| file.to_owned(), Chapter::title)
}

/// What an optimizer keeps, in bytes a parameter in single precision.
fn memory(method: Method) -> String {
    if method.moments.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<&str> = method.moments.iter().map(|(name, _)| *name).collect();
    let whole = method.moments.iter().filter(|(_, storage)| *storage == Storage::Full).count();
    let rest = match whole == names.len() {
        true => "",
        false => ", besides what grows with a matrix's sides",
    };
    format!("{}: {} bytes a parameter{rest}", names.join(", "), 4 * whole)
}
