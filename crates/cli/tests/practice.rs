//! Problems on the command line, graded as everywhere else.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Output, Stdio};

const PROBLEM: &str = "bias-correction-derivation";

fn descent(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_descent"))
        .arg("practice")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_command_line_grades_as_the_crate_does() {
    let table: Vec<Vec<String>> =
        serde_json::from_str(include_str!("../../../tests/answers.json")).unwrap();
    for answers in table {
        let mut arguments = vec!["check", "--json", PROBLEM];
        arguments.extend(answers.iter().map(String::as_str));
        let output = descent(&arguments, "");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let expected = practice::open(PROBLEM).unwrap().check(&answers);
        assert_eq!(report, json!(expected));
        assert_eq!(output.status.success(), expected.is_solved());
    }
}

#[test]
fn a_problem_can_be_worked_through_with_hints_and_mistakes() {
    let output = descent(
        &["start", PROBLEM],
        "?\nsum(i = 1..t, beta^(t - i) * g_i)\n(1 - beta) sum(i = 1..t, beta^(t - i) g_i)\n\
         !\n(1 - beta^t)/(1 - beta)\n(1 - beta^t) mu\nm/(1 - beta^t)\n",
    );
    let said = String::from_utf8(output.stdout).unwrap();
    for expected in ["Write out m_1", "accumulated convention", "Right.", "8 of 10 points"] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn problems_are_listed_and_an_unknown_one_is_answered_with_the_list() {
    let listed = String::from_utf8(descent(&[], "").stdout).unwrap();
    assert!(listed.contains(PROBLEM), "{listed}");
    let output = descent(&["start", "nonsense"], "");
    assert!(!output.status.success());
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(
        complaint.contains("no problem `nonsense`") && complaint.contains(PROBLEM),
        "{complaint}"
    );
}
