//! Markdown as the HTML that another tool shows, with its own marks around formulas.

use pulldown_cmark::{Event, Options, Parser, html};
use weave::problem::escape;

/// How a tool knows a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formulas {
    /// MathJax, as in Moodle and Anki: `\( \)` within a line, `\[ \]` on its own.
    MathJax,
    /// text2qti, which knows `$ $` only, takes it as it stands, and wants no other dollar sign.
    Dollars,
}

/// Markdown as HTML.
pub fn from_markdown(markdown: &str, formulas: Formulas) -> String {
    let options = Options::ENABLE_MATH
        | Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match (event, formulas) {
        (Event::InlineMath(tex), Formulas::MathJax) => {
            Event::Text(format!("\\({}\\)", tex.trim()).into())
        }
        (Event::DisplayMath(tex), Formulas::MathJax) => {
            Event::Text(format!("\\[{}\\]", tex.trim()).into())
        }
        (Event::InlineMath(tex), Formulas::Dollars) => {
            Event::InlineHtml(format!("${}$", one_line(&tex)).into())
        }
        (Event::DisplayMath(tex), Formulas::Dollars) => {
            Event::InlineHtml(format!("<br>$\\displaystyle {}$<br>", one_line(&tex)).into())
        }
        (Event::Text(text), Formulas::Dollars) => Event::InlineHtml(inert(&text).into()),
        (Event::Code(code), Formulas::Dollars) => {
            Event::InlineHtml(format!("<code>{}</code>", inert(&code)).into())
        }
        (event, _) => event,
    });
    let mut rendered = String::new();
    html::push_html(&mut rendered, events);
    rendered.trim().to_owned()
}

/// One paragraph without its tags; more than one as they are.
pub fn inline(markdown: &str, formulas: Formulas) -> String {
    let html = from_markdown(markdown, formulas);
    let inner = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    match inner.filter(|inner| !inner.contains("<p>")) {
        Some(inner) => inner.to_owned(),
        None => html,
    }
}

/// A reply, which is plain text but for its backticks.
pub fn from_reply(reply: &str, formulas: Formulas) -> String {
    let escaped = |text: &str| match formulas {
        Formulas::MathJax => escape(text),
        Formulas::Dollars => inert(text),
    };
    let parts = reply.split('`').enumerate().map(|(place, part)| match place % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    parts.collect()
}

/// Rust as it stands.
pub fn from_code(code: &str) -> String {
    format!("<pre><code>{}</code></pre>", escape(code.trim()))
}

fn one_line(tex: &str) -> String {
    tex.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text in which text2qti finds no formula, no code and no escape.
fn inert(text: &str) -> String {
    escape(text).replace('$', "&#36;").replace('`', "&#96;").replace('\\', "&#92;")
}

#[cfg(test)]
mod tests {
    use super::{Formulas, from_markdown, from_reply, inline};

    #[test]
    fn formulas_get_the_marks_of_the_tool() {
        let markdown = "If $a < b$, then\n\n$$\na^2\n< b\n$$\n\nas `$x$` says.";
        let moodle = from_markdown(markdown, Formulas::MathJax);
        assert!(moodle.contains("\\(a &lt; b\\)"), "{moodle}");
        assert!(moodle.contains("\\[a^2\n&lt; b\\]"), "{moodle}");
        assert!(moodle.contains("<code>$x$</code>"), "{moodle}");
        let qti = from_markdown(markdown, Formulas::Dollars);
        assert!(qti.contains("$a < b$"), "{qti}");
        assert!(qti.contains("$\\displaystyle a^2 < b$"), "{qti}");
        assert!(qti.contains("<code>&#36;x&#36;</code>"), "{qti}");
    }

    #[test]
    fn one_paragraph_loses_its_tags_and_two_keep_them() {
        assert_eq!(inline("*one*", Formulas::MathJax), "<em>one</em>");
        assert!(inline("one\n\ntwo", Formulas::MathJax).starts_with("<p>one</p>"));
    }

    #[test]
    fn replies_are_text_but_for_code() {
        assert_eq!(from_reply("a < `b_1`", Formulas::MathJax), "a &lt; <code>b_1</code>");
    }
}
