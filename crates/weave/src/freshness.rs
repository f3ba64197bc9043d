//! What a chapter's outputs depend on, as a key.
//!
//! The key covers the chapter's cells, the sources of the workspace crates that the cells use, the
//! problems the chapter shows, and the locked versions of everything those crates depend on. Prose
//! is not covered: changing it changes no output. The measured claims have a key of their own.

use crate::chapter::{Cell, Chapter, Directive};
use crate::layout::Layout;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The freshness key of a chapter.
///
/// # Errors
/// If a source file or Cargo.lock cannot be read.
pub fn key(layout: &Layout, chapter: &Chapter) -> Result<String> {
    let mut hasher = Sha256::new();
    for cell in chapter.cells() {
        add(
            &mut hasher,
            &format!("{} {} {}", cell.id, cell.fails, cell.varies),
            cell.code.as_bytes(),
        );
    }
    add_crates(&mut hasher, layout, dependencies(chapter.cells().into_iter()))?;
    for directive in chapter.directives() {
        if let Directive::Problem(id) = directive {
            add_folder(&mut hasher, layout, &layout.problems_folder().join(id))?;
        }
    }
    Ok(text(hasher))
}

/// The freshness key of what a kernel compiles for a set-up cell: the crates that it names.
///
/// # Errors
/// If a source file or Cargo.lock cannot be read.
pub fn key_of_setup(layout: &Layout, setup: &Cell) -> Result<String> {
    let mut hasher = Sha256::new();
    add(&mut hasher, &setup.id, setup.code.as_bytes());
    add_crates(&mut hasher, layout, dependencies(std::iter::once(setup)))?;
    Ok(text(hasher))
}

/// The freshness key of the measured claims: the crates that they rest on.
///
/// # Errors
/// If a source file or Cargo.lock cannot be read.
pub fn key_of_claims(layout: &Layout) -> Result<String> {
    let mut hasher = Sha256::new();
    add_crates(&mut hasher, layout, vec!["lab".to_owned()])?;
    Ok(text(hasher))
}

fn text(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds a named text so that neither name nor text can pass for a part of the other.
fn add(hasher: &mut Sha256, name: &str, content: &[u8]) {
    for part in [name.as_bytes(), content] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
}

fn add_folder(hasher: &mut Sha256, layout: &Layout, folder: &Path) -> Result<()> {
    for path in files(folder)? {
        let name = path.strip_prefix(layout.root()).unwrap_or(&path).display().to_string();
        add(hasher, &name, &std::fs::read(&path).with_context(|| name.clone())?);
    }
    Ok(())
}

/// Every file below a folder, in order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The crates that cells name in `:dep` lines.
fn dependencies<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<String> {
    cells
        .flat_map(|cell| cell.code.lines())
        .filter_map(|line| line.trim().strip_prefix(":dep")?.split('=').next())
        .map(|name| name.trim().to_owned())
        .collect()
}

/// Adds the sources of the workspace crates among `named` and of those they depend on, and the
/// locked versions of everything else.
fn add_crates(hasher: &mut Sha256, layout: &Layout, named: Vec<String>) -> Result<()> {
    let mut waiting = named;
    let mut used = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        let manifest = layout.crate_folder(&name).join("Cargo.toml");
        if !manifest.is_file() || !used.insert(name) {
            continue;
        }
        let text =
            std::fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
        let manifest: toml::Table = text.parse().with_context(|| manifest.display().to_string())?;
        if let Some(toml::Value::Table(dependencies)) = manifest.get("dependencies") {
            waiting.extend(dependencies.keys().cloned());
        }
    }
    for name in &used {
        add_folder(hasher, layout, &layout.crate_folder(name))?;
    }
    for package in locked_packages(layout, &used)? {
        add(hasher, "locked", package.as_bytes());
    }
    Ok(())
}

/// Name, version and checksum of every package in Cargo.lock that these crates depend on.
fn locked_packages(layout: &Layout, crates: &BTreeSet<String>) -> Result<Vec<String>> {
    let path = layout.root().join("Cargo.lock");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let lock: toml::Table = text.parse().with_context(|| path.display().to_string())?;
    let packages = lock.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let field = |package: &toml::Value, name: &str| {
        package.get(name).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    let mut waiting: Vec<String> = crates.iter().cloned().collect();
    let mut locked = BTreeSet::new();
    while let Some(dependency) = waiting.pop() {
        // A dependency is written as `name`, or `name version` where the name is not unique.
        let mut words = dependency.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        let matches = packages.iter().filter(|package| {
            field(package, "name") == name
                && version.is_none_or(|version| field(package, "version") == version)
        });
        for package in matches {
            let entry = format!(
                "{} {} {}",
                field(package, "name"),
                field(package, "version"),
                field(package, "checksum")
            );
            if locked.insert(entry) {
                let further = package.get("dependencies").and_then(toml::Value::as_array);
                waiting.extend(
                    further.into_iter().flatten().filter_map(|d| d.as_str().map(str::to_owned)),
                );
            }
        }
    }
    Ok(locked.into_iter().collect())
}
