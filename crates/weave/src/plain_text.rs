//! Markdown and TeX in plain characters: for a terminal, and for those who hear a page.

/// Commands that become characters which the general table lacks, or gets wrong in front of others;
/// longer names first, where one begins another.
const CHARACTERS: [(&str, &str); 39] = [
    ("\\Longleftrightarrow", "⟺"),
    ("\\Longrightarrow", "⟹"),
    ("\\longrightarrow", "⟶"),
    ("\\leftarrow", "←"),
    ("\\rightarrow", "→"),
    ("\\lVert ", "‖"),
    ("\\lVert", "‖"),
    (" \\rVert", "‖"),
    ("\\rVert", "‖"),
    ("\\lvert ", "|"),
    ("\\lvert", "|"),
    (" \\rvert", "|"),
    ("\\rvert", "|"),
    ("\\left", ""),
    ("\\right", ""),
    ("\\bigl", ""),
    ("\\bigr", ""),
    ("\\big", ""),
    ("\\Bigl", ""),
    ("\\Bigr", ""),
    ("\\Big", ""),
    ("\\qquad", GAP),
    ("\\quad", GAP),
    ("\\bmod", "mod"),
    ("\\max", "max"),
    ("\\min", "min"),
    ("\\log", "log"),
    ("\\ln", "ln"),
    ("\\exp", "exp"),
    ("\\sin", "sin"),
    ("\\cos", "cos"),
    ("^\\top", "ᵀ"),
    ("^{\\top}", "ᵀ"),
    ("\\,", " "),
    ("\\;", " "),
    ("\\!", ""),
    ("\\ ", " "),
    ("\\odot", "⊙"),
    ("&", GAP),
];

/// Formulas in plain characters, and no marks of emphasis.
pub fn without_markup(markdown: &str) -> String {
    let mut text = String::new();
    let mut rest = markdown;
    while let Some((before, behind)) = rest.split_once('$') {
        text += &without_emphasis(before);
        let fence = if behind.starts_with('$') { "$$" } else { "$" };
        let behind = behind.strip_prefix('$').unwrap_or(behind);
        let Some((formula, after)) = behind.split_once(fence) else {
            return text + fence + &without_emphasis(behind);
        };
        let formula = plain(formula.trim());
        match fence {
            "$$" => text += &format!("    {}", formula.replace('\n', "\n    ")),
            _ => text += &formula,
        }
        rest = after;
    }
    text + &without_emphasis(rest)
}

/// Stars around words are for typesetting; within code they stay.
fn without_emphasis(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    let mut last = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        code ^= c == '`';
        let next = rest.peek().copied().unwrap_or(' ');
        let star = c == '*' && !code;
        // A star with a blank on both sides, or on none, multiplies.
        let opens = !last.is_alphanumeric() && last != ')' && !next.is_whitespace();
        let closes = !last.is_whitespace() && !next.is_alphanumeric() && next != '(';
        let delimits = last == '*' || next == '*' || opens || closes;
        if !(star && delimits) {
            out.push(c);
        }
        last = c;
    }
    out
}

/// Stands for a wide gap until the blanks of TeX, which mean nothing, are gone.
const GAP: &str = "\u{2003}";

/// A formula in plain characters; one that is displayed may have several lines.
fn plain(tex: &str) -> String {
    let mut text = matrices(tex);
    for command in ["\\underbrace", "\\overbrace"] {
        while let Some((before, [inner], after)) = arguments(&text, command) {
            // What is written at the brace names it.
            let named = after.trim_start().strip_prefix(['_', '^']).and_then(argument);
            let (name, after) = match named {
                Some((name, after)) => (format!(" [= {name}]"), after.to_owned()),
                None => (String::new(), after),
            };
            text = format!("{before}{inner}{name}{after}");
        }
    }
    for command in ["\\operatorname", "\\mathrm", "\\text", "\\mathbf", "\\boldsymbol"] {
        text = replaced(text, command, |inner| inner.to_owned());
    }
    for (command, mark) in [("\\hat", '\u{302}'), ("\\bar", '\u{304}'), ("\\tilde", '\u{303}')] {
        text = replaced(text, command, |inner| format!("{inner}{mark}"));
    }
    for command in ["\\frac", "\\tfrac", "\\dfrac"] {
        while let Some((before, [over, under], after)) = arguments(&text, command) {
            text = format!("{before}{}/{}{after}", grouped(&over), grouped(&under));
        }
    }
    text = replaced(text, "\\sqrt", |inner| format!("√{}", grouped(inner)));
    for (from, to) in CHARACTERS {
        text = text.replace(from, to);
    }
    let text = unicodeit::replace(&text.replace("\\\\", "\n").replace("{,}", ","));
    let text = scripts(&text);
    let line = |line: &str| {
        let parts =
            line.split(GAP).map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("   ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A part that stands beside a slash or under a root: in parentheses unless it is one thing.
fn grouped(part: &str) -> String {
    let part = part.trim();
    let one = part.split_whitespace().count() <= 1 && !part.contains(['+', '-', '−', '/', '\\'])
        || is_command(part)
        || is_norm(part);
    match one && !part.is_empty() {
        true => part.to_owned(),
        false => format!("({part})"),
    }
}

/// Whether a part is one norm.
fn is_norm(part: &str) -> bool {
    let inner = part.strip_prefix("\\lVert").and_then(|part| part.strip_suffix("\\rVert"));
    inner.is_some_and(|inner| !inner.contains("Vert"))
}

/// Whether a part is a single command, perhaps with a script, such as `\beta_1`.
fn is_command(part: &str) -> bool {
    let Some(name) = part.strip_prefix('\\') else { return false };
    let end = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
    let script = &name[end..];
    end > 0
        && (script.is_empty()
            || script.chars().count() <= 2 && script.starts_with(['_', '^', '\u{302}']))
}

/// Matrices in one line: rows apart by semicolons.
fn matrices(tex: &str) -> String {
    let mut text = tex.to_owned();
    while let Some((before, rest)) = text.split_once("\\begin{pmatrix}") {
        let (inner, after) = rest.split_once("\\end{pmatrix}").unwrap_or((rest, ""));
        let rows =
            inner.split("\\\\").map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "));
        text = format!("{before}[{}]{after}", rows.collect::<Vec<_>>().join("; "));
    }
    text
}

/// What is left of braces once scripts that have characters of their own have got them.
fn scripts(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(place) = rest.find(['_', '^', '{', '}']) {
        let (before, behind) = rest.split_at(place);
        out += before;
        let script = behind.starts_with(['_', '^']);
        if script
            && let Some((inner, after)) =
                behind[1..].starts_with('{').then(|| argument(&behind[1..])).flatten()
        {
            out += &behind[..1];
            out += &grouped(&scripts(inner));
            rest = after;
        } else {
            // A brace that only held together goes; a lone mark stays.
            out += if script { &behind[..1] } else { "" };
            rest = &behind[1..];
        }
    }
    out + rest
}

fn replaced(mut text: String, command: &str, shown: impl Fn(&str) -> String) -> String {
    while let Some((before, [inner], after)) = arguments(&text, command) {
        text = format!("{before}{}{after}", shown(&inner));
    }
    text
}

/// What stands before a command, its arguments, and what follows it.
fn arguments<const N: usize>(text: &str, command: &str) -> Option<(String, [String; N], String)> {
    // `\text` begins `\texttt` too.
    let place = text.match_indices(command).map(|(place, _)| place).find(|place| {
        !text[place + command.len()..].starts_with(|c: char| c.is_ascii_alphabetic())
    })?;
    let (before, mut rest) = (&text[..place], &text[place + command.len()..]);
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

#[cfg(test)]
mod tests {
    use super::{plain, without_markup};

    #[test]
    fn formulas_become_what_a_terminal_can_show() {
        for (tex, shown) in [
            (r"\beta_1 = 0.9", "β₁ = 0.9"),
            (r"10^{-8}", "10⁻⁸"),
            (r"\frac{1-\beta^t}{1-\beta}", "(1−βᵗ)/(1−β)"),
            (r"\tfrac12 h", "1/2 h"),
            (r"\frac{m_t}{\sqrt{v_t} + \epsilon}", "mₜ/(√vₜ + ε)"),
            (r"\sqrt{\hat v} + \epsilon", "√v\u{302} + ε"),
            (r"\lVert\theta\rVert", "‖θ‖"),
            (r"\eta \lvert \hat m\rvert", "η |m\u{302}|"),
            (r"\eta\,\mathrm{sign}(g)", "η sign(g)"),
            (r"v \leftarrow \beta v", "v ← β v"),
            (r"\sum_{k \ge 0} a_k", "∑_(k ≥ 0) aₖ"),
            (r"\begin{pmatrix} a & b \\ b & c \end{pmatrix}", "[a   b; b   c]"),
            (r"\underbrace{x + y}_{\eta_t} z", "x + y [= ηₜ] z"),
        ] {
            assert_eq!(plain(tex), shown, "{tex}");
        }
    }

    #[test]
    fn formulas_and_emphasis_become_plain_text() {
        for (markdown, shown) in [
            (r"With $\beta_1 = 0.9$ and $10^{-8}$.", "With β₁ = 0.9 and 10⁻⁸."),
            ("a price of 5 $ and no formula", "a price of 5 $ and no formula"),
            ("it *leaves* **every** one", "it leaves every one"),
            ("*\"Why?\"*, he asked", "\"Why?\", he asked"),
            ("are they *different*?", "are they different?"),
            ("`a * b`, 2 * 3 and 2*3", "`a * b`, 2 * 3 and 2*3"),
        ] {
            assert_eq!(without_markup(markdown), shown);
        }
    }
}
