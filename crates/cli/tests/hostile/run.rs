//! A course with hand-ins, graded by the command, and what must hold whatever has been handed in.

use classroom::course::Course;
use classroom::{answers, batch};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The problem that asks for code; it is the course's own, and so is the number.
pub const CODE: &str = "sum-of-squares";
pub const NUMBER: &str = "half-of-the-weight";
pub const FORMULA: &str = "bias-correction-derivation";
pub const ESSAY: &str = "does-adam-converge";

/// Stands in all that no student may see: the secret, the solutions and the cases.
const KEY: &str = "KEY-OF-THE-COURSE";
/// A right answer to the problem that asks for code.
pub const RIGHT: &str =
    "pub fn sum_of_squares(numbers: &[f64]) -> f64 { numbers.iter().map(|x| x * x).sum() }\n";
const STARTER: &str = "pub fn sum_of_squares(numbers: &[f64]) -> f64 {\n    todo!()\n}\n";
const PROBLEM: &str = r#"title = "The sum of squares"
chapter = "momentum"
section = "how-long-is-its-memory"
difficulty = 1
minutes = 2

[[line]]
prompt = "Fill in `sum_of_squares`."
points = 4
hints = ["Multiply each number by itself.", "Then add them all up."]

[line.asks.code]

[[line.asks.code.mutant]]
name = "not squared"
replace = "x * x"
with = "*x"
reply = "You added the numbers themselves."
"#;
const CASES: &str = r#"pub fn run(cases: &mut Cases) {
    for count in 0..6 {
        let numbers = cases.uniforms(count, -2.0, 2.0);
        cases.value(format!("the sum of the squares of {numbers:?}"), sum_of_squares(&numbers));
    }
}
"#;
/// Students whose hand-ins are in order: all right, and right where no code is asked for.
const HONEST: [&str; 2] = ["ada", "ben"];
/// How long a program may run by the clock, with what is needed around it.
const MOST_OF_ONE: Duration = Duration::from_secs(60);

/// What a student puts where hand-ins are: told the place of their folder.
pub struct HandIn {
    pub student: String,
    put: Box<dyn Fn(&Path)>,
}

impl HandIn {
    pub fn new(student: &str, put: impl Fn(&Path) + 'static) -> Self {
        Self { student: student.to_owned(), put: Box::new(put) }
    }

    /// A folder with these files.
    pub fn files(student: &str, files: &[(&str, &str)]) -> Self {
        let files: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Self::new(student, move |folder| {
            fs::create_dir_all(folder).unwrap();
            files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).unwrap());
        })
    }

    /// A folder with code alone.
    pub fn code(student: &str, code: &str) -> Self {
        Self::files(student, &[(&format!("{CODE}.rs"), code)])
    }

    /// A folder with answers alone.
    pub fn answers(student: &str, text: &str) -> Self {
        Self::files(student, &[(answers::FILE, text)])
    }

    /// A zip file.
    pub fn zip(student: &str, bytes: Vec<u8>) -> Self {
        Self::new(student, move |folder| fs::write(folder.with_extension("zip"), &bytes).unwrap())
    }
}

/// A course in a folder of its own, with these hand-ins and the honest ones.
pub struct Desk {
    folder: tempfile::TempDir,
    hostile: Vec<String>,
}

impl Desk {
    pub fn new(hand_ins: &[HandIn]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk =
            Self { folder, hostile: hand_ins.iter().map(|one| one.student.clone()).collect() };
        let course = desk.course();
        let begun = command(&["course", "new"]).arg(&course).output().unwrap();
        assert!(begun.status.success(), "{begun:?}");
        let of_the_code = course.join("private").join(CODE);
        fs::create_dir(&of_the_code).unwrap();
        for (name, text) in [
            ("problem.toml", PROBLEM.to_owned()),
            ("statement.md", "Add up the squares of the numbers.\n".to_owned()),
            ("solution.md", format!("{KEY}\n")),
            ("starter.rs", STARTER.to_owned()),
            ("solution.rs", format!("// {KEY}\n{RIGHT}")),
            ("cases.rs", format!("// {KEY}\n{CASES}")),
        ] {
            fs::write(of_the_code.join(name), text).unwrap();
        }
        let mut plan = format!(
            "title = \"A course\"\nsecret = \"{KEY} {KEY}\"\n[[assignment]]\nname = \"one\"\ntitle = \"One\"\n"
        );
        for id in [NUMBER, CODE, FORMULA, ESSAY] {
            plan += &format!("[[assignment.problem]]\nid = \"{id}\"\n");
        }
        fs::write(course.join("course.toml"), plan).unwrap();
        let students = HONEST.into_iter().chain(desk.hostile.iter().map(String::as_str));
        let list: String = students.map(|student| format!("{student},A student,\n")).collect();
        fs::write(course.join("students.csv"), format!("id,name,email\n{list}")).unwrap();
        fs::create_dir_all(desk.submissions()).unwrap();
        fs::create_dir_all(desk.temporary()).unwrap();
        for student in HONEST {
            desk.hand_in_honestly(student);
        }
        hand_ins.iter().for_each(|one| (one.put)(&desk.submissions().join(&one.student)));
        desk
    }

    fn hand_in_honestly(&self, student: &str) {
        let course = Course::open(&self.course()).unwrap();
        let sets = course.sets(course.assignment(None).unwrap(), student).unwrap();
        let right: Vec<Vec<String>> =
            sets.iter().map(|set| set.problem.trials()[0].clone()).collect();
        let folder = self.submissions().join(student);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(answers::FILE), answers::filled(&sets, &right)).unwrap();
        let code = if student == HONEST[0] { RIGHT } else { STARTER };
        fs::write(folder.join(format!("{CODE}.rs")), code).unwrap();
    }

    pub fn course(&self) -> PathBuf {
        self.folder.path().join("course")
    }

    pub fn submissions(&self) -> PathBuf {
        self.course().join("submissions/one")
    }

    pub fn grades(&self) -> PathBuf {
        self.course().join("grades/one")
    }

    /// Where the run puts its temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.folder.path().join("temporary")
    }

    /// The command that grades everything.
    pub fn grading(&self, jobs: usize) -> Command {
        let mut grading = command(&["course", "grade", "--jobs", &jobs.to_string()]);
        grading.arg(self.course()).env("TMPDIR", self.temporary());
        grading.stdout(Stdio::piped()).stderr(Stdio::piped());
        grading
    }

    pub fn start(&self) -> Child {
        self.grading(2).spawn().unwrap()
    }

    /// Grades, and checks all that must hold in any case.
    pub fn graded(&self) -> BTreeMap<String, Record> {
        let before = contents(&self.course());
        let started = Instant::now();
        let output = self.grading(2).output().unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.status.success(), "{said}");
        let most = MOST_OF_ONE * u32::try_from(2 + self.hostile.len()).unwrap();
        assert!(started.elapsed() < most, "{:?}", started.elapsed());
        assert_eq!(driving(&said), None, "{said:?}");
        self.check_what_is_left(&before);
        let records = self.records();
        for student in HONEST {
            assert_eq!(
                records[student].text,
                alone().unwrap()[student],
                "{student} is another one"
            );
        }
        records.iter().for_each(|(student, record)| self.check(student, record));
        records
    }

    /// Nothing has changed but the grades, no file is left, and no process.
    fn check_what_is_left(&self, before: &BTreeMap<PathBuf, String>) {
        let mut after = contents(&self.course());
        after.retain(|path, _| !path.starts_with(self.course().join("grades")));
        let mut before = before.clone();
        before.retain(|path, _| !path.starts_with(self.course().join("grades")));
        assert_eq!(before, after);
        self.check_temporary();
    }

    pub fn check_temporary(&self) {
        let left: Vec<_> = fs::read_dir(self.temporary()).unwrap().flatten().collect();
        assert!(left.is_empty(), "{left:?}");
        self.check_processes();
    }

    pub fn check_processes(&self) {
        // What was killed takes a moment to be gone, longer where there is other work.
        let since = Instant::now();
        while !self.processes().is_empty() && since.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(self.processes(), Vec::<String>::new());
    }

    /// The processes that have to do with this course.
    pub fn processes(&self) -> Vec<String> {
        let ours = self.folder.path().display().to_string();
        let entries = fs::read_dir("/proc").unwrap().flatten();
        entries
            .filter_map(|entry| {
                let link = |name: &str| fs::read_link(entry.path().join(name)).unwrap_or_default();
                let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                let line = String::from_utf8_lossy(&line).replace('\0', " ");
                let about = format!("{line} {:?} {:?}", link("exe"), link("cwd"));
                about.contains(&ours).then_some(about)
            })
            .collect()
    }

    pub fn records(&self) -> BTreeMap<String, Record> {
        let students = HONEST.into_iter().chain(self.hostile.iter().map(String::as_str));
        students.map(|student| (student.to_owned(), self.record(student))).collect()
    }

    pub fn record(&self, student: &str) -> Record {
        let text = fs::read_to_string(self.grades().join(format!("{student}.json")))
            .unwrap_or_else(|error| panic!("{student} has no record: {error}"));
        let value = serde_json::from_str(&text).unwrap();
        Record { text, value }
    }

    /// What a record must not hold.
    fn check(&self, student: &str, record: &Record) {
        let course = Course::open(&self.course()).unwrap();
        let assignment = course.assignment(None).unwrap();
        let kept = batch::kept(&course, assignment).unwrap();
        let place = course.students.iter().position(|one| one.id == student).unwrap();
        let grades = kept[place].as_ref().unwrap();
        assert_eq!(grades.isolation, jail::LAYERS, "{student}");
        assert!(grades.points() <= grades.of());
        let own = self.submissions().join(student).join(format!("{CODE}.rs"));
        let is_file = fs::symlink_metadata(&own).is_ok_and(|kind| kind.is_file());
        let own = if is_file { fs::read(own).unwrap() } else { Vec::new() };
        let own = String::from_utf8_lossy(&own);
        for text in record.texts() {
            assert_eq!(driving(&text), None, "{student}: {text:?}");
            assert!(text.len() < 8_000, "{student}: {} bytes", text.len());
            let mut hidden = vec![KEY.to_owned(), self.folder.path().display().to_string()];
            hidden.extend(std::env::var("HOME").ok().filter(|home| home.len() > 1));
            // What a student has written is no news to them.
            for hidden in hidden.iter().filter(|hidden| !own.contains(*hidden)) {
                assert!(!text.contains(hidden), "{student}: {hidden} is in {text}");
            }
        }
    }
}

/// What is kept of a student.
pub struct Record {
    pub text: String,
    value: Value,
}

impl Record {
    fn problem(&self, id: &str) -> &Value {
        let problems = self.value["grades"]["problems"].as_array().unwrap();
        problems.iter().find(|problem| problem["problem"] == id).unwrap()
    }

    pub fn points(&self, id: &str) -> f64 {
        self.problem(id)["points"].as_f64().unwrap()
    }

    /// What is said of a problem's first line.
    pub fn feedback(&self, id: &str) -> &str {
        self.problem(id)["report"]["lines"][0]["feedback"].as_str().unwrap()
    }

    pub fn notes(&self) -> String {
        self.value["grades"]["notes"].to_string()
    }

    /// All texts, as they are shown.
    fn texts(&self) -> Vec<String> {
        fn visit(value: &Value, texts: &mut Vec<String>) {
            match value {
                Value::String(text) => texts.push(text.clone()),
                Value::Array(values) => values.iter().for_each(|value| visit(value, texts)),
                Value::Object(values) => values.values().for_each(|value| visit(value, texts)),
                _ => {}
            }
        }
        let mut texts = Vec::new();
        visit(&self.value, &mut texts);
        texts
    }
}

/// The first character that drives a terminal, or turns the direction in which is read.
fn driving(text: &str) -> Option<char> {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().find(|c| (c.is_control() && *c != '\n') || turns(*c))
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_descent"));
    command.args(arguments);
    command
}

/// All that is in a folder, without following anything.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let kind = fs::symlink_metadata(entry.path()).unwrap().file_type();
        if kind.is_dir() {
            all.extend(contents(&entry.path()));
        }
        let read = || String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
        let text = if kind.is_file() { read() } else { format!("{kind:?}") };
        all.insert(entry.path(), text);
    }
    all
}

/// The records of the honest where nobody else hands in; none where programs cannot be confined.
fn alone() -> Option<&'static BTreeMap<String, String>> {
    static ALONE: OnceLock<Option<BTreeMap<String, String>>> = OnceLock::new();
    let alone = ALONE.get_or_init(|| {
        let desk = Desk::new(&[]);
        let output = desk.grading(2).output().unwrap();
        if String::from_utf8_lossy(&output.stderr).contains("cannot be isolated here") {
            return None;
        }
        assert!(output.status.success(), "{output:?}");
        let records = desk.records();
        let of = |student: &str, id: &str| records[student].points(id);
        assert!(of("ada", CODE) == 4.0 && of("ada", NUMBER) > 0.0 && of("ada", FORMULA) > 0.0);
        assert!(of("ben", CODE) == 0.0 && of("ben", NUMBER) > 0.0);
        Some(records.into_iter().map(|(student, record)| (student, record.text)).collect())
    });
    alone.as_ref()
}

/// Whether programs can be confined here. `.ci/run` sets `DESCENT_DEMAND`, and then they must.
pub fn confined() -> bool {
    let confined = alone().is_some();
    let demanded = std::env::var_os("DESCENT_DEMAND").is_some();
    assert!(confined || !demanded, "DESCENT_DEMAND is set, but programs cannot be confined here");
    if !confined {
        eprintln!("skipped: programs cannot be confined here");
    }
    confined
}

/// Grades these hand-ins, none of which may earn a point.
pub fn none_earns(hand_ins: &[HandIn]) -> BTreeMap<String, Record> {
    if !confined() {
        return BTreeMap::new();
    }
    let records = Desk::new(hand_ins).graded();
    for HandIn { student, .. } in hand_ins {
        for id in [NUMBER, CODE, FORMULA, ESSAY] {
            assert_eq!(records[student].points(id), 0.0, "{student} earned by {id}");
        }
    }
    records
}
