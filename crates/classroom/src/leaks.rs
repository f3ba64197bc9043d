//! What must not be in what students are given: solutions, mutants, keys, replies, cases, and the course's
//! secret.

use crate::course::{Course, Set};
use crate::release::Files;
use practice::Asks;

/// Shorter pieces than this could stand in any text by chance.
const SHORTEST: usize = 12;

/// The first thing that students must not see and that is in one of the files; says what, and where.
pub fn first(course: &Course, sets: &[Set], files: &Files) -> Option<String> {
    let mut hidden = vec![("the course's secret".to_owned(), course.plan.secret.clone())];
    for set in sets {
        let shown = public(set);
        let id = &set.problem.id;
        let of = |(what, text): (&str, String)| (format!("{what} of `{id}`"), text);
        let pieces = secrets(set).into_iter().map(of);
        // What the question itself says is no secret.
        hidden.extend(pieces.filter(|(_, text)| !shown.contains(text.as_str())));
    }
    files.iter().find_map(|(name, text)| {
        let found = hidden.iter().find(|(_, hidden)| text.contains(hidden.as_str()));
        found.map(|(what, hidden)| format!("{name} holds {what}: {hidden:?}"))
    })
}

/// What a question shows.
fn public(set: &Set) -> String {
    let problem = &set.problem;
    let mut shown = format!("{}\n{}\n", problem.title, problem.statement);
    for line in &problem.lines {
        shown += &line.prompt;
        shown += &line.how_to_answer();
        match &line.asks {
            Asks::Choice(choice) => choice.options.iter().for_each(|option| shown += &option.text),
            Asks::Order(order) => order.texts().iter().for_each(|text| shown += text),
            Asks::Code(code) => shown += &code.starter,
            _ => {}
        }
    }
    problem.symbols.iter().for_each(|symbol| shown += &symbol.meaning);
    shown
}

/// What it does not show, in pieces that would be found if one of them were shown.
pub fn secrets(set: &Set) -> Vec<(&'static str, String)> {
    let problem = &set.problem;
    let mut secrets = Vec::new();
    let mut add = |what, text: &str| {
        let pieces = text.lines().map(str::trim).filter(|piece| piece.chars().count() >= SHORTEST);
        secrets.extend(pieces.map(|piece| (what, piece.to_owned())));
    };
    add("the solution", &problem.solution);
    problem.follow_ups.iter().for_each(|follow_up| add("the solution", &follow_up.answer));
    add("what to say first", &problem.say_first);
    for line in &problem.lines {
        line.hints.iter().for_each(|hint| add("a hint", hint));
        // Letters and marks are in any text.
        let key = !matches!(line.asks, Asks::Choice(_) | Asks::Order(_) | Asks::Rubric(_));
        if key {
            add("the key", &line.model_answer(problem));
        }
        for wrong in line.wrong_answers(problem) {
            add("a reply", &wrong.reply);
            if matches!(line.asks, Asks::Formula(_)) {
                add("a known mistake", &wrong.answer);
            }
        }
        match &line.asks {
            Asks::Number(number) => add("the key", &number.answer),
            Asks::Formula(formula) => add("the key", &formula.answer),
            Asks::Choice(choice) => {
                choice.options.iter().for_each(|option| add("a reply", &option.reply))
            }
            Asks::Rubric(rubric) => {
                rubric.points.iter().for_each(|point| add("the rubric", &point.text))
            }
            Asks::Code(code) => {
                add("the solution", &code.solution);
                add("the cases", &code.cases);
                for mutant in &code.mutants {
                    add("a mutant", &mutant.with);
                    add("a mutant's name", &mutant.name);
                }
            }
            Asks::Order(_) | Asks::Diagnosis(_) => {}
        }
    }
    secrets
}
