//! Markdown and formulas as a terminal can show them.

use ::weave::plain_text::without_markup;
use textwrap::{Options, fill, termwidth};

/// How commands are named on the screen.
pub(crate) const COMMAND: &str = "cargo run --release -- practice";

/// Wider lines than this are hard to read.
const WIDEST: usize = 96;

/// A text with its formulas in plain characters and its lines broken to fit the terminal.
pub(crate) fn readable(markdown: &str) -> String {
    broken(&without_markup(markdown), termwidth().min(WIDEST))
}

/// The same behind a mark, such as a letter, with its further lines under its first.
pub(crate) fn item(mark: &str, markdown: &str) -> String {
    let indent = " ".repeat(mark.chars().count());
    let options =
        Options::new(termwidth().min(WIDEST)).initial_indent(mark).subsequent_indent(&indent);
    fill(without_markup(markdown).trim(), options)
}

/// Feedback, whose lines are kept apart: some are the compiler's.
pub(crate) fn feedback(text: &str) -> String {
    let width = termwidth().min(WIDEST);
    let mut compiler = false;
    let line = |line: &str| {
        // From its first error on, the compiler's marks stand under what they mean.
        compiler |= line.starts_with("error");
        match compiler || line.starts_with(' ') {
            true => line.to_owned(),
            false => fill(line, Options::new(width).subsequent_indent("  ")),
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Paragraphs set to the width; what is indented, tabulated or code stays as it is.
fn broken(text: &str, width: usize) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut paragraph = String::new();
    let mut code = false;
    let close = |paragraph: &mut String, blocks: &mut Vec<String>| {
        let text = std::mem::take(paragraph);
        let indent = match text.split_once(' ') {
            Some((mark, _)) if is_mark(mark) => " ".repeat(mark.len() + 1),
            _ => String::new(),
        };
        if !text.is_empty() {
            blocks.push(fill(&text, Options::new(width).subsequent_indent(&indent)));
        }
    };
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        let listed = line.split_once(' ').is_some_and(|(mark, _)| is_mark(mark));
        let fixed = code || fence || line.starts_with(['|', '>']) || line.starts_with("    ");
        if fixed || listed || line.trim().is_empty() {
            close(&mut paragraph, &mut blocks);
        }
        if fixed || line.trim().is_empty() {
            blocks.push(line.to_owned());
        } else {
            let gap = if paragraph.is_empty() { "" } else { " " };
            paragraph += &format!("{gap}{}", line.trim());
        }
    }
    close(&mut paragraph, &mut blocks);
    blocks.join("\n")
}

/// Whether a line that begins so is an item of a list.
fn is_mark(word: &str) -> bool {
    let number = word.strip_suffix('.').is_some_and(|n| n.parse::<u8>().is_ok());
    word == "-" || number
}

#[cfg(test)]
mod tests {
    use super::{broken, without_markup};

    #[test]
    fn paragraphs_are_set_to_a_width_and_code_is_left_alone() {
        let long = "word ".repeat(60);
        assert!(broken(&long, 40).lines().all(|line| line.chars().count() <= 40));
        let code = format!("```rust\nlet x = {};\n```", "1 + ".repeat(40));
        assert_eq!(broken(&code, 40), code);
        assert_eq!(broken("- one two\n- three", 7), "- one\n  two\n- three");
        assert_eq!(broken("a\n\n    x = y\n\nb", 9), "a\n\n    x = y\n\nb");
    }

    /// Nothing of TeX is left on the screen in any problem of the book.
    #[test]
    fn every_problem_can_be_read_in_a_terminal() {
        let mut left = Vec::new();
        for problem in practice::open_all().unwrap() {
            let lines = problem
                .lines
                .iter()
                .flat_map(|line| std::iter::once(&line.prompt).chain(&line.hints));
            for text in lines.chain([&problem.title, &problem.statement, &problem.solution]) {
                let prose = without_markup(text.split("```").next().unwrap_or_default());
                let words = prose.split_whitespace().filter(|word| {
                    word.contains(['{', '}'])
                        || word.split('\\').skip(1).any(|w| w.starts_with(char::is_alphabetic))
                });
                left.extend(words.map(|word| format!("{}: {word}", problem.id)));
            }
        }
        assert!(left.is_empty(), "{}", left.join("\n"));
    }
}
