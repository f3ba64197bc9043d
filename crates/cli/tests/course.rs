//! A course of six problems with five students, from `course new` to its report, by the command itself.
//!
//! Isolation needs Linux and namespaces; where they are missing the tests say so and pass, unless
//! `DESCENT_DEMAND` is set.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use classroom::course::Course;
use classroom::release::Files;
use classroom::{answers, batch, leaks};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

fn descent(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_descent")).arg("course").args(arguments).output().unwrap()
}

/// What the command prints when all goes well.
fn well(arguments: &[&str]) -> String {
    let output = descent(arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

fn begun() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let course = folder.path().join("course");
    well(&["new", course.to_str().unwrap()]);
    (folder, course)
}

fn can_isolate() -> bool {
    let output =
        Command::new(env!("CARGO_BIN_EXE_descent")).args(["course", "isolation"]).output().unwrap();
    let can = output.status.success();
    assert!(
        can || std::env::var_os("DESCENT_DEMAND").is_none(),
        "DESCENT_DEMAND is set, but: {}",
        String::from_utf8_lossy(&output.stdout)
    );
    can
}

fn unpacked(path: &Path) -> Files {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut file = archive.by_index(place).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

fn records(course: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(course.join("grades/week-1")).unwrap().flatten();
    let of = |entry: fs::DirEntry| {
        (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap())
    };
    entries.map(of).collect()
}

#[test]
fn what_students_get_holds_no_trace_of_an_answer() {
    let (_folder, path) = begun();
    well(&["release", path.to_str().unwrap()]);
    let course = Course::open(&path).unwrap();
    let assignment = course.assignment(None).unwrap();
    for student in &course.students {
        let files = unpacked(&path.join(format!("release/week-1/{}.zip", student.id)));
        let sets = course.sets(assignment, &student.id).unwrap();
        assert_eq!(leaks::first(&course, &sets, &files), None);
        // The search finds each of them once it is there: anywhere, in any file.
        let mut tried = 0;
        for set in &sets {
            for (what, secret) in leaks::secrets(set) {
                let everything: String = files.iter().map(|(_, text)| text.as_str()).collect();
                if everything.contains(&secret) {
                    // The question itself says it.
                    continue;
                }
                tried += 1;
                let mut leaking = files.clone();
                let place = tried % leaking.len();
                leaking[place].1 += &secret;
                assert!(leaks::first(&course, &sets, &leaking).is_some(), "{what}: {secret}");
            }
        }
        assert!(tried > 150, "{tried}");
        let wanted =
            ["README.txt", "sheet.html", answers::FILE, "week-1.ipynb", "code/adam-step.rs"];
        for name in wanted {
            assert!(files.iter().any(|(path, _)| path.ends_with(name)), "{name}");
        }
    }
}

#[test]
fn each_student_has_a_variant_and_its_key() {
    let (_folder, path) = begun();
    let course = Course::open(&path).unwrap();
    let assignment = course.assignment(None).unwrap();
    let of = |student: &str| course.sets(assignment, student).unwrap();
    let (one, other) = (of("s001"), of("s002"));
    let constants = |sets: &[classroom::course::Set]| -> Vec<f64> {
        sets.iter().flat_map(|set| &set.problem.constants).map(|constant| constant.value).collect()
    };
    let all: Vec<Vec<f64>> =
        course.students.iter().map(|student| constants(&of(&student.id))).collect();
    assert!(all.iter().any(|values| *values != all[0]));
    for set in one.iter().chain(&other) {
        let own = set.problem.trials()[0].clone();
        if set.problem.code().is_none() {
            assert!(set.problem.check(&own).is_solved(), "{}", set.problem.id);
        }
    }
    // The same student has the same variant again, in another course another.
    assert_eq!(constants(&of("s001")), all[0]);
    let text = fs::read_to_string(path.join("course.toml")).unwrap();
    let seeds = |course: &Course| -> Vec<u64> {
        let sets = course.sets(course.assignment(None).unwrap(), "s001").unwrap();
        sets.iter().map(|set| set.problem.seed).collect()
    };
    let before = seeds(&course);
    let secret = course.plan.secret.clone();
    fs::write(path.join("course.toml"), text.replace(&secret, &"z".repeat(32))).unwrap();
    assert_ne!(before, seeds(&Course::open(&path).unwrap()));
}

#[test]
fn five_students_are_graded_and_reported() {
    if !can_isolate() {
        return;
    }
    let (folder, path) = begun();
    let rehearsal = folder.path().join("rehearsal");
    let named = rehearsal.to_str().unwrap();
    well(&["rehearse", path.to_str().unwrap(), "--into", named]);
    let said = well(&["grade", named]);
    assert!(said.contains("5 graded") && said.contains("0 kept"), "{said}");
    let course = Course::open(&rehearsal).unwrap();
    let assignment = course.assignment(None).unwrap();
    let grades: Vec<_> =
        batch::kept(&course, assignment).unwrap().into_iter().map(Option::unwrap).collect();
    let points: Vec<f64> = grades.iter().map(classroom::grades::Grades::points).collect();
    let of = grades[0].of();
    assert_eq!(points[0], of);
    assert!(points[1] > 0.0 && points[1] < of);
    assert_eq!(points[2..], [0.0, 0.0, 0.0]);
    assert!(grades.iter().all(|grades| grades.isolation == jail::LAYERS));
    assert!(grades[3].notes.iter().any(|note| note.contains("leads out of the archive")));

    // Again: nothing is graded twice; what is missing is graded to the same bytes.
    let first = records(&rehearsal);
    assert!(well(&["grade", named]).contains("0 graded"));
    for gone in ["m0001.json", "m0004.json"] {
        fs::remove_file(rehearsal.join("grades/week-1").join(gone)).unwrap();
    }
    let said = well(&["grade", named, "--jobs", "1"]);
    assert!(said.contains("2 graded") && said.contains("3 kept"), "{said}");
    assert_eq!(records(&rehearsal), first);

    // A changed answer is graded anew, and only that.
    let zip = rehearsal.join("submissions/week-1");
    fs::copy(zip.join("m0001.zip"), zip.join("m0005.zip")).unwrap();
    assert!(well(&["grade", named]).contains("1 graded"));

    well(&["report", named]);
    let report = rehearsal.join("report/week-1");
    let table = fs::read_to_string(report.join("grades.csv")).unwrap();
    assert_eq!(table.lines().count(), 6);
    assert!(table.lines().nth(1).unwrap().ends_with(&format!("{of},{of}")), "{table}");
    let index = fs::read_to_string(report.join("index.html")).unwrap();
    for layer in jail::LAYERS {
        assert!(index.contains(layer), "{layer}");
    }
    assert!(index.contains("none was missing") && !index.contains("<script>"));
    for student in &course.students {
        assert!(report.join(format!("feedback/{}.html", student.id)).is_file());
    }
}

/// What a student types into the notebook counts like what stands in the files.
#[test]
fn answers_in_the_notebook_count() {
    if !can_isolate() {
        return;
    }
    let (_folder, path) = begun();
    let named = path.to_str().unwrap();
    well(&["release", named]);
    let course = Course::open(&path).unwrap();
    let assignment = course.assignment(None).unwrap();
    let files = unpacked(&path.join("release/week-1/s001.zip"));
    let (_, text) = files.iter().find(|(name, _)| name.ends_with(".ipynb")).unwrap();
    let mut notebook: serde_json::Value = serde_json::from_str(text).unwrap();
    let sets = course.sets(assignment, "s001").unwrap();
    for cell in notebook["cells"].as_array_mut().unwrap() {
        let Some(problem) = cell["metadata"]["descent"]["problem"].as_str() else { continue };
        let set = sets.iter().find(|set| set.problem.id == problem).unwrap();
        let answers = &set.problem.trials()[0];
        cell["source"] = serde_json::json!(format!("let mine = {answers:?};"));
    }
    let hand_in = path.join("submissions/week-1/s001");
    fs::create_dir_all(hand_in.join("code")).unwrap();
    fs::write(hand_in.join("my.ipynb"), notebook.to_string()).unwrap();
    // The files lie there as they were given out.
    for (name, text) in files.iter().filter(|(name, _)| !name.ends_with(".ipynb")) {
        let name = name.split_once('/').unwrap().1;
        fs::write(hand_in.join(name), text).unwrap();
    }
    well(&["grade", named]);
    let kept = batch::kept(&course, assignment).unwrap();
    let grades = kept[0].as_ref().unwrap();
    assert_eq!(grades.points(), grades.of(), "{grades:#?}");
}

#[test]
fn essays_wait_for_a_marker_and_take_the_marks() {
    if !can_isolate() {
        return;
    }
    let (_folder, path) = begun();
    let plan = fs::read_to_string(path.join("course.toml")).unwrap();
    let (head, _) = plan.split_once("  [[assignment.problem]]").unwrap();
    let essay = "  [[assignment.problem]]\n  id = \"why-decouple\"\n  points = 10\n";
    fs::write(path.join("course.toml"), format!("{head}{essay}")).unwrap();
    let hand_in = path.join("submissions/week-1/s001");
    fs::create_dir_all(&hand_in).unwrap();
    // Marks that a student gives themselves are words like any other.
    fs::write(hand_in.join(answers::FILE), "### why-decouple 1\nall | Because.\n").unwrap();
    let named = path.to_str().unwrap();
    let points = || {
        well(&["grade", named]);
        let course = Course::open(&path).unwrap();
        batch::kept(&course, course.assignment(None).unwrap()).unwrap()[0].clone().unwrap()
    };
    let before = points();
    assert_eq!(before.points(), 0.0);
    assert!(before.problems[0].report.lines[0].feedback.contains("marked by hand"));
    well(&["report", named]);
    let waiting = fs::read_to_string(path.join("report/week-1/marking.csv")).unwrap();
    assert!(waiting.contains("s001,why-decouple,1,"), "{waiting}");
    fs::create_dir_all(path.join("marks")).unwrap();
    fs::write(
        path.join("marks/week-1.csv"),
        waiting.replace("why-decouple,1,", "why-decouple,1,all"),
    )
    .unwrap();
    assert!(points().points() > 0.0);
}

#[test]
fn faults_of_a_course_are_named() {
    let (_folder, path) = begun();
    let plan = fs::read_to_string(path.join("course.toml")).unwrap();
    for (from, to, wanted) in [
        ("id = \"adam-step\"", "id = \"adam-stpe\"", "adam-step"),
        ("points = 3", "points = -1", "above 0"),
        ("title =", "tilte =", "tilte"),
        ("id = \"adam-step\"", "id = \"amsgrad-folklore\"", "twice"),
        ("name = \"week-1\"", "name = \"../x\"", "../x"),
    ] {
        fs::write(path.join("course.toml"), plan.replacen(from, to, 1)).unwrap();
        let output = descent(&["release", path.to_str().unwrap()]);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && complaint.contains(wanted), "{wanted}: {complaint}");
        assert!(complaint.contains("course.toml"), "{complaint}");
    }
    assert!(!descent(&["new", path.to_str().unwrap()]).status.success());
    let nowhere = descent(&["grade", "/nowhere"]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("course new"));
}
