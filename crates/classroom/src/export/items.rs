//! The questions as a table, for spreadsheets and for whatever has no export of its own.

use crate::export::question::{self, Export, rubric_text};
use crate::export::tolerance::{self, Accepted};
use anyhow::Result;
use practice::{Asks, Kind, Problem, letter};

const HEAD: [&str; 20] = [
    "question",
    "problem",
    "variant",
    "line",
    "chapter",
    "section",
    "title",
    "kind",
    "difficulty",
    "minutes",
    "points",
    "drill",
    "text",
    "options",
    "answer",
    "margin",
    "unit",
    "mistakes",
    "hints",
    "solution",
];

/// Every line of these problems as a row of a CSV file, texts in Markdown; nothing is left out.
///
/// `answer` is an answer that our checker takes, `margin` how far off a number may be in `unit`.
///
/// # Errors
/// If the table cannot be written.
pub fn csv(problems: &[Problem]) -> Result<Export<Vec<u8>>> {
    let questions = question::questions(problems);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEAD)?;
    for question in &questions {
        let (problem, line) = (question.problem, question.line);
        let accepted = match &line.asks {
            Asks::Number(number) => tolerance::accepted(question, number),
            _ => None,
        };
        let unit = match &line.asks {
            Asks::Number(number) => number.unit.clone(),
            _ => String::new(),
        };
        let mistakes = line.wrong_answers(problem).into_iter();
        let mistakes: Vec<String> =
            mistakes.map(|wrong| format!("{}: {}", wrong.answer.trim(), wrong.reply)).collect();
        table.write_record([
            question.name(),
            problem.id.clone(),
            problem.seed.to_string(),
            question.number.to_string(),
            problem.chapter.clone(),
            problem.section.clone(),
            problem.title.clone(),
            kind(&line.asks).name().to_owned(),
            problem.difficulty.to_string(),
            problem.minutes.to_string(),
            line.points.to_string(),
            problem.drill.to_string(),
            question.text_with_form(),
            options(&line.asks),
            match &line.asks {
                Asks::Rubric(rubric) => rubric_text(problem, rubric),
                _ => line.model_answer(problem),
            },
            accepted.map_or(String::new(), |Accepted { margin, .. }| margin.to_string()),
            unit,
            mistakes.join("\n"),
            line.hints.join("\n"),
            problem.solution.clone(),
        ])?;
    }
    let content = table.into_inner().map_err(|error| error.into_error())?;
    Ok(Export { content, questions: questions.len(), left_out: Vec::new() })
}

/// The kind of one line; a problem of several has the kind of all.
fn kind(asks: &Asks) -> Kind {
    match asks {
        Asks::Number(_) => Kind::Number,
        Asks::Choice(_) => Kind::Choice,
        Asks::Order(_) => Kind::Order,
        Asks::Formula(_) => Kind::Expression,
        Asks::Code(_) => Kind::Code,
        Asks::Diagnosis(_) => Kind::Diagnosis,
        Asks::Rubric(_) => Kind::Essay,
    }
}

/// What there is to choose from or to put in order, a letter and a line each.
fn options(asks: &Asks) -> String {
    let texts: Vec<&str> = match asks {
        Asks::Choice(choice) => choice.options.iter().map(|option| option.text.as_str()).collect(),
        Asks::Order(order) => order.texts(),
        _ => Vec::new(),
    };
    let lettered = texts.iter().enumerate();
    let lines = lettered.map(|(place, text)| format!("{}) {}", letter(place), text.trim()));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{HEAD, csv};

    #[test]
    fn every_line_is_a_row_whose_answer_the_checker_takes() {
        let problems = practice::open_all().unwrap();
        let table = csv(&problems).unwrap();
        assert_eq!(table, csv(&problems).unwrap(), "twice the same");
        let lines: usize = problems.iter().map(|problem| problem.lines.len()).sum();
        assert_eq!(table.questions, lines);
        let column = |name: &str| HEAD.iter().position(|head| *head == name).unwrap();
        let mut rows = 0;
        for row in csv::Reader::from_reader(table.content.as_slice()).records() {
            let row = row.unwrap();
            rows += 1;
            if !["number", "choice", "order", "expression"].contains(&&row[column("kind")]) {
                continue;
            }
            let problem = problems.iter().find(|p| p.id == row[column("problem")]).unwrap();
            let line = &problem.lines[row[column("line")].parse::<usize>().unwrap() - 1];
            let report = line.check(&row[column("answer")], problem);
            assert_eq!(report.points, report.of, "{}", &row[column("question")]);
        }
        assert_eq!(rows, lines);
    }
}
