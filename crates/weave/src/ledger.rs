//! The ledger: every claim of the book as it was measured in full size, kept in a file.
//!
//! Measuring all of them takes minutes, so it is done once for each state of the crates they rest
//! on, and everything that prints a number of a claim, the prose of the chapters and the ledger's
//! own page, takes it from here.

use crate::freshness;
use crate::layout::Layout;
use anyhow::{Context, Result, anyhow, bail};
use figures::short;
use lab::claims::{Claim, Quantity, Run};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The command that measures the claims again, as error messages name it.
pub const COMMAND: &str = "cargo run --release -- weave";

/// The claims, measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The fingerprint of the crates that the claims rest on.
    key: String,
    /// What was measured, by the claim's id, in the claim's own order.
    claims: BTreeMap<String, Vec<Entry>>,
}

/// A quantity of a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What the book refers to it by, within its claim.
    pub name: String,
    /// What the experiment gave.
    pub measured: f64,
    /// The same, to the digits that its tolerance warrants.
    pub quotable: f64,
    /// What it must be.
    pub expected: f64,
    /// How far it may be from that.
    pub tolerance: f64,
    /// Where the expected value comes from, in words.
    pub basis: String,
    /// Which theory or which runs.
    pub because: String,
}

impl From<&Quantity> for Entry {
    fn from(quantity: &Quantity) -> Self {
        Self {
            name: quantity.name.to_owned(),
            measured: quantity.measured,
            quotable: quantity.quotable(),
            expected: quantity.expected,
            tolerance: quantity.tolerance,
            basis: quantity.basis.label().to_owned(),
            because: quantity.because.to_owned(),
        }
    }
}

impl Entry {
    /// What the quantity must be, with the tolerance if there is one.
    pub fn must_be(&self) -> String {
        match self.tolerance {
            0.0 => short(self.expected),
            tolerance => format!("{} ± {}", short(self.expected), short(tolerance)),
        }
    }
}

impl Ledger {
    /// The ledger as it is stored, fresh or not; empty where there is none yet.
    ///
    /// # Errors
    /// If the file is there but is no ledger.
    pub fn load(layout: &Layout) -> Result<Self> {
        let path = layout.ledger();
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).map_err(|error| {
            anyhow!(
                "{}: this is no ledger that `descent weave` wrote ({error}); delete it and run \
                 `{COMMAND}`",
                path.display()
            )
        })
    }

    /// Whether the crates that the claims rest on are still those they were measured with.
    ///
    /// # Errors
    /// If a source file cannot be read.
    pub fn is_fresh(&self, layout: &Layout) -> Result<bool> {
        Ok(self.key == freshness::key_of_claims(layout)?)
    }

    /// The stored ledger, measured again and stored if it is not fresh. `report` is told how many
    /// of how many claims are done.
    ///
    /// # Errors
    /// If a claim does not hold: a book with a false claim is not printed.
    pub fn refresh(layout: &Layout, report: &(dyn Fn(usize, usize) + Sync)) -> Result<Self> {
        let stored = Self::load(layout)?;
        if stored.is_fresh(layout)? {
            return Ok(stored);
        }
        let ledger = Self { key: freshness::key_of_claims(layout)?, claims: measure_all(report)? };
        let mut text = serde_json::to_string_pretty(&ledger)?;
        text.push('\n');
        layout.write_whole(&layout.ledger(), &text)?;
        Ok(ledger)
    }

    /// What was measured for a claim.
    ///
    /// # Errors
    /// If there is no such claim, or it was not measured yet.
    pub fn entries(&self, id: &str) -> Result<&[Entry]> {
        if lab::claims::find(id).is_none() {
            let known: Vec<&str> = lab::claims::ledger().map(|claim| claim.id).collect();
            bail!("there is no claim `{id}`; known are {}", known.join(", "));
        }
        let entries = self
            .claims
            .get(id)
            .with_context(|| format!("claim `{id}` was not measured yet; run `{COMMAND}`"))?;
        Ok(entries)
    }

    /// One quantity of a claim.
    ///
    /// # Errors
    /// If there is no such claim or quantity.
    pub fn entry(&self, id: &str, quantity: &str) -> Result<&Entry> {
        let entries = self.entries(id)?;
        entries.iter().find(|entry| entry.name == quantity).ok_or_else(|| {
            let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
            anyhow!("claim `{id}` has no quantity `{quantity}`; it has {}", names.join(", "))
        })
    }

    /// A ledger of made-up claims.
    #[cfg(test)]
    pub(crate) fn with(id: &str, name: &str, quotable: f64) -> Self {
        let entry = Entry {
            name: name.to_owned(),
            measured: quotable,
            quotable,
            expected: quotable,
            tolerance: 0.0,
            basis: String::new(),
            because: String::new(),
        };
        Self { key: String::new(), claims: [(id.to_owned(), vec![entry])].into() }
    }
}

/// Measures side by side, the long claims first.
fn measure_all(report: &(dyn Fn(usize, usize) + Sync)) -> Result<BTreeMap<String, Vec<Entry>>> {
    let mut claims: Vec<&Claim> = lab::claims::ledger().collect();
    claims.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    let done = AtomicUsize::new(0);
    let measured = lab::parallel::map(&claims, |claim| {
        let entries = claim
            .check(Run::FULL)
            .map(|quantities| quantities.iter().map(Entry::from).collect::<Vec<_>>());
        report(1 + done.fetch_add(1, Ordering::Relaxed), claims.len());
        entries.map(|entries| (claim.id.to_owned(), entries))
    });
    let (held, failed): (Vec<_>, Vec<_>) = measured.into_iter().partition(Result::is_ok);
    let failures: Vec<String> = failed.into_iter().filter_map(Result::err).collect();
    match failures.is_empty() {
        true => Ok(held.into_iter().flatten().collect()),
        false => bail!("{}", failures.join("\n")),
    }
}
