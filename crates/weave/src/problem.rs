//! Problems as the page shows them: each kind of line with the controls it is answered with.

use crate::layout::Layout;
use crate::math::{markdown_to_html, markdown_to_inline_html};
use crate::plain_text::without_markup;
use crate::practice_notebook;
use anyhow::{Context, Result};
use lab::experiment::diagnosis::CASES;
use practice::{Asks, Diagnosis, Kind, Line, Order, Problem, Rubric, letter};
use std::fmt::Write;

/// How many variants of a problem with constants are in the page.
const VARIANTS: u64 = 3;

/// The problems of a chapter, easiest first.
///
/// # Errors
/// If one cannot be read; says which file and where.
pub fn of_chapter(layout: &Layout, chapter: &str) -> Result<Vec<Problem>> {
    // A book need not have problems.
    if !layout.problems_folder().exists() {
        return Ok(Vec::new());
    }
    let mut problems = Problem::load_all(&layout.problems_folder())?;
    problems.retain(|problem| problem.chapter == chapter);
    problems.sort_by_key(|problem| (problem.difficulty, problem.minutes));
    Ok(problems)
}

/// A problem with its variants.
///
/// # Errors
/// If it cannot be read, or a formula in it is not understood.
pub fn markup(layout: &Layout, id: &str) -> Result<String> {
    let load = |seed| Problem::load_variant(&layout.problems_folder(), id, seed);
    let first = load(0)?;
    let mut html = section(&first).with_context(|| format!("problem `{id}`"))?;
    if first.has_variants() {
        html += "<div class=\"variants\">\n";
        for seed in 1..VARIANTS {
            let _ = writeln!(html, "<template>\n{}</template>", section(&load(seed)?)?);
        }
        html += "</div>\n";
    }
    Ok(format!("\n{html}\n"))
}

fn section(problem: &Problem) -> Result<String> {
    let id = &problem.id;
    let mut lines = String::new();
    for (number, line) in (1..).zip(&problem.lines) {
        lines += &line_markup(problem, line, number)?;
    }
    let figures = match problem.diagnosis() {
        Some(diagnosis) => {
            let figures = diagnosis.figures().map_err(anyhow::Error::msg)?;
            let figures: String = figures.iter().map(figures::Figure::html).collect();
            format!("<div class=\"figures\">{}</div>\n", without_blank_lines(&figures))
        }
        None => String::new(),
    };
    let another = match problem.has_variants() {
        true => " <button type=\"button\" class=\"another\" hidden>Other numbers</button>",
        false => "",
    };
    let answer = match problem.kind() {
        Kind::Code => String::new(),
        _ => format!(
            "<button type=\"submit\">Check</button>{another}\n<p class=\"score\" role=\"status\"></p>\n"
        ),
    };
    // The page checks with the problem's keys; its prose is there already.
    let bare = Problem { statement: String::new(), solution: String::new(), ..problem.clone() };
    let data = serde_json::to_string(&bare)?.replace("</", "<\\/");
    Ok(format!(
        "<section class=\"problem\" id=\"{id}\" data-problem=\"{id}\" \
         aria-labelledby=\"problem-{id}-{seed}\">\n<p class=\"title\" id=\"problem-{id}-{seed}\">Problem: \
         {title} <span class=\"standing\"></span></p>\n<p class=\"about\">{kind}, difficulty {difficulty} of \
         5, about {minutes} minutes; <a href=\"{chapter}.html#{section}\">what it rests on</a></p>\n\
         {statement}\n{figures}{symbols}<form>\n<ol class=\"lines\">\n{lines}</ol>\n{answer}</form>\n\
         <p class=\"offline\">Without scripts: <code>cargo run --release -- practice start {id}</code></p>\n\
         <details class=\"solution\"><summary>Solution (try first)</summary>\n{solution}\n{follow_ups}</details>\n\
         <script type=\"application/json\">{data}</script>\n</section>\n",
        seed = problem.seed,
        title = markdown_to_inline_html(&problem.title)?,
        kind = problem.kind().name(),
        difficulty = problem.difficulty,
        minutes = problem.minutes,
        chapter = problem.chapter,
        section = problem.section,
        statement = markdown_to_html(&problem.statement)?,
        symbols = symbols(problem)?,
        solution = markdown_to_html(&problem.solution)?,
        follow_ups = follow_ups(problem)?,
    ))
}

/// What an interviewer asks next, each with its answer folded.
///
/// # Errors
/// If a formula in it is not understood.
pub fn follow_ups(problem: &Problem) -> Result<String> {
    let mut html = String::new();
    for follow_up in &problem.follow_ups {
        let _ = writeln!(
            html,
            "<details><summary>And then: {}</summary>\n{}\n</details>",
            markdown_to_inline_html(&follow_up.ask)?,
            markdown_to_html(&follow_up.answer)?
        );
    }
    Ok(html)
}

fn symbols(problem: &Problem) -> Result<String> {
    if problem.symbols.is_empty() {
        return Ok(String::new());
    }
    let mut list = String::new();
    for symbol in &problem.symbols {
        let meaning = markdown_to_inline_html(&symbol.meaning)?;
        let _ = write!(list, "<dt><code>{}</code></dt><dd>{meaning}</dd>", escape(&symbol.name));
    }
    Ok(format!(
        "<details class=\"symbols\"><summary>How to type formulas</summary>\n<p>Write <code>*</code>, \
         <code>/</code>, <code>^</code> and parentheses as in a program; a term of a sequence is \
         <code>g_i</code>, a sum is <code>sum(i = 1..t, g_i)</code>.</p>\n<dl>{list}</dl>\n</details>\n"
    ))
}

fn line_markup(problem: &Problem, line: &Line, number: usize) -> Result<String> {
    let field = match problem.seed {
        0 => format!("{}-{number}", problem.id),
        seed => format!("{}-{seed}-{number}", problem.id),
    };
    let prompt = markdown_to_inline_html(&line.prompt)?;
    let (kind, controls) = match &line.asks {
        Asks::Choice(choice) => {
            let kind = if choice.several { "checkbox" } else { "radio" };
            let mut options = String::new();
            for (place, option) in choice.options.iter().enumerate() {
                let _ = writeln!(
                    options,
                    "<label class=\"option\"><input type=\"{kind}\" name=\"{field}\" \
                     value=\"{}\"{}> <span>{}</span></label>",
                    letter(place),
                    spoken(&option.text),
                    markdown_to_inline_html(&option.text)?
                );
            }
            let fields = format!(
                "<fieldset id=\"{field}\" aria-describedby=\"{field}-verdict\"{name}><legend>{prompt}</legend>\n\
                 {options}</fieldset>",
                name = spoken(&line.prompt),
            );
            ("choice", fields)
        }
        Asks::Order(order) => ("order", text(&field, &prompt, &steps(order)?, line)),
        Asks::Rubric(rubric) => ("rubric", rubric_markup(&field, &prompt, rubric)?),
        Asks::Code(code) => {
            let starter = escape(code.starter.trim_end());
            let id = &problem.id;
            let controls = format!(
                "<p>{prompt}</p>\n<pre tabindex=\"0\"><code class=\"language-rust\">{starter}</code></pre>\n\
                 <p>Code is compiled on your own machine: <code>cargo run --release -- practice start \
                 {id}</code> gives you a file and <code>cargo run --release -- practice watch {id}</code> \
                 checks it on every save. In <a href=\"{notebook}\" download>the chapter's practice \
                 notebook</a>, in the book's repository, the cell is there already; <code>cargo run --release -- notebooks</code> opens \
                 it.</p>",
                notebook = practice_notebook::download(&problem.chapter),
            );
            ("code", without_blank_lines(&controls))
        }
        Asks::Diagnosis(diagnosis) => ("text", text(&field, &prompt, &autopsy(diagnosis), line)),
        Asks::Number(_) | Asks::Formula(_) => ("text", text(&field, &prompt, "", line)),
    };
    let mut hints = String::new();
    for (place, hint) in (1..).zip(&line.hints) {
        let _ = writeln!(
            hints,
            "<details class=\"hint\"><summary>Hint {place}</summary>{}</details>",
            markdown_to_inline_html(hint)?
        );
    }
    Ok(format!(
        "<li class=\"line\" data-kind=\"{kind}\">{controls}\n<p class=\"verdict\" id=\"{field}-verdict\" \
         role=\"status\"></p>\n<div class=\"rerun\"></div>\n<div class=\"hints\">{hints}</div></li>\n"
    ))
}

/// A name for those who hear the page, where formulas would give none.
fn spoken(text: &str) -> String {
    match text.contains('$') {
        true => format!(" aria-label=\"{}\"", escape(&without_markup(text))),
        false => String::new(),
    }
}

/// A field to type in, behind its prompt and what stands `between` the two.
fn text(field: &str, prompt: &str, between: &str, line: &Line) -> String {
    format!(
        "<label for=\"{field}\">{prompt}</label>\n{between}<p class=\"how\" id=\"{field}-how\">{}</p>\n<input \
         type=\"text\" id=\"{field}\" name=\"{field}\" autocomplete=\"off\" autocapitalize=\"off\" \
         spellcheck=\"false\" aria-describedby=\"{field}-how {field}-verdict\"{name}>",
        with_code(&line.how_to_answer()),
        name = spoken(&line.prompt),
    )
}

/// The way to the run on the page where its settings can be played with.
fn autopsy(diagnosis: &Diagnosis) -> String {
    let case = (1..).zip(CASES).find(|(_, case)| *case == diagnosis.case);
    let (number, seed) = (case.map_or(1, |(number, _)| number), diagnosis.seed);
    format!(
        "<p class=\"how\"><a href=\"debugging.html#explore-autopsy:case={number}&amp;seed={seed}\">Open this \
         run in the autopsy</a>, where you can change its settings with sliders and watch it run again.</p>\n"
    )
}

/// The steps, as buttons that write their letter into the field below.
fn steps(order: &Order) -> Result<String> {
    let mut html = String::new();
    for (place, text) in order.texts().iter().enumerate() {
        let letter = letter(place);
        let text = markdown_to_inline_html(text)?;
        let _ = writeln!(
            html,
            "<button type=\"button\" class=\"step\" data-letter=\"{letter}\">{letter}) {text}</button>"
        );
    }
    Ok(format!("<div class=\"steps\">\n{html}</div>\n"))
}

fn rubric_markup(field: &str, prompt: &str, rubric: &Rubric) -> Result<String> {
    let mut points = String::new();
    for (number, point) in (1..).zip(&rubric.points) {
        let needed = if point.needed { " <em>(needed)</em>" } else { "" };
        let _ = writeln!(
            points,
            "<label class=\"option\"><input type=\"checkbox\" value=\"{number}\"{}> \
             <span>{}{needed}</span></label>",
            spoken(&point.text),
            markdown_to_inline_html(&point.text)?
        );
    }
    Ok(format!(
        "<label for=\"{field}\">{prompt}</label>\n<textarea id=\"{field}\" name=\"{field}\" rows=\"5\" \
         aria-describedby=\"{field}-verdict\"></textarea>\n<details class=\"points\"><summary>Compare: which \
         of these points did you make? (answer first)</summary>\n<fieldset><legend>Mark them honestly; an \
         answer without a needed one is none.</legend>\n{points}</fieldset></details>"
    ))
}

/// An HTML block in Markdown ends at a blank line.
pub fn without_blank_lines(html: &str) -> String {
    html.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// Text as HTML, what stands between backticks as code.
fn with_code(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(place, part)| match place % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    });
    parts.collect()
}

/// Text as HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
