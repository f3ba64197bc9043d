//! `descent claims`, as a reader calls it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::process::{Command, Output};

fn claims(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_descent"));
    command.arg("claims").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_claim_is_printed_with_what_it_must_be() {
    let output = claims(&["--id", "first-step", "--id", "heavy-ball-cycle"]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    for expected in ["Bias correction", "pass  first-step", "false", "gradient-1e4", "theory"] {
        assert!(printed.contains(expected), "{expected} is missing from\n{printed}");
    }
    assert!(printed.contains("2 claims measured") && printed.contains("2 hold, 0 fail"));
}

#[test]
fn json_holds_the_whole_entry() {
    let output = claims(&["--json", "--id", "momentum-window", "--seeds", "2"]);
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
    let row = &rows[0];
    assert_eq!((&row["id"], &row["holds"]), (&"momentum-window".into(), &true.into()));
    for part in ["chapter", "folklore", "statement", "verdict", "source", "broken_by"] {
        assert!(row[part].as_str().is_some_and(|text| !text.is_empty()), "{part}");
    }
    assert_eq!(row["runs"].as_array().unwrap().len(), 2);
    let quantity = &row["runs"][1]["quantities"][0];
    assert_eq!(
        (&quantity["name"], &quantity["from"]),
        (&"weight-of-newest".into(), &"theory".into())
    );
    assert!(quantity["measured"].as_f64().is_some());
}

#[test]
fn an_unknown_claim_is_refused_with_its_neighbors() {
    let output = claims(&["--id", "momentum-widow"]);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint.contains("no claim `momentum-widow`"), "{complaint}");
    assert!(complaint.contains("momentum-window"), "{complaint}");
}

#[test]
fn impossible_settings_are_refused() {
    for (arguments, expected) in
        [(["--seeds", "0"], "1..=1000"), (["--threads", "none"], "invalid digit")]
    {
        let output = claims(&arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(expected), "{}", text(&output.stderr));
    }
}

/// The same bits on one thread and on two: claims that train networks, sweep rates, multiply
/// matrices, and sum over many coordinates.
#[test]
fn one_thread_and_two_measure_the_same_bits() {
    let run = |threads| {
        let ids = ["dead-pixels", "axis-aligned-toy", "early-updates", "large-batches-need-lamb"];
        let mut arguments = vec!["--json", "--threads", threads];
        ids.iter().for_each(|id| arguments.extend(["--id", id]));
        claims(&arguments).stdout
    };
    let one = run("1");
    assert!(one.len() > 1000);
    assert_eq!(text(&one), text(&run("2")));
}
