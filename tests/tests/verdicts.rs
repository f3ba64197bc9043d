//! The same answers get the same verdicts from the crate and from the page's code.

use practice::{Kind, Problem, open, open_all};
use serde_json::{Value, json};

fn agree(problem: &Problem, answers: &[String]) {
    let request = json!({"check": {"problem": problem, "answers": answers}}).to_string();
    let page: Value = serde_json::from_str(&playground::answer(&request, &mut |_| ())).unwrap();
    assert_eq!(page, json!(problem.check(answers)), "{}: {answers:?}", problem.id);
}

#[test]
fn the_page_grades_as_the_crate_does() {
    let problem = open("bias-correction-derivation").unwrap();
    for answers in practice_answers() {
        agree(&problem, &answers);
    }
}

/// The page knows a problem from JSON; its trials go through both.
#[test]
fn every_problem_survives_its_way_into_the_page() {
    for problem in open_all().unwrap() {
        // Code is not compiled in the page, and runs are executed in the tests of their own.
        if matches!(problem.kind(), Kind::Code | Kind::Diagnosis) {
            continue;
        }
        for answers in problem.trials() {
            agree(&problem, &answers);
        }
    }
}

fn practice_answers() -> Vec<Vec<String>> {
    let table = include_str!("../answers.json");
    serde_json::from_str(table).unwrap()
}
