//! Hands a notebook cell's code to the checker, as it was typed: with its comments and its lines.
//!
//! Use it through the crate `practice`, which has the checker.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Grades the code between the braces as the answer to a problem; its value is the report.
///
/// ```text
/// practice::graded!("adam-step" {
///     pub fn adam_step(…) { … }
/// })
/// ```
///
/// The code is not compiled where the macro stands but in a process of its own with limits on its
/// time and memory, so that an answer that panics, loops or exits costs nothing but its points.
#[proc_macro]
pub fn graded(input: TokenStream) -> TokenStream {
    let mut tokens = input.into_iter();
    let (id, code) = (tokens.next(), tokens.next());
    let (Some(TokenTree::Literal(id)), Some(TokenTree::Group(code)), None) =
        (id, code, tokens.next())
    else {
        return refusal("write graded!(\"PROBLEM\" { your code })");
    };
    if code.delimiter() != Delimiter::Brace {
        return refusal("put your code into braces: graded!(\"PROBLEM\" { your code })");
    }
    // Lines are counted as in the cell: the first is that of the macro. Without the source, as behind another macro, the tokens are as good but for their lines.
    let text = code.span().source_text().unwrap_or_else(|| code.to_string());
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(&text);
    let call = format!("::practice::grade({id}, &[{:?}])", text.trim_end_matches('\n'));
    call.parse().unwrap_or_else(|_| refusal("the problem's name is a text in quotes"))
}

fn refusal(message: &str) -> TokenStream {
    let call = format!("compile_error!({message:?})");
    call.parse().unwrap_or_default()
}
