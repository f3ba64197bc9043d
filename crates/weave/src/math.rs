//! Formulas: TeX between dollar signs becomes MathML, and other Markdown stays as it is.

use anyhow::{Result, anyhow};
use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};
use pulldown_cmark::{Event, Options, Parser, html};

/// The Markdown extensions that chapters may use; formulas among them.
fn options() -> Options {
    Options::ENABLE_MATH
        | Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_HEADING_ATTRIBUTES
}

/// `markdown` with its formulas as MathML that Markdown leaves alone.
///
/// # Errors
/// If a formula is not understood; says which, and at which line of `markdown`, from 0.
pub fn formulas_to_mathml(markdown: &str) -> Result<String> {
    let mut converted = String::new();
    let mut done = 0;
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        let (tex, display) = match event {
            Event::InlineMath(tex) => (tex, MathDisplay::Inline),
            Event::DisplayMath(tex) => (tex, MathDisplay::Block),
            _ => continue,
        };
        let mathml = mathml(&tex, display).map_err(|error| {
            let line = markdown[..range.start].matches('\n').count();
            anyhow!("{line}: the formula `{}` is not understood: {error}", tex.trim())
        })?;
        converted += &markdown[done..range.start];
        converted += &inert(&mathml);
        done = range.end;
    }
    Ok(converted + &markdown[done..])
}

/// `markdown` as HTML, formulas as MathML, without blank lines: a block that may stand in Markdown.
///
/// # Errors
/// If a formula is not understood.
pub fn markdown_to_html(markdown: &str) -> Result<String> {
    let markdown = formulas_to_mathml(markdown)?;
    let mut rendered = String::new();
    html::push_html(&mut rendered, Parser::new_ext(&markdown, options()));
    Ok(rendered.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n"))
}

/// One paragraph of Markdown as HTML without the paragraph's tags.
///
/// # Errors
/// If a formula is not understood.
pub fn markdown_to_inline_html(markdown: &str) -> Result<String> {
    let html = markdown_to_html(markdown)?;
    let inner = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    Ok(inner.unwrap_or(&html).to_owned())
}

fn mathml(tex: &str, display: MathDisplay) -> Result<String, String> {
    let config = MathCoreConfig { annotation: false, ..MathCoreConfig::default() };
    let converter = LatexToMathML::new(config).map_err(|(error, ..)| format!("{error:?}"))?;
    converter
        .convert_with_local_state(tex.trim(), display)
        .map(|converted| converted.mathml)
        .map_err(|error| error.to_string())
}

/// MathML in which no character means anything to Markdown.
fn inert(mathml: &str) -> String {
    let mut inert = String::with_capacity(mathml.len());
    let mut in_tag = false;
    for c in mathml.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            '\n' => continue,
            '|' | '*' | '_' | '[' | ']' | '^' | '~' | '`' | '\\' | '$' | '{' | '}' if !in_tag => {
                inert += &format!("&#{};", c as u32);
                continue;
            }
            _ => {}
        }
        inert.push(c);
    }
    inert
}

#[cfg(test)]
mod tests {
    use super::{formulas_to_mathml, markdown_to_inline_html};

    #[test]
    fn formulas_become_mathml_and_code_stays() {
        let converted =
            formulas_to_mathml("Let $x_1$ be `$x$`.\n\n$$\n\\frac{1}{2}\n$$\n").unwrap();
        assert!(converted.contains("<msub>") && converted.contains("<mfrac>"), "{converted}");
        assert!(converted.contains("`$x$`"), "{converted}");
        assert!(!converted.contains("$$"), "{converted}");
    }

    #[test]
    fn a_formula_that_is_not_understood_is_named_with_its_line() {
        let error = formulas_to_mathml("one\n\ntwo $\\frobnicate x$").unwrap_err().to_string();
        assert!(error.starts_with("2: ") && error.contains("\\frobnicate x"), "{error}");
    }

    #[test]
    fn a_bar_in_a_formula_does_not_break_a_table() {
        let html = markdown_to_inline_html("|a|b|\n|-|-|\n|$\\lvert g \\rvert$|2|").unwrap();
        assert_eq!(html.matches("<td>").count(), 2, "{html}");
    }
}
