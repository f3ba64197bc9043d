//! The export to nbgrader, with the real one and the real kernel: released, answered well and badly and with
//! ill will, graded, told, exported, and the points compared with the checker's.
//!
//! Needs `target/classroom/python` with `tests/exports/nbgrader-requirements.txt` in it, and evcxr_jupyter.
//! Where they are missing the test says so and passes, unless `DESCENT_DEMAND` is set.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use classroom::example;
use classroom::export::nbgrader::{Assignment, write};
use practice::{Asks, Problem};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use weave::kernel::program;
use whole::{layout, skip};

/// Each kind of answer, several lines in one problem, a variant that is not the first, and points that do
/// not divide evenly.
const ASSIGNED: [(&str, u64, f64); 6] = [
    ("first-step-without-corrections", 4, 2.0),
    ("adam-step", 0, 5.0),
    ("bias-correction-derivation", 0, 1.0),
    ("adam-then-sgd", 0, 7.0),
    ("frozen-layer", 0, 2.5),
    ("adadelta-order", 0, 3.0),
];

fn assigned() -> Vec<(Problem, f64)> {
    let bank = layout().problems_folder();
    let open = |(id, variant, points): &(&str, u64, f64)| {
        (Problem::load_variant(&bank, id, *variant).unwrap(), *points)
    };
    ASSIGNED.iter().map(open).collect()
}

/// A course with these problems, and nbgrader's folder beside it.
fn exported(problems: &[(Problem, f64)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let course = folder.path().join("course");
    example::begin(&course).unwrap();
    let plan = fs::read_to_string(course.join("course.toml")).unwrap();
    let (head, _) = plan.split_once("  [[assignment.problem]]").unwrap();
    let chosen: String = problems
        .iter()
        .map(|(problem, points)| {
            format!("  [[assignment.problem]]\n  id = \"{}\"\n  points = {points:?}\n", problem.id)
        })
        .collect();
    fs::write(course.join("course.toml"), format!("{head}{chosen}")).unwrap();
    let assignment = Assignment {
        name: "week-1",
        title: "The first week",
        problems,
        course: &course,
        program: Path::new(env!("CARGO_BIN_EXE_descent")),
    };
    write(&folder.path().join("nbgrader"), &assignment).unwrap();
    folder
}

/// For each line of a problem an answer, by `choose`.
fn answers(problem: &Problem, choose: &dyn Fn(&practice::Line) -> String) -> Vec<String> {
    let lines = problem.lines.iter();
    // Essays are marked by a person.
    lines
        .map(|line| if matches!(line.asks, Asks::Rubric(_)) { String::new() } else { choose(line) })
        .collect()
}

/// Someone's answers to all problems, and what the checker gives for them.
fn student(problems: &[(Problem, f64)], choose: &dyn Fn(usize, &Problem) -> Vec<String>) -> Value {
    let mut texts = BTreeMap::new();
    let mut total = 0.0;
    for (place, (problem, points)) in problems.iter().enumerate() {
        let answers = choose(place, problem);
        let earned = problem.check(&answers).points;
        total += points * f64::from(earned) / f64::from(problem.points());
        texts.insert(problem.id.clone(), answers);
    }
    json!({"answers": texts, "points": total})
}

#[test]
fn what_is_handed_in_is_graded_by_the_real_nbgrader() {
    let python = layout().root().join("target/classroom/python/bin");
    if !python.join("nbgrader").exists() {
        skip("nbgrader is not installed in target/classroom/python");
        return;
    }
    let Ok(kernel) = program(&layout().kernels_folder()) else {
        skip("evcxr_jupyter is not installed");
        return;
    };
    let problems = assigned();
    let right = |problem: &Problem| answers(problem, &|line| line.model_answer(problem));
    let wrong =
        |problem: &Problem| answers(problem, &|line| line.wrong_answers(problem).remove(0).answer);
    let plan = json!({
        "right": student(&problems, &|_, problem| right(problem)),
        "half": student(&problems, &|place, problem| match place % 2 {
            0 => right(problem),
            _ => wrong(problem),
        }),
        "wrong": student(&problems, &|_, problem| wrong(problem)),
    });
    let [all, half, none] = ["right", "half", "wrong"].map(|who| plan[who]["points"].as_f64());
    assert!(all > half && half > none, "{plan}");

    let folder = exported(&problems);
    let plan_file = folder.path().join("plan.json");
    fs::write(&plan_file, plan.to_string()).unwrap();
    let status = Command::new(python.join("python"))
        .arg(layout().root().join("tests/exports/nbgrader_round_trip.py"))
        .args([&folder.path().join("nbgrader"), &folder.path().join("course"), &plan_file, &kernel])
        .status()
        .unwrap();
    assert!(status.success(), "see above");
}

#[test]
fn no_notebook_tells_an_answer_or_where_to_find_it() {
    let problems = assigned();
    let folder = exported(&problems);
    let source = folder.path().join("nbgrader/source/week-1/week-1.ipynb");
    let notebook: Value = serde_json::from_str(&fs::read_to_string(source).unwrap()).unwrap();
    let text: String = notebook["cells"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|cell| cell["source"].as_array().unwrap())
        .map(|line| line.as_str().unwrap())
        .collect();
    let mut secrets = vec![
        folder.path().to_str().unwrap().to_owned(),
        layout().problems_folder().to_str().unwrap().to_owned(),
        env!("CARGO_BIN_EXE_descent").to_owned(),
    ];
    for (problem, _) in &problems {
        secrets.push(problem.solution.trim().to_owned());
        for line in &problem.lines {
            secrets.extend(line.hints.clone());
            secrets.extend(line.wrong_answers(problem).into_iter().map(|wrong| wrong.reply));
            match &line.asks {
                Asks::Rubric(rubric) => {
                    secrets.extend(rubric.points.iter().map(|point| point.text.clone()));
                }
                Asks::Number(number) => secrets.push(number.answer.clone()),
                Asks::Formula(formula) => secrets.push(formula.answer.clone()),
                Asks::Diagnosis(diagnosis) => secrets.push(diagnosis.answer.clone()),
                Asks::Code(code) => {
                    let starter: Vec<&str> = code.starter.lines().collect();
                    let own = code.solution.lines().filter(|line| !starter.contains(line));
                    secrets.extend(own.map(str::trim).filter(|l| l.len() > 8).map(str::to_owned));
                    secrets.push(code.cases.clone());
                }
                _ => {}
            }
        }
    }
    for secret in &secrets {
        assert!(secret.len() > 1, "{secret:?} would be found anywhere");
        assert!(!text.contains(secret.as_str()), "the notebook says {secret:?}");
    }
}

#[test]
fn what_nbgrader_would_not_take_is_refused() {
    let problems = assigned();
    let course = Path::new("/course");
    let refusal = |name: &str, problems: &[(Problem, f64)], course: &Path| {
        let assignment = Assignment { name, title: "T", problems, course, program: course };
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &assignment).unwrap_err().to_string()
    };
    assert!(refusal("week 1", &problems, course).contains("`week 1` is no name"));
    assert!(refusal("--week", &problems, course).contains("is no name"));
    assert!(refusal("week", &[], course).contains("no problems"));
    assert!(refusal("week", &problems, Path::new("course")).contains("not an absolute path"));
    let (problem, _) = &problems[0];
    let twice = [(problem.clone(), 1.0), (problem.clone(), 1.0)];
    assert!(refusal("week", &twice, course).contains("the same answer cell"));
    let nothing = [(problem.clone(), f64::NAN)];
    assert!(refusal("week", &nothing, course).contains("NaN points"));
}
