//! Markdown and formulas as a terminal can show them.

/// How commands are named on the screen.
pub(crate) const COMMAND: &str = "cargo run --release -- practice";

/// How wide text is set.
const WIDTH: usize = 96;

/// A text with its formulas in plain characters and its lines broken.
pub(crate) fn readable(markdown: &str) -> String {
    let mut text = String::new();
    let mut rest = markdown;
    while let Some((before, behind)) = rest.split_once('$') {
        text += before;
        let fence = if behind.starts_with('$') { "$$" } else { "$" };
        let behind = behind.strip_prefix('$').unwrap_or(behind);
        let Some((formula, after)) = behind.split_once(fence) else {
            text += fence;
            rest = behind;
            break;
        };
        let formula = plain(formula.trim());
        text += &if fence == "$$" { format!("    {formula}") } else { formula };
        rest = after;
    }
    text += rest;
    broken(&text)
}

/// A TeX formula in plain characters.
fn plain(tex: &str) -> String {
    let mut text = tex.to_owned();
    for (command, open, middle, close) in
        [("\\frac", "(", ")/(", ")"), ("\\tfrac", "(", ")/(", ")"), ("\\dfrac", "(", ")/(", ")")]
    {
        while let Some((before, [first, second], after)) = arguments(&text, command) {
            text = format!("{before}{open}{first}{middle}{second}{close}{after}");
        }
    }
    while let Some((before, [inner], after)) = arguments(&text, "\\sqrt") {
        text = format!("{before}√({inner}){after}");
    }
    for (command, mark) in [("\\hat", '\u{302}'), ("\\bar", '\u{304}'), ("\\tilde", '\u{303}')] {
        while let Some((before, [inner], after)) = arguments(&text, command) {
            text = format!("{before}{inner}{mark}{after}");
        }
    }
    for command in ["\\mathrm", "\\operatorname", "\\text", "\\mathbf", "\\boldsymbol"] {
        while let Some((before, [inner], after)) = arguments(&text, command) {
            text = format!("{before}{inner}{after}");
        }
    }
    for (from, to) in [
        ("\\lVert", "‖"),
        ("\\rVert", "‖"),
        ("\\lvert", "|"),
        ("\\rvert", "|"),
        ("\\left", ""),
        ("\\right", ""),
        ("\\,", " "),
        ("\\;", " "),
        ("\\!", ""),
        ("\\quad", "  "),
        ("\\max", "max"),
        ("\\min", "min"),
        ("\\log", "log"),
        ("\\ln", "ln"),
        ("\\exp", "exp"),
        ("\\cos", "cos"),
        ("\\odot", "⊙"),
        ("\\top", "ᵀ"),
        ("\\\\", "\n    "),
        ("&", ""),
    ] {
        text = text.replace(from, to);
    }
    let text = unicodeit::replace(&text);
    text.replace("{,}", ",").replace(['{', '}'], "")
}

/// What stands before a command, its arguments, and what follows it.
fn arguments<const N: usize>(text: &str, command: &str) -> Option<(String, [String; N], String)> {
    let (before, mut rest) = text.split_once(command)?;
    let mut found = Vec::new();
    for _ in 0..N {
        let (argument, after) = argument(rest.trim_start())?;
        found.push(argument.to_owned());
        rest = after;
    }
    Some((before.to_owned(), found.try_into().ok()?, rest.to_owned()))
}

/// A group in braces, a command such as `\theta`, or a single character.
fn argument(text: &str) -> Option<(&str, &str)> {
    if let Some(inner) = text.strip_prefix('{') {
        let mut depth = 1;
        for (place, c) in inner.char_indices() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if depth == 0 {
                return Some((&inner[..place], &inner[place + 1..]));
            }
        }
        return None;
    }
    if let Some(name) = text.strip_prefix('\\') {
        let end = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
        return Some(text.split_at(end + 1));
    }
    let first = text.chars().next()?;
    Some(text.split_at(first.len_utf8()))
}

/// Paragraphs set to the width; what is indented, listed or code stays as it is.
fn broken(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut code = false;
    let mut open = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        let fixed =
            code || fence || line.starts_with([' ', '|', '-', '>']) || line.trim().is_empty();
        if fixed {
            lines.push(line.to_owned());
            open = false;
            continue;
        }
        for word in line.split_whitespace() {
            match lines
                .last_mut()
                .filter(|last| open && last.chars().count() + word.chars().count() < WIDTH)
            {
                Some(last) => *last += &format!(" {word}"),
                None => lines.push(word.to_owned()),
            }
            open = true;
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn formulas_become_what_a_terminal_can_show() {
        for (text, shown) in [
            (r"With $\beta_1 = 0.9$ and $10^{-8}$.", "With β₁ = 0.9 and 10⁻⁸."),
            (r"$\frac{1-\beta^t}{1-\beta}$", "(1−βᵗ)/(1−β)"),
            (r"$\sqrt{\hat v} + \epsilon$", "√(v\u{302}) + ε"),
            (r"$\lVert\theta\rVert$", "‖θ‖"),
            (r"$\eta\,\mathrm{sign}(g)$", "η sign(g)"),
            ("a price of 5 $ and no formula", "a price of 5 $ and no formula"),
        ] {
            assert_eq!(readable(text), shown);
        }
    }

    #[test]
    fn paragraphs_are_set_to_a_width_and_code_is_left_alone() {
        let long = "word ".repeat(60);
        assert!(readable(&long).lines().all(|line| line.chars().count() <= 96));
        let code = format!("```rust\nlet x = {};\n```", "1 + ".repeat(40));
        assert_eq!(readable(&code), code);
    }
}
