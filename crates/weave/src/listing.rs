//! Lines of real source files, found by the anchors around them.

use anyhow::{Context, Result, bail};
use similar::{ChangeTag, TextDiff};
use std::path::Path;

/// The lines between `// ANCHOR: name` and `// ANCHOR_END: name` in a file, with other anchors'
/// markers left out and the common indentation removed.
///
/// # Errors
/// If the file cannot be read or has no such anchor, or the anchor is not closed.
pub fn listing(root: &Path, file: &str, anchor: &str) -> Result<String> {
    let source = std::fs::read_to_string(root.join(file)).with_context(|| file.to_owned())?;
    let is_marker = |line: &str, kind: &str| line.trim() == format!("// {kind}: {anchor}");
    let mut lines = source.lines().skip_while(|line| !is_marker(line, "ANCHOR"));
    if lines.next().is_none() {
        bail!("{file} has no line `// ANCHOR: {anchor}`");
    }
    let mut listed = Vec::new();
    for line in lines {
        if is_marker(line, "ANCHOR_END") {
            return Ok(without_indentation(&listed));
        }
        if !is_any_marker(line) {
            listed.push(line);
        }
    }
    bail!("{file}: the anchor `{anchor}` is never closed by `// ANCHOR_END: {anchor}`")
}

/// What has to be changed in the lines of an anchor in the file `from` to get those of the same
/// anchor in the file `to`: lines that begin with `-`, `+` or a blank.
///
/// # Errors
/// If one of the listings does not exist.
pub fn difference(root: &Path, from: &str, to: &str, anchor: &str) -> Result<String> {
    let (before, after) = (listing(root, from, anchor)?, listing(root, to, anchor)?);
    let compared = TextDiff::from_lines(&before, &after);
    let lines = compared.iter_all_changes().map(|change| {
        let line = change.value().trim_end();
        match change.tag() {
            ChangeTag::Delete => format!("-{line}"),
            ChangeTag::Insert => format!("+{line}"),
            ChangeTag::Equal => format!(" {line}"),
        }
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// Whether a line is a marker, which readers need not see.
pub fn is_any_marker(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("// ANCHOR: ") || line.starts_with("// ANCHOR_END: ")
}

fn without_indentation(lines: &[&str]) -> String {
    let indentation = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let cut = |line: &&str| line.get(indentation..).unwrap_or_default().to_owned();
    lines.iter().map(cut).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{difference, listing};

    #[test]
    fn a_difference_shows_what_goes_and_what_comes() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, body: &str| {
            let text = format!("// ANCHOR: it\n    a\n    {body}\n// ANCHOR_END: it\n");
            std::fs::write(folder.path().join(name), text).unwrap();
        };
        write("one.rs", "b");
        write("two.rs", "c");
        let lines = difference(folder.path(), "one.rs", "two.rs", "it").unwrap();
        assert_eq!(lines, " a\n-b\n+c");
    }

    #[test]
    fn anchors_nest_and_must_be_closed() {
        let folder = tempfile::tempdir().unwrap();
        let text = "a\n  // ANCHOR: outer\n  b\n  // ANCHOR: inner\n    c\n  // ANCHOR_END: inner\n  // ANCHOR_END: outer\n// ANCHOR: open\n";
        std::fs::write(folder.path().join("x.rs"), text).unwrap();
        assert_eq!(listing(folder.path(), "x.rs", "outer").unwrap(), "b\n  c");
        assert_eq!(listing(folder.path(), "x.rs", "inner").unwrap(), "c");
        let error = |anchor| listing(folder.path(), "x.rs", anchor).unwrap_err().to_string();
        assert!(error("missing").contains("no line `// ANCHOR: missing`"));
        assert!(error("open").contains("never closed"));
    }
}
