//! What a learner's file defines that the cases use.

use proc_macro2::{TokenStream, TokenTree};

/// What can be public and have a name.
const ITEMS: [&str; 7] = ["fn", "struct", "enum", "const", "static", "type", "trait"];

/// The names of a file's public items, in order.
pub(super) fn public(source: &str) -> Vec<String> {
    let tokens: TokenStream = source.parse().unwrap_or_default();
    let words: Vec<String> = tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) => word.to_string(),
            _ => String::new(),
        })
        .collect();
    let of = |place: usize| words.get(place).map_or("", String::as_str);
    let name = |place: usize| {
        // In `pub const fn f` the item is the function.
        let item = (place + 1..place + 4).rev().find(|place| ITEMS.contains(&of(*place)))?;
        Some(of(item + 1).to_owned()).filter(|name| !name.is_empty())
    };
    (0..words.len()).filter(|place| of(*place) == "pub").filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::public;

    #[test]
    fn public_items_are_named_and_private_ones_are_not() {
        let source = "pub struct Adam { pub m: f64 }\nimpl Adam { pub fn step(&mut self) {} }\n\
                      fn helper() {}\npub const fn f() {}\npub const N: usize = 4;\npub fn g() {}\n\
                      pub type Matrix = [f64; 4];";
        assert_eq!(public(source), ["Adam", "f", "N", "g", "Matrix"]);
    }
}
