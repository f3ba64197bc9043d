//! The playground, compiled to WebAssembly and packed as a script.
//!
//! Browsers refuse to load modules from `file://`, so the module travels as base64 inside a plain
//! script.

use crate::layout::Layout;
use anyhow::{Context, Result, bail};
use base64::Engine;
use std::fs;
use std::process::Command;

/// Where the script is in the built book.
pub const SCRIPT: &str = "generated/playground.js";

const TARGET: &str = "wasm32-unknown-unknown";
const FLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// Compiles the playground, which takes no time if nothing has changed, and writes the script
/// into `book/src/generated`, from where mdBook copies it.
///
/// # Errors
/// If it does not compile; says what cargo said, and how to get the WebAssembly target.
pub fn build(layout: &Layout) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(layout.root())
        // A library that could draw seeds from the system declares so; nothing in the page does.
        .env(FLAGS, "--cfg getrandom_backend=\"unsupported\"")
        .args(["build", "--quiet", "--locked", "--package", "playground"])
        .args(["--target", TARGET, "--profile", "page"])
        .output()
        .context("running cargo to compile the playground")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "the playground does not compile to WebAssembly:\n{}\nif the target is missing, run \
             `rustup target add {TARGET}`",
            said.trim()
        );
    }
    let module = layout.root().join("target").join(TARGET).join("page/playground.wasm");
    let bytes = fs::read(&module).with_context(|| module.display().to_string())?;
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let script = format!("window.descentPlayground = \"{encoded}\";\n");
    let path = layout.chapters_folder().join(SCRIPT);
    if fs::read_to_string(&path).is_ok_and(|present| present == script) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(&path)).context("book/src/generated")?;
    fs::write(&path, script).with_context(|| path.display().to_string())
}
