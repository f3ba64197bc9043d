//! Question banks and cards are read back by the tools they are for: npm's `gift-pegjs`, PyPI's
//! `text2qti` and `anki`, whole bank, every question.
//!
//! What each should have found is asked of the problems and of our checker, not of the export.

use classroom::export::html::{Formulas, from_markdown, from_reply, inline};
use classroom::export::question::{LeftOut, Question, questions};
use classroom::export::{anki, gift, qti};
use practice::{Asks, Line, Problem, Verdict};
use scraper::{Html, Selector};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use whole::{layout, skip};
use zip::ZipArchive;

/// The whole bank, and for problems that have variants the second of them as well.
fn problems() -> Vec<Problem> {
    let mut problems = practice::open_all().unwrap();
    let with_variants: Vec<String> = problems
        .iter()
        .filter(|problem| problem.has_variants())
        .map(|problem| problem.id.clone())
        .collect();
    let second = |id: &String| Problem::load_variant(&practice::bank(), id, 1).unwrap();
    problems.extend(with_variants.iter().map(second));
    problems
}

/// A program of the environment that `.ci/run` sets up.
fn python(program: &str) -> Option<PathBuf> {
    let path = layout().root().join("target/classroom/python/bin").join(program);
    match path.exists() {
        true => Some(path),
        false => {
            skip(&format!("{} is not there", path.display()));
            None
        }
    }
}

fn script(name: &str) -> PathBuf {
    layout().root().join("tests/exports").join(name)
}

/// What a program prints, which is JSON.
fn printed(program: &Path, arguments: &[&Path]) -> Value {
    let output = Command::new(program).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}: {errors}", program.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The questions that a bank should hold, in its order.
fn held<'a>(problems: &'a [Problem], left_out: &[LeftOut]) -> Vec<Question<'a>> {
    let missing: HashSet<&str> = left_out.iter().map(|left| left.question.as_str()).collect();
    assert_eq!(missing.len(), left_out.len(), "something is left out twice");
    let mut all = questions(problems);
    let before = all.len();
    all.retain(|question| !missing.contains(question.name().as_str()));
    assert_eq!(all.len() + missing.len(), before, "something is left out that is not there");
    all
}

/// Whether our checker takes what lies within these ends and, unless the ends are one number, nothing
/// that is a `slack` of the way beyond them.
fn assert_borders(line: &Line, problem: &Problem, low: f64, high: f64, slack: f64, name: &str) {
    let is_right = |answer: f64| line.check(&answer.to_string(), problem).verdict == Verdict::Right;
    let half = (high - low) / 2.0;
    let middle = f64::midpoint(low, high);
    for side in [-1.0, 1.0] {
        assert!(is_right(middle + side * (1.0 - slack) * half), "{name}: {low}..{high}");
        if half > 0.0 {
            assert!(!is_right(middle + side * (1.0 + slack) * half), "{name}: {low}..{high}");
        }
    }
}

/// Which options of a choice our checker takes, by trying their letters.
fn right_options(line: &Line, problem: &Problem) -> Vec<usize> {
    let model = line.model_answer(problem);
    assert_eq!(line.check(&model, problem).verdict, Verdict::Right);
    let letters = model.split(", ").map(|letter| letter.bytes().next().unwrap());
    letters.map(|letter| usize::from(letter - b'a')).collect()
}

/// Whether the back of a card shows an answer that our checker takes.
fn assert_shown(question: &Question, back: &str) {
    let (problem, line, name) = (question.problem, question.line, question.name());
    let html = Html::parse_fragment(back);
    let texts = |selector: &str| -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector).map(|element| element.text().collect()).collect()
    };
    let shown = match &line.asks {
        Asks::Number(_) | Asks::Order(_) => texts("div > p > strong").remove(0),
        Asks::Choice(_) => texts("div > p > strong:first-child").join(" "),
        Asks::Formula(_) => texts("div > p > code").remove(0),
        Asks::Code(code) => {
            return assert_eq!(texts("div > pre > code")[0], code.solution.trim(), "{name}");
        }
        Asks::Rubric(rubric) => {
            return assert_eq!(texts("div > ul > li").len(), rubric.points.len(), "{name}");
        }
        Asks::Diagnosis(_) => panic!("{name} has a run"),
    };
    let verdict = line.check(&shown, problem).verdict;
    assert_eq!(verdict, Verdict::Right, "{name}: `{shown}`");
}

#[test]
fn gift_pegjs_reads_every_question_as_it_was_meant() {
    let parser = layout().root().join("target/npm/node_modules/gift-pegjs");
    if !parser.exists() && skip(&format!("{} is not there", parser.display())) {
        return;
    }
    let problems = problems();
    let bank = gift::bank(&problems);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.gift");
    fs::write(&file, &bank.content).unwrap();
    let parsed = printed(Path::new("node"), &[&script("parse_gift.js"), &parser, &file]);
    let parsed = parsed.as_array().unwrap();
    let (categories, parsed): (Vec<&Value>, Vec<&Value>) =
        parsed.iter().partition(|entry| entry["type"] == "Category");
    let expected = held(&problems, &bank.left_out);
    assert_eq!((parsed.len(), bank.questions), (expected.len(), expected.len()));
    let chapters: HashSet<&str> = expected.iter().map(|q| q.problem.chapter.as_str()).collect();
    assert_eq!(categories.len(), chapters.len());

    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (parsed, question) in parsed.into_iter().zip(&expected) {
        let (problem, line, name) = (question.problem, question.line, question.name());
        *kinds.entry(parsed["type"].as_str().unwrap()).or_default() += 1;
        assert_eq!(parsed["title"], question.title());
        assert_eq!(parsed["stem"]["format"], "html", "{name}");
        let text = from_markdown(&question.text_with_form(), Formulas::MathJax);
        assert_eq!(parsed["stem"]["text"], text, "{name}");
        assert_eq!(parsed["hasEmbeddedAnswers"], false, "{name}");
        let choices = parsed["choices"].as_array();
        match &line.asks {
            Asks::Number(_) => {
                assert_eq!(parsed["type"], "Numerical", "{name}");
                let choices = choices.unwrap();
                let number = |choice: &Value| {
                    assert_eq!(choice["text"]["type"], "range", "{name}");
                    let of = |what: &str| choice["text"][what].as_f64().unwrap();
                    (of("number"), of("range"))
                };
                let (value, margin) = number(&choices[0]);
                assert_eq!(choices[0]["weight"], Value::Null, "{name}");
                assert_borders(line, problem, value - margin, value + margin, 0.001, &name);
                let wrong = line.wrong_answers(problem);
                assert_eq!(choices.len(), 1 + wrong.len(), "{name}");
                for (choice, wrong) in choices[1..].iter().zip(wrong) {
                    assert_eq!(choice["weight"], 0, "{name}");
                    let reply = line.check(&number(choice).0.to_string(), problem).feedback;
                    assert_eq!(reply, wrong.reply, "{name}");
                    assert_eq!(
                        choice["feedback"]["text"],
                        from_reply(&reply, Formulas::MathJax),
                        "{name}"
                    );
                }
            }
            Asks::Choice(choice) => {
                assert_eq!(parsed["type"], "MC", "{name}");
                let right = right_options(line, problem);
                let choices = choices.unwrap();
                assert_eq!(choices.len(), choice.options.len(), "{name}");
                let mut sum = 0.0;
                for (place, (read, option)) in choices.iter().zip(&choice.options).enumerate() {
                    let text = inline(&option.text, Formulas::MathJax);
                    assert_eq!(read["text"]["text"], text, "{name}");
                    let reply = from_reply(&option.reply, Formulas::MathJax);
                    assert_eq!(read["feedback"]["text"], reply, "{name}");
                    let is_right = right.contains(&place);
                    match choice.several {
                        false => assert_eq!(read["isCorrect"], is_right, "{name}"),
                        true => {
                            let weight = read["weight"].as_f64().unwrap();
                            assert_eq!(weight > 0.0, is_right, "{name}");
                            // Any wrong option takes what all the right ones give.
                            assert!(is_right || weight == -100.0, "{name}");
                            sum += weight.max(0.0);
                        }
                    }
                }
                assert!(!choice.several || (sum - 100.0).abs() < 1e-3, "{name}: {sum} %");
            }
            Asks::Order(_) => {
                assert_eq!(parsed["type"], "Matching", "{name}");
                // The places read back, as the letters that our checker wants.
                let pairs = parsed["matchPairs"].as_array().unwrap();
                let mut places: Vec<(usize, char)> = pairs
                    .iter()
                    .zip('a'..)
                    .filter_map(|(pair, letter)| {
                        let place = pair["subanswer"].as_str().unwrap();
                        Some((place.parse().ok()?, letter))
                    })
                    .collect();
                places.sort_unstable();
                let answer: String = places.iter().map(|(_, letter)| *letter).collect();
                assert_eq!(line.check(&answer, problem).verdict, Verdict::Right, "{name}");
            }
            Asks::Rubric(rubric) => {
                assert_eq!(parsed["type"], "Essay", "{name}");
                let told = parsed["globalFeedback"]["text"].as_str().unwrap();
                assert_eq!(told.matches("<li>").count(), rubric.points.len(), "{name}");
                let needed = rubric.points.iter().filter(|point| point.needed).count();
                assert_eq!(told.matches("(needed)").count(), needed, "{name}");
            }
            other => panic!("{name}: no GIFT for {other:?}"),
        }
    }
    for kind in ["Numerical", "MC", "Matching", "Essay"] {
        assert!(kinds.contains_key(kind), "{kinds:?} has no {kind}");
    }
}

#[test]
fn text2qti_makes_items_that_take_the_right_answers() {
    let (Some(text2qti), Some(python)) = (python("text2qti"), python("python")) else { return };
    let problems = problems();
    let quiz = qti::source(&problems, "Descent");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("quiz.zip");
    let package = qti::package(&quiz.content, &text2qti).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(&package)).unwrap();
    let mut manifest = String::new();
    archive.by_name("imsmanifest.xml").unwrap().read_to_string(&mut manifest).unwrap();
    assert!(!manifest.contains("date"), "it tells the day: {manifest}");
    fs::write(&file, &package).unwrap();
    let items = printed(&python, &[&script("read_qti.py"), &file]);
    let items = items.as_array().unwrap();
    let expected = held(&problems, &quiz.left_out);
    assert_eq!((items.len(), quiz.questions), (expected.len(), expected.len()));
    for (item, question) in items.iter().zip(&expected) {
        let (problem, line, name) = (question.problem, question.line, question.name());
        assert_eq!(item["title"], question.title());
        assert_eq!(item["points"], f64::from(line.points), "{name}");
        let text = item["text"].as_str().unwrap();
        let formulas = from_markdown(&question.text_with_form(), Formulas::MathJax);
        let formulas = formulas.matches("\\(").count() + formulas.matches("\\[").count();
        assert_eq!(text.matches("class=\"equation_image\"").count(), formulas, "{name}: {text}");
        match &line.asks {
            Asks::Number(_) => {
                assert_eq!(item["type"], "numerical_question", "{name}");
                let end = |end: &str| item[end][0].as_f64().unwrap();
                // What four decimals cost is a tenth of the margin at each end.
                assert_borders(line, problem, end("low"), end("high"), 0.2, &name);
            }
            Asks::Choice(choice) => {
                let kind = if choice.several {
                    "multiple_answers_question"
                } else {
                    "multiple_choice_question"
                };
                assert_eq!(item["type"], kind, "{name}");
                assert_eq!(item["options"], choice.options.len(), "{name}");
                let right: Vec<usize> = serde_json::from_value(item["right"].clone()).unwrap();
                assert_eq!(right, right_options(line, problem), "{name}");
                assert_eq!(
                    item["feedback"].as_array().unwrap().len(),
                    choice.options.len(),
                    "{name}"
                );
            }
            Asks::Rubric(rubric) => {
                assert_eq!(item["type"], "essay_question", "{name}");
                let told = item["feedback"][0].as_str().unwrap();
                assert_eq!(told.matches("<li>").count(), rubric.points.len(), "{name}");
            }
            other => panic!("{name}: no QTI for {other:?}"),
        }
    }
}

#[test]
fn anki_imports_twice_without_duplicates_and_updates_in_place() {
    let Some(python) = python("python") else { return };
    let mut problems = problems();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, problems: &[Problem], changed: i64| {
        let package = anki::package(problems, changed).unwrap();
        let file = folder.path().join(name);
        fs::write(&file, &package.content).unwrap();
        (file, package)
    };
    let (first, package) = write("first.apkg", &problems, 1_700_000_000);
    // The same words, a day later, but for one of them.
    let changed = problems.iter_mut().find(|problem| problem.code().is_none()).unwrap();
    let id = changed.id.clone();
    changed.statement += "\n\nA sentence that is new.";
    let (second, _) = write("second.apkg", &problems, 1_700_086_400);
    let states = printed(&python, &[&script("import_anki.py"), &first, &first, &second]);
    let [once, twice, later] = &states.as_array().unwrap()[..] else { panic!("three imports") };

    let expected = held(&problems, &package.left_out);
    let notes = |state: &Value| state["notes"].as_object().unwrap().clone();
    assert_eq!((notes(once).len(), package.questions), (expected.len(), expected.len()));
    assert_eq!((&once["new"], &once["empty"]), (&expected.len().into(), &0.into()));
    assert_eq!((&twice["new"], &twice["updated"]), (&0.into(), &0.into()));
    assert_eq!(notes(once), notes(twice));
    assert_eq!((&later["new"], &later["conflicting"]), (&0.into(), &0.into()));
    assert_eq!(later["updated"], expected.len());
    assert_eq!(later["sound"], true, "{}", later["integrity"]);

    let mut names: Vec<&str> =
        later["models"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    names.retain(|name| name.contains("Descent"));
    assert_eq!(names, ["Descent"], "one kind of note, however often it is imported");
    let mut renewed = HashSet::new();
    for (name, before) in notes(once) {
        let after = &later["notes"][&name];
        for what in ["id", "guid", "card", "deck", "model", "tags"] {
            assert_eq!(before[what], after[what], "{name}: {what}");
        }
        if before["front"] != after["front"] {
            assert!(after["front"].as_str().unwrap().contains("A sentence that is new."), "{name}");
            renewed.insert(name.split('.').next().unwrap().to_owned());
        }
    }
    assert_eq!(renewed, HashSet::from([id]));

    for question in &expected {
        let note = &once["notes"][question.name()];
        assert_eq!(note["deck"], format!("Descent::{}", question.chapter()));
        let (front, back) = (note["front"].as_str().unwrap(), note["back"].as_str().unwrap());
        let (_, answer) = back.split_once("<hr id=\"answer\">").unwrap();
        assert_shown(question, answer);
        let bare = |text: &str| !text.contains("{{") || question.text().contains("{{");
        assert!(bare(front), "a template is left in {}: {front}", question.name());
        if let Asks::Choice(choice) = &question.line.asks {
            let (_, options) = front.split_once("<ol class=\"options\">").unwrap();
            let (options, _) = options.split_once("</ol>").unwrap();
            assert_eq!(
                options.matches("<li>").count(),
                choice.options.len(),
                "{}",
                question.name()
            );
        }
    }
}
