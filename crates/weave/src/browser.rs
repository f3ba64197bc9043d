//! The playground, compiled to WebAssembly and packed as scripts, and the scripts that use it.
//!
//! Browsers refuse to load modules from `file://`, so a module travels as base64 inside a plain
//! script, deflated. Each page that explores has a module of its own, with the explorations that it
//! shows, so that it loads no more than it uses; what grades problems is one for all pages.

use crate::chapter::{Chapter, Directive};
use crate::layout::Layout;
use anyhow::{Context, Result, bail};
use base64::Engine;
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use std::process::Command;
use walrus::{Export, Module};

const TARGET: &str = "wasm32-unknown-unknown";
const FLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
/// Where the scripts are in the built book.
const FOLDER: &str = "generated";
/// The module that grades problems, and the feature of the playground that it has.
const PRACTICE: &str = "practice";
/// The scripts that use them.
const SCRIPTS: [&str; 3] = ["playground", "explore", "practice"];
/// More passes make a module smaller by a thousandth.
const PASSES: NonZeroU64 = NonZeroU64::new(3).expect("three is not zero");
/// What the page calls.
const EXPORTS: [&str; 4] = ["memory", "reserve", "respond", "release"];

/// Compiles the playground for these pages, which takes seconds if nothing has changed, and writes the
/// scripts into `book/src/generated`, from where mdBook copies them.
///
/// # Errors
/// If it does not compile; says what cargo said, and how to get the WebAssembly target.
pub fn build(layout: &Layout, pages: &[Chapter]) -> Result<()> {
    let folder = layout.chapters_folder().join(FOLDER);
    let cache = layout.root().join("target/page");
    for place in [&folder, &cache] {
        fs::create_dir_all(place).with_context(|| place.display().to_string())?;
    }
    for script in SCRIPTS {
        let source = layout.root().join("book/theme").join(script).with_extension("js");
        let text = fs::read(&source).with_context(|| source.display().to_string())?;
        write_changed(&folder.join(format!("{script}.js")), &text)?;
    }
    let mut modules = vec![(PRACTICE, PRACTICE.to_owned())];
    for page in pages {
        let explored = page.directives().filter_map(|directive| match directive {
            Directive::Explore(id) => Some(id.as_str()),
            _ => None,
        });
        // An exploration's id is the name of its feature.
        let features: Vec<&str> = explored.collect();
        if !features.is_empty() {
            modules.push((&page.name, features.join(",")));
        }
    }
    for (name, features) in modules {
        let bytes = compile(layout, &features)?;
        // Making it small takes seconds; it is done once for each module that came out.
        let compiled = cache.join(format!("{name}.wasm"));
        let script = folder.join(format!("module-{name}.js"));
        if script.is_file() && fs::read(&compiled).is_ok_and(|before| before == bytes) {
            continue;
        }
        let packed = packed(&slim(&bytes)?)?;
        fs::write(&script, format!("window.descentModules[\"{name}\"] = \"{packed}\";\n"))
            .with_context(|| script.display().to_string())?;
        fs::write(&compiled, bytes).with_context(|| compiled.display().to_string())?;
    }
    Ok(())
}

/// The playground with these features, as cargo leaves it.
fn compile(layout: &Layout, features: &str) -> Result<Vec<u8>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(layout.root())
        // A library that could draw seeds from the system declares so; nothing in the page does.
        .env(FLAGS, "--cfg getrandom_backend=\"unsupported\"")
        .args(["build", "--quiet", "--locked", "--package", "playground"])
        .args(["--no-default-features", "--features", features])
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
    fs::read(&module).with_context(|| module.display().to_string())
}

/// The module without what the page does not call. Libraries that could draw on a canvas bring along
/// thousands of exports for it, which are two fifths of the file.
fn slim(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(bytes).context("reading the playground's module")?;
    let foreign: Vec<_> = module
        .exports
        .iter()
        .filter(|export| !EXPORTS.contains(&export.name.as_str()))
        .map(Export::id)
        .collect();
    foreign.into_iter().for_each(|export| module.exports.delete(export));
    let customs: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    customs.into_iter().for_each(|custom| drop(module.customs.delete(custom)));
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// Deflated, as small as that can be, in base64.
fn packed(bytes: &[u8]) -> Result<String> {
    let options = zopfli::Options { iteration_count: PASSES, ..zopfli::Options::default() };
    let mut deflated = Vec::new();
    zopfli::compress(options, zopfli::Format::Deflate, bytes, &mut deflated)?;
    Ok(base64::engine::general_purpose::STANDARD.encode(deflated))
}

/// Writes a file unless it is there already, so that a server that watches it stays quiet.
fn write_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

/// The tags of the scripts that a page with this content needs.
pub fn scripts(page: &str) -> String {
    let explores = page.contains(" data-explore=");
    let practices = ["data-problem=", "data-review", "data-drills", "data-interview"]
        .iter()
        .any(|mark| page.contains(&format!(" {mark}")));
    let tag = |used: bool, name: &str| match used {
        true => format!("<script src=\"{FOLDER}/{name}.js\" defer></script>\n"),
        false => String::new(),
    };
    let tags = [
        tag(explores || practices, "playground"),
        tag(explores, "explore"),
        tag(practices, "practice"),
    ];
    format!("\n{}", tags.concat())
}
