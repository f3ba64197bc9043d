//! The same answers get the same verdicts from the crate and from the page's code.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use practice::open;
use serde_json::{Value, json};

#[test]
fn the_page_grades_as_the_crate_does() {
    for answers in practice_answers() {
        let problem = open("bias-correction-derivation").unwrap();
        let request = json!({"check": {"problem": problem, "answers": answers}}).to_string();
        let page: Value = serde_json::from_str(&playground::answer(&request)).unwrap();
        assert_eq!(page, json!(problem.check(&answers)));
    }
}

fn practice_answers() -> Vec<Vec<String>> {
    let table = include_str!("../answers.json");
    serde_json::from_str(table).unwrap()
}
