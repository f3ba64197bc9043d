//! What an answer may not reach for: files, processes and the environment have nothing to do with a rule,
//! and could be used to copy a solution or to outlive the check.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// Macros that read something while the answer is compiled.
const MACROS: [&str; 5] = ["include", "include_str", "include_bytes", "env", "option_env"];
/// Modules of the standard library that reach outside.
const MODULES: [&str; 5] = ["fs", "process", "net", "os", "env"];

/// The first thing in an answer that is not for it, as it would be written. What is no Rust is left to
/// the compiler to refuse.
pub(super) fn forbidden(answer: &str) -> Option<String> {
    visit(answer.parse().ok()?, false)
}

fn visit(tokens: TokenStream, of_std: bool) -> Option<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |place: Option<usize>, mark: char| {
        let token = place.and_then(|place| tokens.get(place));
        matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
    };
    // Whether `::` stands before a token.
    let in_path = |place: usize| is(place.checked_sub(1), ':') && is(place.checked_sub(2), ':');
    let word = |place: Option<usize>| match place.and_then(|place| tokens.get(place)) {
        Some(TokenTree::Ident(word)) => word.to_string(),
        _ => String::new(),
    };
    tokens.iter().enumerate().find_map(|(place, token)| match token {
        TokenTree::Ident(name) => {
            let name = plain(name);
            if MACROS.contains(&name.as_str()) && is(Some(place + 1), '!') {
                return Some(format!("{name}!"));
            }
            if MODULES.contains(&name.as_str()) && (of_std || in_path(place)) {
                return Some(format!("std::{name}"));
            }
            (name == "extern").then(|| format!("extern {}", word(Some(place + 1))))
        }
        TokenTree::Group(group) => {
            let inner = group.stream();
            let attribute = group.delimiter() == Delimiter::Bracket
                && (is(place.checked_sub(1), '#') || is(place.checked_sub(1), '!'));
            let first = inner.clone().into_iter().next();
            if attribute && first.is_some_and(|first| first.to_string() == "path") {
                return Some("#[path]".to_owned());
            }
            let behind_std = in_path(place) && word(place.checked_sub(3)) == "std";
            visit(inner, behind_std)
        }
        _ => None,
    })
}

/// A name without the mark that lets it be a keyword's.
fn plain(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn what_reaches_outside_is_named_and_what_does_not_is_let_through() {
        for (answer, wanted) in [
            ("fn f() { std::process::exit(0) }", Some("std::process")),
            ("use std::{fs as files, mem};", Some("std::fs")),
            ("use std as s; fn f() { s::fs::read(\"x\"); }", Some("std::fs")),
            ("include!(\"/solution.rs\");", Some("include!")),
            ("const X: &str = include_str ! (\"x\");", Some("include_str!")),
            ("#[path = \"/solution.rs\"] mod s;", Some("#[path]")),
            ("extern crate std as s;", Some("extern crate")),
            ("//! include!(\"x\")\nfn f(path: f64) -> f64 { path }", None),
            ("fn f() { let s = \"std::fs\"; let process = 1; }", None),
            ("use std::collections::HashMap; use std::{f64::consts::PI, mem};", None),
            ("}", None),
        ] {
            assert_eq!(forbidden(answer).as_deref(), wanted, "{answer}");
        }
    }
}
