//! The service worker, which keeps the hosted book working without a connection after one visit.
//!
//! It fetches every file of the site once, knows each by a hash of its content, and after a new
//! edition fetches again only what has changed. With a connection pages come from the network, so that
//! they are the newest; without one, or where it does not answer for three seconds, from the store.

use crate::site::files;
use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

const WORKER: &str = "service-worker.js";
const SOURCE: &str = include_str!("../../../book/theme/service-worker.js");

/// The page with the address of the service worker, seen from where the page is.
pub fn announced(html: &str, page: &Path) -> String {
    let up = "../".repeat(page.components().count() - 1);
    html.replacen(
        "<head>",
        &format!("<head>\n        <meta name=\"offline\" content=\"{up}{WORKER}\">"),
        1,
    )
}

/// Writes the service worker with the list of the site's files.
///
/// # Errors
/// If a file cannot be read or written.
pub fn write_worker(folder: &Path) -> Result<()> {
    let mut list = BTreeMap::new();
    for file in files(folder)? {
        let name: Vec<&str> = file
            .components()
            .filter_map(|part| match part {
                Component::Normal(part) => part.to_str(),
                _ => None,
            })
            .collect();
        let name = name.join("/");
        // Nobody reads those two offline, and they are as large as all the rest.
        if name == WORKER || name == "print.html" || name.starts_with('.') {
            continue;
        }
        let bytes = fs::read(folder.join(&file)).with_context(|| file.display().to_string())?;
        let hash: String = Sha256::digest(&bytes)[..8].iter().map(|b| format!("{b:02x}")).collect();
        list.insert(name, hash);
    }
    let worker = SOURCE.replace("/* the site's files */ {}", &json!(list).to_string());
    let path = folder.join(WORKER);
    fs::write(&path, worker).with_context(|| path.display().to_string())
}
