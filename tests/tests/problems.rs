//! The bank of problems: every one proves that it grades what it should.

use practice::{Asks, Kind, Problem, Verdict, bank, defects, ids, open, open_all};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use whole::layout;

#[test]
fn every_problem_proves_itself() {
    let ids = ids().unwrap();
    let found = lab::parallel::map(&ids, |id| defects(&bank(), id).unwrap());
    let complaints: Vec<String> = ids
        .iter()
        .zip(found)
        .filter(|(_, defects)| !defects.is_empty())
        .map(|(id, defects)| format!("{id}:\n  {}", defects.join("\n  ")))
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_chapter_has_eight_problems_of_four_kinds_and_all_faults_are_diagnosed() {
    let problems = open_all().unwrap();
    assert!(problems.len() >= 150, "{}", problems.len());
    let mut chapters: BTreeMap<&str, Vec<Kind>> = BTreeMap::new();
    let mut cases = BTreeSet::new();
    for problem in &problems {
        chapters.entry(&problem.chapter).or_default().push(problem.kind());
        for line in &problem.lines {
            if let Asks::Diagnosis(diagnosis) = &line.asks {
                cases.insert(format!("{:?}", diagnosis.case));
            }
        }
    }
    for chapter in layout().chapters().unwrap() {
        let kinds = chapters.get(chapter.name.as_str()).cloned().unwrap_or_default();
        let different: BTreeSet<Kind> = kinds.iter().copied().collect();
        assert!(kinds.len() >= 8 && different.len() >= 4, "{}: {kinds:?}", chapter.name);
    }
    assert_eq!(cases.len(), lab::experiment::diagnosis::CASES.len(), "{cases:?}");
}

#[test]
fn the_interview_questions_of_the_syllabus_are_all_there_with_all_their_parts() {
    let problems = open_all().unwrap();
    let of_row = |row: u32| -> Vec<&Problem> {
        problems.iter().filter(|problem| problem.rows.contains(&row)).collect()
    };
    // Row 40 lists nineteen questions, row 39 two that are open, and the derivation.
    assert!(of_row(40).len() >= 19, "{}", of_row(40).len());
    assert!(of_row(39).len() >= 2, "{}", of_row(39).len());
    for problem in problems.iter().filter(|problem| problem.kind() == Kind::Essay) {
        assert!(!problem.say_first.is_empty(), "{}", problem.id);
        assert!(!problem.follow_ups.is_empty(), "{}", problem.id);
        let checked = problem.lines.iter().any(|line| !matches!(line.asks, Asks::Rubric(_)));
        assert!(checked, "{}: nothing in it is checked", problem.id);
    }
}

#[test]
fn code_is_formatted_and_its_solutions_are_free_of_lints() {
    let (mut files, mut solutions) = (Vec::new(), Vec::new());
    for id in ids().unwrap() {
        let folder = bank().join(&id);
        let file = |name: &str| folder.join(name);
        files.extend(
            ["starter.rs", "solution.rs", "cases.rs"]
                .map(file)
                .into_iter()
                .filter(|path| path.is_file()),
        );
        if folder.join("solution.rs").is_file() {
            solutions.push(folder.join("solution.rs"));
        }
    }
    assert!(solutions.len() >= 20);
    let formatted = Command::new("rustfmt")
        .args(["--check", "--edition", "2024", "--config-path"])
        .arg(layout().root())
        .args(&files)
        .output()
        .unwrap();
    assert!(formatted.status.success(), "{}", String::from_utf8_lossy(&formatted.stdout));
    let folder = tempfile::tempdir().unwrap();
    for solution in solutions {
        let linted = Command::new("clippy-driver")
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "lib",
                "-D",
                "warnings",
                "-W",
                "clippy::all",
            ])
            .args(["--emit", "metadata", "--out-dir"])
            .arg(folder.path())
            .arg(&solution)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&linted.stderr);
        assert!(linted.status.success(), "{}: {said}", solution.display());
    }
}

#[test]
fn a_hostile_answer_gets_a_clear_verdict_and_no_points() {
    let problem = open("adam-step").unwrap();
    let Asks::Code(code) = &problem.lines[0].asks else { panic!("it asks for code") };
    for (body, told) in [
        ("loop { std::hint::black_box(0); }", "stopped after"),
        ("panic!(\"boom\")", "It panicked: boom"),
        ("let mut x = vec![]; loop { x.push(vec![1_u8; 10_000_000]); }", "MiB of memory"),
        (
            "let line = \"3ff0000000000000\\tdone \".repeat(1000); loop { println!(\"{line}\"); }",
            "a loop that prints",
        ),
        ("std::process::exit(0)", "`std::process` is not open"),
        ("std::process::abort()", "`std::process` is not open"),
        ("std::fs::remove_file(\"answer.rs\").unwrap()", "`std::fs` is not open"),
        ("include!(\"../../book/problems/adam-step/solution.rs\")", "`include!` is not open"),
        (
            "fn deep(x: u64) -> u64 { deep(x + 1) + x } theta[0] = deep(0) as f64",
            "stack overflowed",
        ),
        ("panic!(\"\\x1b[2Jboom\")", "[2Jboom"),
        (
            "const N: u64 = { let mut i = 0; while i < 1 << 50 { i += 1 } i }; theta[0] = N as f64",
            "does not compile",
        ),
        ("std::thread::sleep(std::time::Duration::from_secs(60))", "stopped after"),
        ("theta[0] = \"text\";", "does not compile"),
        ("unsafe { std::hint::unreachable_unchecked() }", "unsafe"),
        ("}", "does not compile"),
    ] {
        let report = problem.check(&[code.starter.replace("todo!()", body)]);
        let feedback = &report.lines[0].feedback;
        assert_eq!(report.points, 0, "{body}: {feedback}");
        assert_eq!(report.lines[0].verdict, Verdict::Unreadable, "{body}: {feedback}");
        assert!(feedback.contains(told), "{body}: {feedback}");
        assert!(!feedback.contains('\u{1b}'), "{body}: {feedback}");
    }
    // Numbers that are too large for any comparison are no answer either.
    let huge = "theta.fill(f64::INFINITY); m.fill(f64::INFINITY); v.fill(f64::INFINITY);";
    let report = problem.check(&[code.starter.replace("todo!()", huge)]);
    assert_eq!((report.points, report.lines[0].verdict), (0, Verdict::Wrong));
    for text in ["", "   ", "\0", "fn", "🦀"] {
        assert_eq!(problem.check(&[text]).points, 0);
    }
}

#[test]
fn a_malformed_problem_is_reported_with_file_line_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let bank = folder.path().join("problems");
    let original = layout().problems_folder().join("first-step-without-corrections");
    let at = bank.join("broken");
    fs::create_dir_all(&at).unwrap();
    for name in ["problem.toml", "statement.md", "solution.md"] {
        fs::copy(original.join(name), at.join(name)).unwrap();
    }
    let whole = fs::read_to_string(original.join("problem.toml")).unwrap();
    for (from, to, said) in [
        ("difficulty = 2", "difficulty = 9", "difficulty = 9 is outside 1..=5"),
        ("minutes = 4", "minuets = 4", "unknown field `minuets`"),
        ("values = [0.9,", "values = [", "is the right number"),
        ("points = 3", "points = 0", "worth no points"),
        ("answer = \"1 - beta1\"", "answer = \"1 - gamma\"", "gamma"),
        ("title = ", "title ", "key with no value"),
    ] {
        assert!(whole.contains(from), "{from}");
        fs::write(at.join("problem.toml"), whole.replacen(from, to, 1)).unwrap();
        match Problem::load(&bank, "broken") {
            // Other constants are no fault by themselves.
            Ok(_) => assert_eq!(from, "values = [0.9,"),
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains("problem.toml:") && error.contains(said), "{from}: {error}");
            }
        }
    }
    fs::write(at.join("problem.toml"), whole).unwrap();
    fs::write(at.join("statement.md"), "With {{delta}}.").unwrap();
    let error = Problem::load(&bank, "broken").unwrap_err().to_string();
    assert!(error.contains("statement.md:1") && error.contains("delta"), "{error}");
    let unknown = open("bias-derivation").unwrap_err().to_string();
    assert!(unknown.contains("bias-correction-derivation"), "{unknown}");
}
