//! Cells that fail, in a real kernel: each must stop the run and say where and why.
//!
//! Needs evcxr_jupyter. Where it is missing the test says so and passes, unless
//! `DESCENT_DEMAND` is set.

use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use weave::freshness::key_of_claims;
use weave::kernel::program;
use weave::layout::Layout;
use weave::notebook::{Notebook, Output};
use weave::refresh::{Progress, refresh};
use whole::{layout, replace, skip};

/// What every notebook's first cell does, without compiling a crate for it.
const SETUP: &str = "```rust cell=setup\nstd::panic::set_hook(Box::new(|panic| {\n    \
    println!(\"cell panicked: {}\", panic.payload().downcast_ref::<&str>().unwrap());\n}));\n```\n";

/// A book of chapters that share a set-up cell.
fn book(chapters: &[(&str, &str)]) -> (TempDir, Layout) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("book/src")).unwrap();
    fs::create_dir_all(root.join("target/kernel")).unwrap();
    fs::write(root.join("book.toml"), "[book]\nsrc = \"book/src\"\n").unwrap();
    fs::copy(layout().root().join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    let mut summary = String::new();
    for (name, content) in chapters {
        summary += &format!("- [{name}]({name}.md)\n");
        let text = format!("# {name}\n\n{SETUP}\n{content}");
        fs::write(root.join(format!("book/src/{name}.md")), text).unwrap();
    }
    fs::write(root.join("book/src/SUMMARY.md"), summary).unwrap();
    fs::create_dir_all(root.join("notebooks")).unwrap();
    let layout = Layout::at(root).unwrap();
    // Without it all claims of the real book would be measured first.
    let ledger = json!({"key": key_of_claims(&layout).unwrap(), "claims": {}});
    fs::write(layout.ledger(), ledger.to_string()).unwrap();
    (folder, layout)
}

/// Lets the book's kernels use the installed program; false if there is none.
fn with_kernel(book: &Layout) -> bool {
    let Ok(installed) = program(&layout().kernels_folder()) else {
        return !skip("evcxr_jupyter is not installed");
    };
    let bin = book.kernels_folder().join("evcxr/bin");
    fs::create_dir_all(&bin).unwrap();
    link(&installed, &bin.join(installed.file_name().unwrap()));
    true
}

fn link(from: &Path, to: &Path) {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).unwrap();
    }
}

fn quiet(_progress: Progress) {}

#[test]
fn every_way_to_fail_stops_the_run_and_is_named_with_its_place() {
    let cases = [
        ("compile", "let x: u32 = \"text\";", "mismatched types"),
        ("panic", "println!(\"before\");\npanic!(\"boom\");", "cell panicked: boom"),
        ("value", "\"text\".parse::<f64>()", "its value is an error"),
        ("stderr", "eprintln!(\"odd\");", "it wrote to stderr: odd"),
        ("exit", "std::process::exit(3);", "cell `broken` failed"),
    ];
    let mut chapters: Vec<(&str, String)> = cases
        .iter()
        .map(|(name, code, _)| (*name, format!("Text.\n\n```rust cell=broken\n{code}\n```\n")))
        .collect();
    chapters.push(("endless", "```rust cell=broken limit=2\nloop {}\n```\n".to_owned()));
    chapters.push(("mild", "```rust cell=broken fails\nlet x = 1;\n```\n".to_owned()));
    let chapters: Vec<(&str, &str)> =
        chapters.iter().map(|(name, content)| (*name, content.as_str())).collect();
    let (_folder, book) = book(&chapters);
    if !with_kernel(&book) {
        return;
    }
    let complaint = format!("{:#}", refresh(&book, &[], &quiet).unwrap_err());
    for (name, _, message) in cases {
        let place = format!("book/src/{name}.md:12: cell `broken`");
        let part = complaint.split("book/src/").find(|part| part.starts_with(name));
        let part = part.unwrap_or_else(|| panic!("{name} is not in: {complaint}"));
        assert!(complaint.contains(&place), "{place}: {complaint}");
        assert!(format!("book/src/{part}").contains(message), "{name}: {part}");
    }
    assert!(complaint.contains("it ran past its limit of 2 s"), "{complaint}");
    assert!(complaint.contains("marked `fails`, but it ran without failing"), "{complaint}");
}

#[test]
fn only_changed_chapters_run_again_and_expected_failures_are_kept() {
    let (_folder, book) = book(&[
        ("one", "```rust cell=sum\nlet sum = 1 + 1;\nprintln!(\"{sum}\");\n```\n"),
        ("two", "```rust cell=oops fails\npanic!(\"as expected\");\n```\n"),
    ]);
    if !with_kernel(&book) {
        return;
    }
    let run = || {
        let log = std::sync::Mutex::new(Vec::new());
        let report = |progress: Progress| match progress {
            Progress::Ran(name) => log.lock().unwrap().push(format!("{name} ran")),
            Progress::Rewritten(name) => log.lock().unwrap().push(format!("{name} rewritten")),
            Progress::Unchanged(name) => log.lock().unwrap().push(format!("{name} unchanged")),
            _ => {}
        };
        refresh(&book, &[], &report).unwrap();
        let mut log = log.into_inner().unwrap();
        log.sort();
        log
    };
    assert_eq!(run(), ["one ran", "two ran"]);
    assert_eq!(run(), ["one unchanged", "two unchanged"]);

    let chapters = book.chapters().unwrap();
    let outputs =
        |index: usize| Notebook::load(&book, &chapters[index]).unwrap().unwrap().outputs();
    assert!(matches!(&outputs(0)["sum"][..], [Output::Stream { text, .. }] if text == &["2\n"]));
    let failed = &outputs(1)["oops"];
    assert!(failed.iter().any(|output| matches!(output,
        Output::Error { evalue, .. } if evalue == "cell panicked: as expected")));

    replace(&book.chapters_folder().join("one.md"), "1 + 1", "1 + 2");
    replace(&book.chapters_folder().join("two.md"), "# two", "# Two");
    assert_eq!(run(), ["one ran", "two rewritten"]);
}
