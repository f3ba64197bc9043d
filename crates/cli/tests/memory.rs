//! Memory accounting on the command line: the worked examples and the refusals.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn descent(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_descent")).arg("memory").args(arguments).output().unwrap()
}

/// The lines put out, with their columns set apart by single spaces.
fn lines(arguments: &[&str]) -> Vec<String> {
    let output = descent(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn assert_lines(arguments: &[&str], expected: &[&str]) {
    let said = lines(arguments);
    for line in expected {
        assert!(said.iter().any(|found| found == line), "{arguments:?}: no {line:?} in {said:#?}");
    }
}

#[test]
fn without_arguments_both_worked_examples_are_printed() {
    assert_lines(
        &[],
        &[
            "13_000_000_000 parameters, adamw, mixed-bf16, ZeRO stage 1, 8 ranks",
            "master copy 4.0000 52.00 GB 6.50 GB",
            "optimizer state 12.0000 156.00 GB 19.50 GB",
            "everything 16.0000 208.00 GB 71.50 GB",
            "On each rank: stage 0 208.00 GB, stage 1 71.50 GB, stage 2 48.75 GB, stage 3 26.00 GB.",
            "70_000_000_000 parameters, adamw, mixed-bf16, ZeRO stage 0, 1 rank",
            "optimizer state 12.0000 840.00 GB 840.00 GB",
            "everything 16.0000 1.12 TB 1.12 TB",
        ],
    );
}

#[test]
fn every_argument_has_its_effect() {
    let shampoo = ["--parameters", "1M", "--optimizer", "shampoo", "--matrix", "200x100"];
    assert_lines(
        &shampoo,
        &["row statistics L 8.0000 8.00 MB 8.00 MB", "everything 28.0000 28.00 MB 28.00 MB"],
    );
    let adafactor = ["--parameters", "1M", "--optimizer", "adafactor", "--matrix", "200x100"];
    assert_lines(
        &adafactor,
        &[
            "row means of squares 0.0400 40.00 kB 40.00 kB",
            "column means of squares 0.0200 20.00 kB 20.00 kB",
        ],
    );
    let alone = ["--parameters", "1M", "--zero", "2"];
    assert_lines(
        &alone,
        &["One rank has nobody to divide with, so ZeRO saves nothing; set --ranks."],
    );
    let divided = ["--parameters", "0.5k", "--precision", "fp32", "--zero", "3", "--ranks", "4"];
    assert_lines(&divided, &["everything 16.0000 8.00 kB 2.00 kB"]);
}

#[test]
fn sizes_are_read_in_every_form_that_the_errors_offer() {
    for (text, count) in [
        ("13B", "13_000_000_000"),
        ("1.3B", "1_300_000_000"),
        ("350M", "350_000_000"),
        ("124e6", "124_000_000"),
        ("124_439_808", "124_439_808"),
    ] {
        assert!(lines(&["--parameters", text])[0].starts_with(&format!("{count} parameters")));
    }
}

#[test]
fn bad_arguments_are_refused_by_name_and_with_a_remedy() {
    let with = |more: [&'static str; 2]| vec!["--parameters", "13B", more[0], more[1]];
    for (arguments, expected) in [
        (vec!["--parameters", "13 billion"], ["--parameters", "write it as 13B"]),
        (vec!["--parameters", "-13e9"], ["--parameters", "from 1 to 1e15; write it as"]),
        (vec!["--parameters", "nan"], ["--parameters", "from 1 to 1e15; write it as"]),
        (vec!["--parameters", "inf"], ["--parameters", "from 1 to 1e15; write it as"]),
        (vec!["--parameters", "1e400"], ["--parameters", "from 1 to 1e15; write it as"]),
        (vec!["--parameters", "1.5"], ["--parameters", "from 1 to 1e15; write it as"]),
        (vec!["--parameters", ""], ["--parameters", "write it as 13B"]),
        (vec!["--ranks", "8"], ["--parameters", "required"]),
        (with(["--optimizer", "adamx"]), ["--optimizer", "sgd, momentum, nesterov, adagrad"]),
        (with(["--precision", "fp8"]), ["--precision", "fp32, mixed-bf16, mixed-fp16, bf16"]),
        (with(["--zero", "4"]), ["--zero", "0, 1, 2, 3"]),
        (with(["--ranks", "0"]), ["--ranks", "from 1 to"]),
        (with(["--ranks", "-1"]), ["--ranks", "from 1 to"]),
        (with(["--matrix", "4096"]), ["--matrix", "as in 4096x1024"]),
        (with(["--matrix", "0x4096"]), ["--matrix", "from 1 to"]),
    ] {
        let output = descent(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let complaint = String::from_utf8(output.stderr).unwrap();
        for part in expected {
            assert!(complaint.contains(part), "{arguments:?}: no {part:?} in {complaint}");
        }
    }
    let output = descent(&["--parameters", "13B", "--matrix", "64x64"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("leave --matrix out"), "{complaint}");
}
