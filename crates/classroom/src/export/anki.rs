//! A deck of Anki cards, one for each line, as a package that every Anki imports.
//!
//! The ids of model, decks, notes and cards are hashes of names that do not change, so that a later
//! edition of the deck updates the cards a learner has, and what was learned stays. Anki takes a note
//! for newer by the time at which it was changed; the caller says that time, since bytes that come
//! from a clock would differ with each run.

use crate::archive::zipped;
use crate::export::html::{self, Formulas};
use crate::export::question::{self, Export, Question, rubric_text};
use anyhow::{Context, Result};
use practice::{Asks, Problem, Verdict};
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const DECK: &str = "Descent";
const SCHEMA: &str = include_str!("anki/schema.sql");
const STYLE: &str = include_str!("anki/card.css");
const FRONT: &str = include_str!("anki/front.html");
const BACK: &str = include_str!("anki/back.html");

/// What a note holds. The first is what Anki sorts by and tells notes apart by.
const FIELDS: [&str; 6] = ["Name", "Title", "Question", "Hints", "Answer", "Explanation"];

/// The lines of these problems as an `.apkg` file: a deck for each chapter below `Descent`.
///
/// `changed` is when the problems last changed, in seconds since 1970. A note that is already in a
/// learner's collection is updated where this is later than when it was imported last.
///
/// # Errors
/// If the package cannot be put together.
pub fn package(problems: &[Problem], changed: i64) -> Result<Export<Vec<u8>>> {
    let mut left_out = Vec::new();
    let mut questions = question::questions(problems);
    questions.retain(|question| {
        let run = question.problem.diagnosis().is_some();
        if run {
            left_out.push(question.left_out("its run has to be looked at and executed again"));
        }
        !run
    });
    let collection = collection(&questions, changed).context("the collection of cards")?;
    let entries = [("collection.anki2", collection.as_slice()), ("media", b"{}")];
    let content = zipped(entries)?;
    Ok(Export { content, questions: questions.len(), left_out })
}

/// The collection as the bytes of a SQLite file.
fn collection(questions: &[Question], changed: i64) -> Result<Vec<u8>> {
    let database = Connection::open_in_memory()?;
    database.execute_batch(SCHEMA)?;
    let model = id("model", DECK);
    let mut decks: BTreeMap<String, i64> = BTreeMap::new();
    decks.insert(DECK.to_owned(), id("deck", DECK));
    for question in questions {
        let name = format!("{DECK}::{}", question.chapter());
        decks.insert(name.clone(), id("deck", &name));
    }
    let milliseconds = changed * 1000;
    database.execute(
        "insert into col values (1, ?1, ?2, ?2, 11, 0, 0, 0, ?3, ?4, ?5, ?6, '{}')",
        params![
            changed,
            milliseconds,
            json!({ "nextPos": questions.len() + 1, "curDeck": 1, "activeDecks": [1] }).to_string(),
            json!({ model.to_string(): notes_model(model, changed) }).to_string(),
            decks_json(&decks, changed).to_string(),
            json!({ "1": usual_options() }).to_string(),
        ],
    )?;
    let mut note =
        database.prepare("insert into notes values (?1, ?2, ?3, ?4, -1, ?5, ?6, ?7, ?8, 0, '')")?;
    let mut card = database.prepare(
        "insert into cards values (?1, ?2, ?3, 0, ?4, -1, 0, 0, ?5, 0, 0, 0, 0, 0, 0, 0, 0, '')",
    )?;
    for (due, question) in (1_i64..).zip(questions) {
        let name = question.name();
        let note_id = id("note", &name);
        let deck = id("deck", &format!("{DECK}::{}", question.chapter()));
        note.execute(params![
            note_id,
            format!("descent-{name}"),
            model,
            changed,
            tags(question),
            fields(question).join("\u{1f}"),
            name,
            checksum(&name),
        ])?;
        card.execute(params![id("card", &name), note_id, deck, changed, due])?;
    }
    drop((note, card));
    Ok(database.serialize("main")?.to_vec())
}

/// What stands in a note, in the order of [`FIELDS`].
fn fields(question: &Question) -> [String; 6] {
    let (problem, line) = (question.problem, question.line);
    let rendered = |markdown: &str| html::from_markdown(markdown, Formulas::MathJax);
    let mut asked = rendered(&question.text());
    let texts: Vec<&str> = match &line.asks {
        Asks::Choice(choice) => choice.options.iter().map(|option| option.text.as_str()).collect(),
        Asks::Order(order) => order.texts(),
        _ => Vec::new(),
    };
    if !texts.is_empty() {
        let item = |text: &&str| format!("<li>{}</li>", html::inline(text, Formulas::MathJax));
        asked +=
            &format!("\n<ol class=\"options\">{}</ol>", texts.iter().map(item).collect::<String>());
    }
    if let Asks::Code(code) = &line.asks {
        asked += &html::from_code(&code.starter);
    }
    let hint = |hint: &String| format!("<li>{}</li>", html::inline(hint, Formulas::MathJax));
    let hints = format!("<ol>{}</ol>", line.hints.iter().map(hint).collect::<String>());
    let title = weave::problem::escape(&problem.title);
    [question.name(), title, asked, hints, answer(question), explanation(question)]
}

/// The back of a card.
fn answer(question: &Question) -> String {
    let (problem, line) = (question.problem, question.line);
    let rendered = |markdown: &str| html::from_markdown(markdown, Formulas::MathJax);
    match &line.asks {
        Asks::Choice(choice) => {
            let right = choice.options.iter().enumerate().filter(|(_, option)| option.right);
            let item = |(place, option): (usize, &practice::ChoiceOption)| {
                format!(
                    "<p><strong>{})</strong> {}<br>{}</p>",
                    practice::letter(place),
                    html::inline(&option.text, Formulas::MathJax),
                    html::from_reply(&option.reply, Formulas::MathJax)
                )
            };
            right.map(item).collect()
        }
        Asks::Order(order) => {
            let step = |step: &practice::Step| {
                format!("<li>{}</li>", html::inline(&step.text, Formulas::MathJax))
            };
            let steps: String = order.steps.iter().map(step).collect();
            let stray = |stray: &practice::Stray| {
                format!(
                    "<p>Does not belong: {} {}</p>",
                    html::inline(&stray.text, Formulas::MathJax),
                    html::from_reply(&stray.reply, Formulas::MathJax)
                )
            };
            let strays: String = order.strays.iter().map(stray).collect();
            let model = line.model_answer(problem);
            format!("<p><strong>{model}</strong></p><ol>{steps}</ol>{strays}")
        }
        Asks::Number(number) => {
            let exact = line.model_answer(problem);
            // Four digits are easier to compare with, where they are a right answer.
            let short = exact.parse().map(figures::short).ok();
            let short = short.filter(|short| line.check(short, problem).verdict == Verdict::Right);
            let text = format!("{} {}", short.unwrap_or(exact), number.unit);
            format!("<p><strong>{}</strong></p>", weave::problem::escape(text.trim()))
        }
        Asks::Code(code) => html::from_code(&code.solution),
        Asks::Rubric(rubric) => rendered(&rubric_text(problem, rubric)),
        _ => {
            let model = line.model_answer(problem);
            format!("<p><code>{}</code></p>", weave::problem::escape(&model))
        }
    }
}

/// The worked solution. For code it holds the code once more, which is the answer already.
fn explanation(question: &Question) -> String {
    let solution = &question.problem.solution;
    let solution = match &question.line.asks {
        Asks::Code(code) => {
            solution.replace(&format!("```rust\n{}\n```", code.solution.trim()), "")
        }
        _ => solution.clone(),
    };
    html::from_markdown(solution.trim(), Formulas::MathJax)
}

fn tags(question: &Question) -> String {
    let problem = question.problem;
    let drill = if problem.drill { " descent::drill" } else { "" };
    format!(
        " descent::{} descent::{} descent::difficulty-{}{drill} ",
        problem.chapter,
        problem.kind().name(),
        problem.difficulty
    )
}

/// An id that is always the same for a name. Anki's ids are times in milliseconds; these lie between
/// the years 2004 and 2039, so that nothing that reads them as such is surprised.
fn id(what: &str, name: &str) -> i64 {
    let hash = Sha256::digest(format!("descent {what} {name}"));
    let number = hash.iter().take(5).fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    (1 << 40) + number
}

/// What Anki compares first fields by: a hash of 32 bits. Imports compare ids and recompute it.
fn checksum(first_field: &str) -> i64 {
    let hash = Sha256::digest(first_field);
    hash.iter().take(4).fold(0_i64, |number, byte| number << 8 | i64::from(*byte))
}

fn notes_model(model: i64, changed: i64) -> Value {
    let field = |(ord, name): (usize, &&str)| {
        json!({
            "name": name, "ord": ord, "font": "Arial", "size": 20, "media": [],
            "rtl": false, "sticky": false,
        })
    };
    json!({
        "id": model,
        "name": DECK,
        "type": 0,
        "mod": changed,
        "usn": -1,
        "sortf": 0,
        "did": 1,
        "css": STYLE,
        "flds": FIELDS.iter().enumerate().map(field).collect::<Vec<_>>(),
        "tmpls": [{
            "name": "Card", "ord": 0, "qfmt": FRONT, "afmt": BACK, "bqfmt": "", "bafmt": "", "did": null,
        }],
        // A card is there as soon as its question is.
        "req": [[0, "any", [1, 2]]],
        "tags": [],
        "vers": [],
        "latexPre": "",
        "latexPost": "",
    })
}

fn decks_json(decks: &BTreeMap<String, i64>, changed: i64) -> Value {
    let deck = |name: &str, id: i64| {
        json!({
            "id": id, "name": name, "mod": changed, "usn": -1, "desc": "", "dyn": 0, "conf": 1,
            "collapsed": false, "browserCollapsed": false, "extendNew": 0, "extendRev": 0,
            "newToday": [0, 0], "revToday": [0, 0], "lrnToday": [0, 0], "timeToday": [0, 0],
        })
    };
    // Every collection has a deck of id 1.
    let all = [("Default", 1)].into_iter().chain(decks.iter().map(|(name, id)| (&**name, *id)));
    Value::Object(all.map(|(name, id)| (id.to_string(), deck(name, id))).collect::<Map<_, _>>())
}

/// The options that Anki gives a new deck.
fn usual_options() -> Value {
    json!({
        "id": 1, "name": "Default", "mod": 0, "usn": 0, "maxTaken": 60, "autoplay": true, "timer": 0,
        "replayq": true, "dyn": false,
        "new": {
            "bury": false, "delays": [1.0, 10.0], "initialFactor": 2500, "ints": [1, 4, 0],
            "order": 1, "perDay": 20,
        },
        "rev": { "bury": false, "ease4": 1.3, "ivlFct": 1.0, "maxIvl": 36500, "perDay": 200, "hardFactor": 1.2 },
        "lapse": { "delays": [10.0], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0 },
    })
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, answer, fields, id, package};
    use crate::export::question::questions;
    use std::collections::HashSet;

    #[test]
    fn the_same_problems_give_the_same_bytes() {
        let problems: Vec<_> = practice::open_all().unwrap().into_iter().take(40).collect();
        let first = package(&problems, 1_700_000_000).unwrap();
        assert_eq!(first, package(&problems, 1_700_000_000).unwrap());
        assert_ne!(first.content, package(&problems, 1_700_000_001).unwrap().content);
    }

    #[test]
    fn no_two_names_of_the_bank_share_an_id() {
        let problems = practice::open_all().unwrap();
        let questions = questions(&problems);
        for what in ["note", "card"] {
            let ids: HashSet<i64> = questions.iter().map(|q| id(what, &q.name())).collect();
            assert_eq!(ids.len(), questions.len());
        }
    }

    #[test]
    fn every_card_has_a_front_and_a_back() {
        let problems = practice::open_all().unwrap();
        for question in questions(&problems) {
            let fields = fields(&question);
            for (name, field) in FIELDS.iter().zip(&fields) {
                assert!(!field.trim().is_empty(), "{}: {name}", question.name());
                assert!(!field.contains('\u{1f}'), "{}: {name}", question.name());
            }
        }
    }

    #[test]
    fn code_stands_on_both_sides() {
        let problems = [practice::open("adam-step").unwrap()];
        let question = questions(&problems)[0];
        let [_, _, front, _, back, why] = fields(&question);
        assert!(front.contains("<pre><code>") && front.contains("adam_step"), "{front}");
        assert!(back.contains("v_hat.sqrt() + eps"), "{back}");
        assert!(!why.contains("v_hat.sqrt() + eps"), "the code is there once: {why}");
        assert_eq!(back, answer(&question));
    }
}
