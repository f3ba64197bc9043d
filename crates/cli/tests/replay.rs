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

/// The Adam in Python that the book shows agrees where it should, and is found out where it should
/// not.
#[test]
fn the_twenty_lines_of_python_in_the_book_agree() {
    let python = Command::new("python3").arg("--version").output();
    if python.is_err() && std::env::var_os("DESCENT_DEMAND").is_none() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("book/src/conformance.md")).unwrap();
    let (_, rest) = page.split_once("```python\n").unwrap();
    let (program, _) = rest.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [mine, theirs] = ["mine.py", "mine.json"].map(|name| folder.path().join(name));
    let verdict = |program: &str, case: &str| {
        fs::write(&mine, program).unwrap();
        let case = vector(&format!("optimizers/{case}.json"));
        let output = Command::new("python3").arg(&mine).arg(&case).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        fs::write(&theirs, output.stdout).unwrap();
        replay(&[Path::new("--against"), &theirs, &case]).status.code()
    };
    assert_eq!(verdict(program, "adam-defaults-f64"), Some(0));
    assert_eq!(verdict(program, "adam-no-momentum-f64"), Some(0));
    assert_eq!(verdict(program, "adam-heavy-decay-f64"), Some(1));
    for (right, wrong) in [
        ("(math.sqrt(v_hat) + h[\"eps\"])", "math.sqrt(v_hat + h[\"eps\"])"),
        ("m_hat = m[k][i] / (1 - h[\"beta1\"] ** t)", "m_hat = m[k][i]"),
        ("start=1", "start=2"),
    ] {
        let mutant = program.replace(right, wrong);
        assert_ne!(mutant, program);
        assert_eq!(verdict(&mutant, "adam-defaults-f64"), Some(1), "{wrong}");
    }
}
