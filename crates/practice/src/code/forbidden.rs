//! What an answer has no business with: the solution's file, other processes, the network, and more parentheses
//! than anything that reads it could bear.
//!
//! This keeps honest people from accidents and spares the rest a temptation. It is no jail: whoever wants
//! to can get around it, and could read the solution in the book's repository anyway.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Macros that read a file while the answer is compiled.
const MACROS: [&str; 3] = ["include", "include_str", "include_bytes"];
/// Modules of the standard library that reach outside.
const MODULES: [&str; 5] = ["fs", "process", "net", "os", "env"];

/// How deep parentheses may be nested: what reads tokens calls itself for each pair.
const MOST_NESTED: usize = 200;

/// Why an answer is not tried, as its writer is told.
pub(super) fn refusal(answer: &str) -> Option<String> {
    if nesting(answer) > MOST_NESTED {
        return Some(format!(
            "It nests parentheses more than {MOST_NESTED} deep, and was not looked at."
        ));
    }
    forbidden(answer).map(|what| {
        format!(
            "An answer needs no files, no processes and no network, so `{what}` is not open to it."
        )
    })
}

/// How deep the parentheses of a program are nested, found without going down into them.
fn nesting(text: &str) -> usize {
    let mut open = vec![text.parse::<TokenStream>().unwrap_or_default().into_iter()];
    let mut deepest = 0;
    while let Some(tokens) = open.last_mut() {
        match tokens.next() {
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
            None => {
                open.pop();
            }
        }
        deepest = deepest.max(open.len());
    }
    deepest
}

/// The first thing in an answer that is not for it, as it would be written. What is no Rust is left to
/// the compiler to refuse.
fn forbidden(answer: &str) -> Option<String> {
    // The compiler passes over such a first line; what reads tokens does not.
    if answer.trim_start().starts_with("#!") && !answer.trim_start().starts_with("#![") {
        return Some("#!".to_owned());
    }
    visit(answer.parse().ok()?, false)
}

fn visit(tokens: TokenStream, of_std: bool) -> Option<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let token = |place: Option<usize>| place.and_then(|place| tokens.get(place));
    let is = |place: Option<usize>, mark: char| matches!(token(place), Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
    let word = |place: Option<usize>| match token(place) {
        Some(TokenTree::Ident(word)) => word.to_string().trim_start_matches("r#").to_owned(),
        _ => String::new(),
    };
    // Whether `std::` stands before a token.
    let in_std = |place: usize| {
        is(place.checked_sub(1), ':')
            && is(place.checked_sub(2), ':')
            && word(place.checked_sub(3)) == "std"
    };
    tokens.iter().enumerate().find_map(|(place, token_here)| match token_here {
        TokenTree::Ident(_) => {
            let name = word(Some(place));
            let calls = is(Some(place + 1), '!')
                && matches!(token(Some(place + 2)), Some(TokenTree::Group(_)));
            if MACROS.contains(&name.as_str()) && calls {
                return Some(format!("{name}!"));
            }
            (MODULES.contains(&name.as_str()) && (of_std || in_std(place)))
                .then(|| format!("std::{name}"))
        }
        TokenTree::Group(group) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let names_a_file = matches!(inner.as_slice(),
                [TokenTree::Ident(name), TokenTree::Punct(sign), ..]
                    if name == "path" && sign.as_char() == '=');
            if group.delimiter() == Delimiter::Bracket
                && is(place.checked_sub(1), '#')
                && names_a_file
            {
                return Some("#[path]".to_owned());
            }
            visit(group.stream(), in_std(place))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{forbidden, refusal};

    #[test]
    fn what_reaches_outside_is_named_and_ordinary_code_is_let_through() {
        for (answer, wanted) in [
            ("fn f() { std::process::exit(0) }", Some("std::process")),
            ("use std::{fs as files, mem};", Some("std::fs")),
            ("include!(\"/solution.rs\");", Some("include!")),
            ("const X: &str = include_str ! (\"x\");", Some("include_str!")),
            ("#[path = \"/solution.rs\"] mod s;", Some("#[path]")),
            ("#!/\"\ninclude!(\"/solution.rs\");", Some("#!")),
            ("//! include!(\"x\")\nfn f(path: f64) -> f64 { path }", None),
            ("#![allow(unused)] fn f() { let s = \"std::fs\"; let process = 1; }", None),
            ("fn f(include: f64, env: f64) -> bool { include != 0.0 && env != 1.0 }", None),
            ("fn f(path: f64) -> Vec<f64> { Self::process(vec![path; 3]); self::env::x() }", None),
            ("extern \"C\" fn helper() {}", None),
            ("use std::collections::HashMap; use std::{f64::consts::PI, mem};", None),
            ("}", None),
        ] {
            assert_eq!(forbidden(answer).as_deref(), wanted, "{answer}");
        }
    }

    #[test]
    fn what_is_nested_deeper_than_a_stack_is_refused() {
        let nested = |deep: usize| format!("fn f() {}{}", "{".repeat(deep), "}".repeat(deep));
        assert_eq!(refusal(&nested(150)), None);
        assert!(refusal(&nested(100_000)).unwrap().contains("more than 200 deep"));
        assert!(refusal("use std::fs;").unwrap().contains("`std::fs` is not open to it"));
    }
}
