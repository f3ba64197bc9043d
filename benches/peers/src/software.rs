//! Which versions are timed.

use crate::contender::Contender;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::process::Command;

const LOCK: &str = include_str!("../Cargo.lock");

/// What a Rust worker is compiled from, by name.
pub fn compiled_in(contender: Contender) -> BTreeMap<String, String> {
    let crates: &[&str] = match contender {
        Contender::Descent | Contender::DescentUnchecked => &["descent", "rayon"],
        Contender::Candle => &["candle-core", "candle-nn"],
        Contender::Burn => &["burn", "burn-flex", "burn-optim"],
        _ => &[],
    };
    crates.iter().map(|&name| (name.to_owned(), locked(name))).collect()
}

/// The compiler, and where the book's optimizers stand.
///
/// # Errors
/// If git is missing.
pub fn built_with() -> Result<BTreeMap<String, String>> {
    let flags = env!("PEERS_RUSTFLAGS");
    let changed = git(&["status", "--porcelain", "--", "../../crates/descent"])?;
    let commit = git(&["rev-parse", "HEAD"])?;
    let commit = if changed.is_empty() { commit } else { commit + " with changes to descent" };
    Ok(BTreeMap::from([
        ("rustc".to_owned(), env!("PEERS_RUSTC").trim_start_matches("rustc ").to_owned()),
        ("RUSTFLAGS".to_owned(), if flags.is_empty() { "none" } else { flags }.to_owned()),
        ("descent commit".to_owned(), commit),
    ]))
}

fn locked(name: &str) -> String {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let version = LOCK.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    version.map_or("unknown", |(version, _)| version).to_owned()
}

fn git(arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR")])
        .args(arguments)
        .output()
        .context("git, which tells the version of descent, does not start")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
