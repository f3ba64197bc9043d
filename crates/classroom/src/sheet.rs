//! What students read: the assignment's questions, set properly, on one page without scripts.

use crate::course::{Assignment, Course, Set, shown};
use crate::roster::Student;
use anyhow::{Context, Result};
use practice::{Asks, Line, letter};
use std::fmt::Write;
use weave::exploration::in_a_file;
use weave::math::{markdown_to_html, markdown_to_inline_html};
use weave::problem::escape;

/// How the page looks, on screens and on paper, by day and by night.
pub(crate) const STYLE: &str = include_str!("sheet.css");

/// The questions of a student's assignment.
///
/// # Errors
/// If a formula in them is not understood; names the problem.
pub fn html(
    course: &Course,
    assignment: &Assignment,
    student: &Student,
    sets: &[Set],
) -> Result<String> {
    let mut questions = String::new();
    for set in sets {
        questions += &question(set).with_context(|| format!("problem `{}`", set.problem.id))?;
    }
    let due =
        assignment.due.as_ref().map(|due| format!(", due {}", shown(due))).unwrap_or_default();
    let points: f64 = sets.iter().map(|set| set.points).sum();
    let about = format!(
        "<p>{} for <strong>{}</strong>{}. {points} points in all.</p>\n",
        escape(&course.plan.title),
        escape(&student.id),
        escape(&due),
    );
    Ok(page(&assignment.title, &format!("{about}{questions}")))
}

/// A page of its own.
pub(crate) fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>\n{STYLE}\
         </style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn question(set: &Set) -> Result<String> {
    let Set { problem, points } = set;
    let mut html = format!(
        "<section>\n<h2>{} <small>{}, {points} points</small></h2>\n{}\n",
        markdown_to_inline_html(&problem.title)?,
        problem.id,
        markdown_to_html(&problem.statement)?
    );
    if let Some(diagnosis) = problem.diagnosis() {
        for figure in diagnosis.figures().map_err(anyhow::Error::msg)? {
            let drawing = in_a_file(figure.svg());
            let _ = writeln!(html, "<figure>\n{drawing}</figure>");
        }
    }
    if !problem.symbols.is_empty() {
        html += "<p>Symbols you can type, with <code>* / ^</code> and parentheses as in a program, a term of a \
                 sequence as <code>g_i</code> and a sum as <code>sum(i = 1..t, g_i)</code>:</p>\n<dl>\n";
        for symbol in &problem.symbols {
            let meaning = markdown_to_inline_html(&symbol.meaning)?;
            let _ =
                writeln!(html, "<dt><code>{}</code></dt><dd>{meaning}</dd>", escape(&symbol.name));
        }
        html += "</dl>\n";
    }
    html += "<ol>\n";
    for line in &problem.lines {
        let _ = writeln!(
            html,
            "<li>\n<p>{}</p>\n{}</li>",
            markdown_to_inline_html(&line.prompt)?,
            below(line)?
        );
    }
    Ok(html + "</ol>\n</section>\n")
}

/// What can be chosen or filled in, and how.
fn below(line: &Line) -> Result<String> {
    let options: Vec<&str> = match &line.asks {
        Asks::Choice(choice) => choice.options.iter().map(|option| option.text.as_str()).collect(),
        Asks::Order(order) => order.texts(),
        Asks::Code(code) => {
            let starter = escape(code.starter.trim_end());
            return Ok(format!("<pre><code>{starter}</code></pre>\n"));
        }
        _ => Vec::new(),
    };
    let mut html = String::new();
    for (place, option) in options.iter().enumerate() {
        let option = markdown_to_inline_html(option)?;
        let _ =
            writeln!(html, "<p class=\"option\"><strong>{}</strong> {option}</p>", letter(place));
    }
    if !matches!(line.asks, Asks::Rubric(_)) {
        let how = markdown_to_inline_html(&line.how_to_answer())?;
        let _ = writeln!(html, "<p class=\"how\">{how}</p>");
    }
    Ok(html)
}
