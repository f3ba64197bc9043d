//! The instructor's guide, word by word: every command that it tells to type, in its order, with the made-up
//! class that `course new` writes.
//!
//! Grading needs Linux with namespaces; where they are missing the test says so and passes, unless
//! `DESCENT_DEMAND` is set. `text2qti` is taken from `target/classroom/python`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use classroom::course::Course;
use std::fs;
use std::path::Path;
use std::process::Command;
use whole::{layout, skip};

/// What the guide tells to type, without `cargo run --release --`.
fn commands() -> Vec<Vec<String>> {
    let guide = fs::read_to_string(layout().chapters_folder().join("teaching.md")).unwrap();
    let typed =
        guide.lines().filter_map(|line| line.trim().strip_prefix("cargo run --release -- course "));
    typed.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

#[test]
fn a_course_goes_from_new_to_every_export_by_the_guides_own_words() {
    let isolated =
        Command::new(env!("CARGO_BIN_EXE_descent")).args(["course", "isolation"]).output().unwrap();
    if !isolated.status.success() {
        skip("students' programs cannot be isolated here");
        return;
    }
    let python = layout().root().join("target/classroom/python/bin");
    if !python.join("text2qti").is_file() {
        skip("text2qti is not installed in target/classroom/python");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The guide's commands are typed in the repository, beside which the course is.
    let repository = folder.path().join("repository");
    fs::create_dir(&repository).unwrap();
    let mut path = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    path.insert(0, python);
    let commands = commands();
    assert!(commands.len() >= 15, "{commands:?}");
    let collected = folder.path().join("optimizers/submissions/week-1");
    for command in &commands {
        if command[0] == "grade" && command[1] == "../optimizers" {
            // What comes back: the rehearsal's hand-ins, under the names of the five students.
            fs::create_dir_all(&collected).unwrap();
            for number in 1..=5 {
                let made_up =
                    folder.path().join(format!("rehearsal/submissions/week-1/m000{number}.zip"));
                fs::copy(made_up, collected.join(format!("s00{number}.zip"))).unwrap();
            }
        }
        let output = Command::new(env!("CARGO_BIN_EXE_descent"))
            .arg("course")
            .args(command)
            .current_dir(&repository)
            .env("PATH", std::env::join_paths(&path).unwrap())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{command:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let here = |name: &str| folder.path().join(name);
    for (name, least) in [
        ("rehearsal/report/week-1/index.html", 2_000),
        ("optimizers/report/week-1/grades.csv", 200),
        ("optimizers/release/week-1/s001.zip", 2_000),
        ("nbgrader/source/week-1/week-1.ipynb", 5_000),
        ("nbgrader/nbgrader_config.py", 500),
        ("autograder.zip", 1_000_000),
        ("classroom50/README.md", 500),
        ("actions/marks/.github/workflows/marks.yml", 1_000),
        ("week-1.gift", 500),
        ("week-1-qti/quiz.zip", 500),
        ("week-1.csv", 500),
        ("descent.apkg", 100_000),
    ] {
        let size = fs::metadata(here(name)).map_or(0, |file| file.len());
        assert!(size > least, "{name}: {size} bytes");
    }
    graded(&here("rehearsal"));
    graded_by_gradescope(folder.path());
    told_to_other_graders(folder.path());
}

/// The autograder in a fake `/autograder`, with what the student who is right hands in, and with a stranger.
fn graded_by_gradescope(folder: &Path) {
    let root = folder.join("autograder");
    for part in ["source", "results", "submission"] {
        fs::create_dir_all(root.join(part)).unwrap();
    }
    let mut archive =
        zip::ZipArchive::new(fs::File::open(folder.join("autograder.zip")).unwrap()).unwrap();
    archive.extract(root.join("source")).unwrap();
    // The first student of the course handed in what the first of the rehearsal did: variants differ, so
    // the answers are made anew.
    let course = Course::open(&folder.join("optimizers")).unwrap();
    let assignment = course.assignment(None).unwrap();
    let sets = course.sets(assignment, "s001").unwrap();
    let answers: Vec<Vec<String>> =
        sets.iter().map(|set| set.problem.trials()[0].clone()).collect();
    let submission = root.join("submission");
    fs::write(submission.join("answers.md"), classroom::answers::filled(&sets, &answers)).unwrap();
    let code = &sets.iter().find_map(|set| set.problem.code()).unwrap().solution;
    fs::write(submission.join("adam-step.rs"), code).unwrap();
    let run = |email: &str| -> serde_json::Value {
        let metadata = serde_json::json!({ "users": [{ "email": email }] });
        fs::write(root.join("submission_metadata.json"), metadata.to_string()).unwrap();
        let output = Command::new("bash")
            .arg(root.join("source/run_autograder"))
            .env("AUTOGRADER", &root)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let results = fs::read_to_string(root.join("results/results.json")).unwrap();
        serde_json::from_str(&results).unwrap()
    };
    let results = run("ada@example.org");
    let tests = results["tests"].as_array().unwrap();
    let sum = |field: &str| tests.iter().filter_map(|test| test[field].as_f64()).sum::<f64>();
    let of: f64 = sets.iter().map(|set| set.points).sum();
    assert_eq!((sum("score"), sum("max_score")), (of, of), "{results:#}");
    assert_eq!(tests[0]["visibility"], "after_due_date");
    let hidden = tests.iter().find(|test| test["visibility"] == "hidden").unwrap();
    assert!(hidden["output"].as_str().unwrap().contains("network namespace"));
    let stranger = run("nobody@example.org");
    assert_eq!(stranger["score"], 0.0);
    assert!(stranger["tests"][0]["output"].as_str().unwrap().contains("nobody@example.org"));
}

/// The same hand-in for Classroom 50 and for the summary of a workflow.
fn told_to_other_graders(folder: &Path) {
    let grade = |format: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_descent"))
            .args(["course", "grade-one"])
            .arg(folder.join("optimizers"))
            .args(["week-1", "--student", "s001", "--format", format, "--hand-in"])
            .arg(folder.join("autograder/submission"))
            .envs([
                ("CLASSROOM", "spring"),
                ("ASSIGNMENT", "week-1"),
                ("ASSIGNMENT_TYPE", "individual"),
                ("OWNER", "s001"),
                ("SUBMISSION_TAG", "submit/2027-01-18T10-00-00Z-abcdef0"),
                ("COMMIT_URL", "https://github.com/o/r/commit/abcdef0"),
                ("RELEASE_URL", "https://github.com/o/r/releases/tag/submit"),
                ("DESCENT_SUBMITTED_AT", "2027-01-18T10:00:00Z"),
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let result: serde_json::Value = serde_json::from_str(&grade("classroom50")).unwrap();
    assert_eq!(result["schema"], "classroom50/result/v1");
    assert_eq!(result["score"], result["max-score"], "{result:#}");
    assert!(grade("summary").lines().next().unwrap().contains("s001"));
}

/// The made-up class has earned what it should.
fn graded(folder: &Path) {
    let course = Course::open(folder).unwrap();
    let kept = classroom::batch::kept(&course, course.assignment(None).unwrap()).unwrap();
    let points: Vec<f64> = kept.iter().map(|grades| grades.as_ref().unwrap().points()).collect();
    let of = kept[0].as_ref().unwrap().of();
    assert!(points[0] == of && points[1] > 0.0 && points[1] < of, "{points:?} of {of}");
    assert_eq!(points[2..], [0.0; 3]);
}
