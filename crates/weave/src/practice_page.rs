//! The pages of practice: a chapter's problems, the interview questions, what is due, and the timed mix.

use crate::claims_page;
use crate::layout::Layout;
use crate::math::{markdown_to_html, markdown_to_inline_html};
use crate::problem::{self, escape};
use anyhow::{Result, bail};
use practice::interview::Card;
use practice::{Asks, Kind, Problem};
use std::fmt::Write;

/// The page with a chapter's problems.
pub fn page(chapter: &str) -> String {
    format!("practice-{chapter}.html")
}

/// Every problem of a chapter, easiest first, behind a list of them.
///
/// # Errors
/// If there is none, or one cannot be read.
pub fn problems(layout: &Layout, chapter: &str) -> Result<String> {
    let problems = problem::of_chapter(layout, chapter)?;
    if problems.is_empty() {
        bail!("no problem in book/problems has chapter = \"{chapter}\"");
    }
    let mut list = String::new();
    let mut sections = String::new();
    for problem in &problems {
        let _ = writeln!(
            list,
            "<li><a href=\"#{id}\">{title}</a> ({kind}, {minutes} min) <span class=\"standing\" \
             data-of=\"{id}\"></span></li>",
            id = problem.id,
            title = markdown_to_inline_html(&problem.title)?,
            kind = problem.kind().name(),
            minutes = problem.minutes,
        );
        sections += &problem::markup(layout, &problem.id)?;
    }
    Ok(format!("\n<ol class=\"problem-list\">\n{list}</ol>\n\n{sections}"))
}

/// The questions that are asked in interviews, with all there is to say.
///
/// # Errors
/// If one cannot be read, or a formula in it is not understood.
pub fn questions(layout: &Layout) -> Result<String> {
    let mut page = String::new();
    for problem in essays(layout)? {
        page += &question(&problem)?;
    }
    Ok(page)
}

/// The first sentence to say to each question, which leads to its full answer.
///
/// # Errors
/// If one cannot be read, or a formula in it is not understood.
pub fn say_first(layout: &Layout) -> Result<String> {
    let mut list = String::from("\n<ul>\n");
    for Problem { id, title, say_first, .. } in essays(layout)? {
        let _ = writeln!(
            list,
            "<li><a href=\"questions.html#question-{id}\">{}</a> {}</li>",
            markdown_to_inline_html(&title)?,
            markdown_to_inline_html(&say_first)?
        );
    }
    Ok(list + "</ul>\n\n")
}

/// The open questions, in the order of the book's chapters.
pub(crate) fn essays(layout: &Layout) -> Result<Vec<Problem>> {
    let chapters: Vec<String> =
        layout.chapters()?.into_iter().map(|chapter| chapter.name).collect();
    let mut essays = Problem::load_all(&layout.problems_folder())?;
    essays.retain(|problem| problem.kind() == Kind::Essay);
    let place = |problem: &Problem| chapters.iter().position(|name| *name == problem.chapter);
    essays.sort_by_key(|problem| (place(problem), problem.difficulty));
    Ok(essays)
}

fn question(problem: &Problem) -> Result<String> {
    let Problem { id, chapter, section, .. } = problem;
    let mut html = format!(
        "\n## {title} {{#question-{id}}}\n\n<details><summary>Say first</summary>\n<p>{first}</p>\n</details>\n\n\
         <details class=\"solution\"><summary>The full answer</summary>\n{solution}\n</details>\n\n",
        title = problem.title,
        first = markdown_to_inline_html(&problem.say_first)?,
        solution = markdown_to_html(&problem.solution)?,
    );
    for line in &problem.lines {
        let Asks::Rubric(rubric) = &line.asks else { continue };
        if rubric.sinks.is_empty() {
            continue;
        }
        html += "<details><summary>Never say</summary>\n<ul>\n";
        for sink in &rubric.sinks {
            let _ = writeln!(html, "<li>“{}”: {}</li>", escape(&sink.phrase), escape(&sink.why));
        }
        html += "</ul>\n</details>\n\n";
    }
    html += &problem::follow_ups(problem)?;
    html += "\n";
    let mut behind = format!("<a href=\"{chapter}.html#{section}\">its section</a>");
    for claim in &problem.claims {
        let _ =
            write!(behind, ", claim <a href=\"{}.html#{claim}\">{claim}</a>", claims_page::PAGE);
    }
    let practice = format!("<a href=\"{}#{id}\">be graded on it</a>", page(chapter));
    let _ = writeln!(html, "<p class=\"about\">What it rests on: {behind}; {practice}</p>\n");
    Ok(html)
}

/// What a script in the page has to know of problems.
fn cards(problems: &[Problem]) -> Result<String> {
    let cards: Vec<Card> = problems.iter().map(Card::from).collect();
    Ok(serde_json::to_string(&cards)?.replace("</", "<\\/"))
}

/// What is due today, and the learner's progress to take elsewhere.
///
/// # Errors
/// If a problem cannot be read.
pub fn review(layout: &Layout) -> Result<String> {
    Ok(format!(
        "\n<section class=\"review\" data-review>\n<form class=\"controls\">\
         <label><input type=\"checkbox\" name=\"classic\"> Come back on days 0, 3, 7, 14 and 21, instead of by \
         a model of memory</label></form>\n<div class=\"due\" role=\"status\">Without scripts: <code>cargo run \
         --release -- review</code></div>\n<p><button type=\"button\" class=\"export\">Export your \
         progress</button> <label class=\"import\">Import: <input type=\"file\"></label></p>\n<p \
         class=\"problem-error\" role=\"alert\" hidden></p>\n<script type=\"application/json\">{cards}</script>\n\
         </section>\n\n",
        cards = cards(&Problem::load_all(&layout.problems_folder())?)?,
    ))
}

/// What should come from memory: what of it is due today, and what is written rather than said to answer
/// in place.
///
/// # Errors
/// If a problem cannot be read.
pub fn drills(layout: &Layout) -> Result<String> {
    let mut drills = Vec::new();
    for chapter in layout.chapters()? {
        drills.extend(problem::of_chapter(layout, &chapter.name)?);
    }
    drills.retain(|problem| problem.drill);
    let mut page = format!(
        "\n<section class=\"review\" data-drills>\n<div class=\"due\" \
         role=\"status\">Without scripts: <code>cargo run --release -- review --drills</code></div>\n<p \
         class=\"problem-error\" role=\"alert\" hidden></p>\n<script type=\"application/json\">{cards}</script>\n\
         </section>\n\n",
        cards = cards(&drills)?,
    );
    for drill in drills.iter().filter(|drill| drill.kind() != Kind::Essay) {
        page += &problem::markup(layout, &drill.id)?;
    }
    Ok(page)
}

/// A timed mix.
///
/// # Errors
/// If a problem cannot be read.
pub fn interview(layout: &Layout) -> Result<String> {
    Ok(format!(
        "\n<section class=\"interview\" data-interview>\n<form class=\"controls\">\
         <label for=\"interview-minutes\">Minutes</label><input type=\"number\" id=\"interview-minutes\" \
         name=\"minutes\" value=\"45\" min=\"10\" max=\"180\" required><label for=\"interview-seed\">Seed (the same \
         asks the same)</label><input type=\"number\" id=\"interview-seed\" name=\"seed\" value=\"1\" \
         min=\"0\" max=\"999999\" required><button type=\"submit\">Begin</button></form>\n<div class=\"questions\" \
         role=\"status\">Without scripts: <code>cargo run --release -- interview --minutes 45</code></div>\n\
         <p class=\"problem-error\" role=\"alert\" hidden></p>\n<script \
         type=\"application/json\">{cards}</script>\n</section>\n\n",
        cards = cards(&Problem::load_all(&layout.problems_folder())?)?,
    ))
}
