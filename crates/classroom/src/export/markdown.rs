//! Text that anyone may have typed, put into Markdown without becoming Markdown.

use super::printable::printable;
use crate::grades::{Graded, hundredths};

/// The text as words of a line or of a table's cell.
pub(super) fn escaped(text: &str) -> String {
    let mut words = String::new();
    for character in printable(text).chars() {
        match character {
            '\n' | '\t' => words.push(' '),
            mark if mark.is_ascii_punctuation() => words.extend(['\\', mark]),
            other => words.push(other),
        }
    }
    words
}

/// The text as a block that is shown as it stands. Its fence is longer than any run of backticks in it,
/// so that nothing in it can close the block.
pub(super) fn fenced(text: &str) -> String {
    let text = printable(text);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// What a problem earned and what there is to say of it, under a heading of this level.
pub(super) fn section(graded: &Graded, level: usize) -> String {
    let marks = "#".repeat(level);
    let earned = earned(graded.points, graded.of);
    let text = fenced(&graded.report.text());
    format!("{marks} {}: {earned}\n\n{text}", escaped(&graded.title))
}

/// Points in words, to a hundredth.
pub(super) fn earned(points: f64, of: f64) -> String {
    format!("{} of {} points", hundredths(points), hundredths(of))
}

/// Items of a list, each on a line.
pub(super) fn list(items: &[String]) -> String {
    items.iter().map(|item| format!("- {}\n", escaped(item))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    const HOSTILE: [&str; 9] = [
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1)) ![](http://x/y.png)",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "````````\n# a heading\n````````",
        "~~~\n| a | b |\n|---|---|\n| 1 | 2 |",
        "a | b \\| c \\",
        "<!-- \n\n<details><summary>open</summary>",
        "\r\r# heading\r\n> quote\r- item\n1. item\n    code",
        "&lt;b&gt; &#60; http://example.org www.example.org *a* _b_ ~~c~~ $x$ `d` [^1]",
    ];

    fn events(markdown: &str) -> Vec<Event<'_>> {
        Parser::new_ext(markdown, Options::all()).collect()
    }

    #[test]
    fn words_stay_words() {
        for hostile in HOSTILE {
            let line = escaped(hostile);
            assert!(!line.contains('\n'), "{line}");
            let mut said = String::new();
            let page = format!("| a |\n|---|\n| {line} |\n");
            for event in events(&page) {
                match event {
                    Event::Text(text) => said += &text,
                    Event::Start(tag) => assert!(
                        matches!(
                            tag,
                            Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell
                        ),
                        "{hostile:?} became {tag:?}"
                    ),
                    Event::End(_) => {}
                    other => panic!("{hostile:?} became {other:?}"),
                }
            }
            // The heading's letter, and then what was typed, nothing of it interpreted.
            assert_eq!(said, format!("a{}", printable(hostile).replace('\n', " ").trim()));
        }
    }

    #[test]
    fn blocks_stay_blocks() {
        for hostile in HOSTILE {
            let page = fenced(hostile);
            let all = events(&page);
            assert!(matches!(all.first(), Some(Event::Start(Tag::CodeBlock(_)))), "{all:?}");
            let inside = &all[1..all.len() - 1];
            assert!(inside.iter().all(|event| matches!(event, Event::Text(_))), "{all:?}");
            let said: String =
                inside
                    .iter()
                    .map(|event| {
                        if let Event::Text(text) = event { text.to_string() } else { String::new() }
                    })
                    .collect();
            assert_eq!(said, format!("{}\n", printable(hostile).trim_end_matches('\n')));
        }
    }

    #[test]
    fn points_are_told_to_a_hundredth() {
        assert_eq!(earned(0.1 + 0.2, 3.0), "0.3 of 3 points");
        assert_eq!(earned(2.0 / 3.0, 2.5), "0.67 of 2.5 points");
    }

    #[test]
    fn what_is_not_escaped_would_be_interpreted() {
        // The check above can fail: the same text without escaping becomes something else.
        for hostile in &HOSTILE[..3] {
            assert!(
                events(hostile)
                    .iter()
                    .any(|event| !matches!(event, Event::Text(_) | Event::SoftBreak)),
                "{hostile}"
            );
        }
    }
}
