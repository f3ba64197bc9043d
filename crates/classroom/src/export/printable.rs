//! Text that anyone may have typed or printed, made fit to be shown.

/// How many characters of one report are shown. A page that shows a class, and the summary of a GitHub
/// run, which holds a mebibyte, stay readable.
const MOST: usize = 20_000;

/// The same text with line feeds for all line ends, without characters that a terminal or page would act
/// on instead of showing them, and without what follows after [`MOST`] characters.
pub(super) fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut shown: String = text.chars().take(MOST).map(visible).collect();
    if text.chars().nth(MOST).is_some() {
        shown += "\n… (the rest is not shown)";
    }
    shown
}

fn visible(character: char) -> char {
    match character {
        '\n' | '\t' => character,
        // Marks that turn the direction of writing make a line read as what it is not.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        control if control.is_control() => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_not_passed_on() {
        assert_eq!(printable("a\u{1b}[31mb\0c\u{7f}\u{9b}d"), "a�[31mb�c��d");
        assert_eq!(printable("safe\u{202e}txt\u{2066}"), "safe�txt�");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(printable("a\r\nb\rc\n\td"), "a\nb\nc\n\td");
    }

    #[test]
    fn a_flood_is_cut_and_says_so() {
        let shown = printable(&"é".repeat(MOST + 1));
        assert!(shown.starts_with(&"é".repeat(MOST)) && shown.ends_with("(the rest is not shown)"));
        assert_eq!(printable(&"é".repeat(MOST)), "é".repeat(MOST));
    }
}
