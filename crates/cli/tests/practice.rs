//! Practice on the command line, as a learner types it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use practice::{Kind, Problem};
use progress::Event;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A learner with a progress file of their own.
struct Learner(tempfile::TempDir);

impl Learner {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn progress(&self) -> PathBuf {
        self.0.path().join("progress.jsonl")
    }

    fn types(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_descent"))
            .args(arguments)
            .env("DESCENT_PROGRESS", self.progress())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        command.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        command.wait_with_output().unwrap()
    }

    fn says(&self, arguments: &[&str], input: &str) -> String {
        let output = self.types(arguments, input);
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    }
}

#[test]
fn the_overview_says_what_to_type_next() {
    let learner = Learner::new();
    let text = learner.says(&["practice"], "");
    for word in ["bias-correction", "practice next", "practice list", "practice start", "interview"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
    let suggested = text.lines().find(|line| line.starts_with("Write some code first")).unwrap();
    let id = suggested.split_whitespace().last().unwrap();
    assert_eq!(practice::open(id).unwrap().kind(), Kind::Code);
    assert!(learner.says(&["practice", "list", "bias-correction"], "").contains("derivation"));
    let refusal = learner.says(&["practice", "list", "biology"], "");
    assert!(refusal.contains("no chapter `biology`") && refusal.contains("momentum"), "{refusal}");
    let refusal = learner.says(&["practice", "start", "adam-setp"], "");
    assert!(refusal.contains("adam-step"), "{refusal}");
}

/// Right and wrong answers to problems of every kind; of those that are compiled or executed to a few,
/// since each takes a second.
#[test]
fn the_command_line_grades_as_the_crate_does() {
    let learner = Learner::new();
    let derivation = practice::open("bias-correction-derivation").unwrap();
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/answers.json");
    let table: Vec<Vec<String>> =
        serde_json::from_str(&fs::read_to_string(table).unwrap()).unwrap();
    let mut rows: Vec<(&Problem, Vec<String>)> =
        table.into_iter().map(|answers| (&derivation, answers)).collect();
    let (slow, quick): (Vec<Problem>, Vec<Problem>) = practice::open_all()
        .unwrap()
        .into_iter()
        .partition(|problem| matches!(problem.kind(), Kind::Code | Kind::Diagnosis));
    for problem in quick.iter().chain(slow.iter().step_by(12)) {
        rows.extend(problem.trials().map(|answers| (problem, answers)));
    }
    assert!(rows.len() > 400);
    for (problem, answers) in rows.iter().filter(|(_, answers)| !answers.is_empty()) {
        let mut arguments = vec!["practice", "check", "--json", &problem.id];
        arguments.extend(answers.iter().map(String::as_str));
        let output = learner.types(&arguments, "");
        let report: practice::Report = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report, problem.check(answers), "{}: {answers:?}", problem.id);
        assert_eq!(output.status.success(), report.is_solved());
    }
}

#[test]
fn a_solution_is_shown_after_a_try_or_when_asked_twice() {
    let learner = Learner::new();
    let ask = || learner.says(&["practice", "solution", "bias-correction-derivation"], "");
    assert!(ask().contains("ask once more"));
    assert!(ask().contains("Unroll"));
    let other = Learner::new();
    other.says(&["practice", "check", "bias-correction-derivation", "mu"], "");
    assert!(
        other.says(&["practice", "solution", "bias-correction-derivation"], "").contains("Unroll")
    );
}

#[test]
fn progress_survives_a_torn_line_and_moves_between_machines() {
    let (here, there) = (Learner::new(), Learner::new());
    fs::write(here.progress(), "{\"at\": 17, \"did\": \"answ").unwrap();
    here.says(&["practice", "check", "first-step-without-corrections", "sqrt(10)"], "");
    assert!(here.says(&["practice"], "").contains("solved 1"));
    assert!(here.says(&["practice"], "").contains("1 lines of it cannot be read"));
    let file = here.0.path().join("taken.jsonl");
    let file = file.to_str().unwrap();
    here.says(&["practice", "export", file], "");
    assert!(there.says(&["practice", "import", file], "").contains("2 lines are new"));
    assert!(there.says(&["practice", "import", file], "").contains("0 lines are new"));
    assert!(there.says(&["practice"], "").contains("solved 1"));
    fs::write(file, "a picture").unwrap();
    assert!(there.says(&["practice", "import", file], "").contains("holds no progress"));
    assert!(there.says(&["review"], "").contains("in 2 days"));
    assert!(there.says(&["review", "--classic"], "").contains("in 3 days"));
}

#[test]
fn answering_line_by_line_gives_hints_and_leaves_what_is_left() {
    let learner = Learner::new();
    let id = "bias-correction-derivation";
    let text = learner.says(&["practice", "start", id], "?\nmu\n!\n\n");
    assert!(text.contains("Write out m_1"), "{text}");
    assert!(text.contains("✗") && text.contains("0 of 10 points"), "{text}");
    let log = fs::read_to_string(learner.progress()).unwrap();
    assert!(log.contains("\"hint\"") && log.contains("\"hints\":1"), "{log}");
}

#[test]
fn an_interview_asks_a_mix_and_reports_by_topic() {
    let learner = Learner::new();
    let text = learner.says(&["interview", "--minutes", "20", "--seed", "5"], "!\n");
    assert!(text.contains("Question 1 of") && text.contains("of 100"), "{text}");
    assert!(text.contains("Read again:"), "{text}");
    let again = learner.says(&["interview", "--minutes", "20", "--seed", "5"], "!\n");
    assert_eq!(text.lines().next(), again.lines().next());
    let refusal = learner.says(&["interview", "--minutes", "0"], "");
    assert!(refusal.contains("give it more"), "{refusal}");
}

#[test]
fn drills_come_back_on_the_classic_days() {
    let learner = Learner::new();
    let text = learner.says(&["review", "--drills", "--list"], "");
    assert!(text.contains("by-heart-adam") && !text.contains("adam-step"), "{text}");
    let [answers, _] = practice::open("by-heart-lion").unwrap().trials();
    let mut arguments = vec!["practice", "check", "by-heart-lion"];
    arguments.extend(answers.iter().map(String::as_str));
    assert!(learner.says(&arguments, "").contains("3 of 3 points"));
    let log = fs::read_to_string(learner.progress()).unwrap();
    let review = progress::Log::parse(&log).reviews(progress::Plan::Classic);
    assert_eq!((review[0].problem.as_str(), review[0].days), ("by-heart-lion", 3));
    let text = learner.says(&["review", "--drills"], "!\n");
    assert!(text.contains("due today") && !text.contains("—— by-heart-lion"), "{text}");
}

#[test]
fn the_screen_offers_a_way_on_from_what_was_mistyped() {
    let learner = Learner::new();
    for (arguments, offered) in [
        (&["practice", "start", "adam_stpe"][..], "adam-step"),
        (&["practice", "start", "bias-correction"], "practice list bias-correction"),
        (&["practice", "list", "bias-corection"], "did you mean bias-correction"),
        (&["practice", "check", "by-heart-lion", "m", "--json"], "before the answers"),
        (&["practice", "check", "by-heart-lion", "a", "b", "c"], "2 lines"),
        (&["practice", "check", "adam-step"], "start adam-step"),
    ] {
        let text = learner.says(arguments, "");
        assert!(text.contains(offered), "{arguments:?}: {text}");
    }
    // The words of one answer need no quotes, and a file may be named.
    let order = practice::open("rank-first-steps").unwrap().trials()[0][0].clone();
    let mut words = vec!["practice", "check", "rank-first-steps"];
    words.extend(order.split([',', ' ']).filter(|word| !word.is_empty()));
    assert!(learner.types(&words, "").status.success());
    let file = learner.0.path().join("mine.rs");
    fs::write(&file, &practice::open("adam-step").unwrap().code().unwrap().solution).unwrap();
    let file = file.to_str().unwrap();
    assert!(learner.types(&["practice", "check", "adam-step", file], "").status.success());
    // What is no progress is not written over.
    let refusal = learner.says(&["practice", "export", file], "");
    assert!(refusal.contains("name another file"), "{refusal}");
    // Nor is the progress of somebody else.
    let theirs = Event::answered(5, "adam-step", 0, 1, 5, 0).line();
    fs::write(file, &theirs).unwrap();
    assert!(learner.says(&["practice", "export", file], "").contains("import` it first"));
    assert!(learner.says(&["practice", "import", file], "").contains("1 lines are new"));
    assert!(learner.types(&["practice", "export", file], "").status.success());
    let missing = learner.says(&["practice", "check", "adam-step", "nowhere.rs"], "");
    assert!(missing.contains("nowhere.rs") && !missing.contains("compile"), "{missing}");
    assert!(learner.says(&["practice", "solution", "adam-step"], "").contains("fn adam_step"));
}
