//! `descent replay`: its lines and its exit codes.

#![allow(clippy::unwrap_used, reason = "a test reports a failure by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn replay(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_descent")).arg("replay").args(arguments).output().unwrap()
}

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_line_a_file_and_the_worst_exit_code() {
    let good = vector("optimizers/adamw-torch-defaults-f64.json");
    let rates = vector("schedules/cosine-defaults.json");
    let [good, rates] = [good, rates].map(|path| path.canonicalize().unwrap());
    let output = replay(&[&good, &rates]);
    assert_eq!(output.status.code(), Some(0));
    let expected = format!("{}: ok\n{}: ok\n", good.display(), rates.display());
    assert_eq!(text(&output.stdout), expected);

    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.json");
    let case = fs::read_to_string(&good).unwrap();
    fs::write(&wrong, case.replacen("\"adamw\"", "\"adam\"", 1)).unwrap();
    let output = replay(&[&wrong, &good]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    assert!(lines.contains("wrong.json: step 1, parameter `"), "{lines}");
    assert!(lines.contains(" where the reference has "), "{lines}");
    assert!(lines.lines().nth(1).unwrap().ends_with(": ok"), "{lines}");

    let missing = folder.path().join("missing.json");
    let output = replay(&[&missing, &wrong, &good]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("missing.json: No such file"), "{:?}", output);
    assert!(text(&output.stdout).contains(": ok"), "the other files are replayed all the same");
}

/// What a learner's Adam in another language is checked with.
#[test]
fn a_trajectory_of_another_program_is_compared() {
    let case = vector("optimizers/adam-defaults-f64.json").canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let theirs = folder.path().join("theirs.json");
    let against = |content: &str| {
        fs::write(&theirs, content).unwrap();
        replay(&[Path::new("--against"), &theirs, &case])
    };
    let reference: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&case).unwrap()).unwrap();
    assert_eq!(against(&reference["trajectory"].to_string()).status.code(), Some(0));
    let mut wrong = reference["trajectory"].clone();
    wrong[1][0][0] = serde_json::json!(0.0);
    let output = against(&serde_json::json!({ "trajectory": wrong }).to_string());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("step 2, parameter"), "{}", text(&output.stdout));
    // Python writes NaN where JSON has no such word.
    let output = against("[[[NaN]]]");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("theirs.json: "), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("line 1 column"), "{}", text(&output.stderr));
}
