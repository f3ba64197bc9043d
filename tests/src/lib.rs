//! What no single crate can prove: what the tests of the whole share.

pub mod browser;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;
use weave::layout::Layout;
use weave::site;

/// The repository these tests are part of.
pub fn layout() -> Layout {
    Layout::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).expect("the repository")
}

/// The book, built once, as `descent build` builds it.
pub fn built_book() -> &'static Path {
    static BUILT: OnceLock<TempDir> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let built = site::build(&layout(), Some(folder.path()));
            built.unwrap_or_else(|error| panic!("the book does not build: {error:#}"));
            folder
        })
        .path()
}

/// The names of the book's pages, without mdBook's own ones and the copy of the first that `index` is.
pub fn page_names() -> Vec<String> {
    let not_ours = ["404", "index", "print", "toc"];
    let files = fs::read_dir(built_book()).expect("the built book").flatten();
    let mut names: Vec<String> = files
        .filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".html")?.to_owned()))
        .filter(|name| !not_ours.contains(&name.as_str()))
        .collect();
    names.sort();
    names
}

/// Whether a test that needs something which is not there may be skipped. `.ci/run` sets
/// `DESCENT_DEMAND`, and then it may not.
pub fn skip(what: &str) -> bool {
    assert!(std::env::var_os("DESCENT_DEMAND").is_none(), "DESCENT_DEMAND is set, but: {what}");
    eprintln!("skipped: {what}");
    true
}

/// A copy of what the book is made from, to be changed by a test.
pub fn copied_repository() -> (TempDir, Layout) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let original = layout();
    for part in ["book", "crates", "notebooks"] {
        copy(&original.root().join(part), &folder.path().join(part));
    }
    for file in ["book.toml", "Cargo.lock", "Cargo.toml"] {
        fs::copy(original.root().join(file), folder.path().join(file)).expect("a readable file");
    }
    let layout = Layout::at(folder.path()).expect("the copy");
    (folder, layout)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder in the copy");
    for entry in fs::read_dir(from).expect("a readable folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a readable file");
        }
    }
}

/// Replaces text in a file, which must hold it.
pub fn replace(path: &PathBuf, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a readable file");
    assert!(text.contains(from), "{} does not hold {from:?}", path.display());
    fs::write(path, text.replacen(from, to, 1)).expect("a writable file");
}
