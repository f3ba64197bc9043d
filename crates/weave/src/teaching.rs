//! What an instructor needs beside the chapters: goals, plans, what students get wrong, and rubric sheets.
//!
//! Goals stand in `book/goals.toml`, plans in `book/plans.toml`; everything else is the problems' own. Minutes are
//! never stored: a problem has its own, and those of reading are counted from the chapter.

use crate::chapter::Chapter;
use crate::layout::Layout;
use crate::math::{markdown_to_html, markdown_to_inline_html};
use crate::practice_page;
use crate::problem::{self, escape};
use crate::slides;
use anyhow::{Context, Result, anyhow, bail};
use practice::{Asks, Line, Problem, Rubric};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// How many words are read in a minute, as a chapter's own reading time counts.
const WORDS_A_MINUTE: usize = 200;

/// What a reader can do after a chapter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// Its name, unique in the chapter.
    pub id: String,
    /// How the sentence "After this you can …" goes on, in Markdown.
    pub can: String,
    /// The problems that measure it, by id.
    pub problems: Vec<String>,
}

/// The goals of one chapter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChapterGoals {
    /// The chapter, by the name of its file without the ending.
    pub name: String,
    /// Its goals.
    #[serde(rename = "goal")]
    pub goals: Vec<Goal>,
}

/// A course.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name in `{{#plan ID}}`.
    pub id: String,
    /// How many minutes a session has.
    pub session: usize,
    /// How many minutes of homework a session may ask for.
    pub homework: usize,
    /// Where the chapters are read.
    pub reading: Reading,
    /// Its sessions.
    #[serde(rename = "part")]
    pub parts: Vec<Part>,
}

/// Where the chapters of a course are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Before the session: it counts as homework.
    Home,
    /// In the session.
    Class,
}

/// A session of a course.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is about.
    pub title: String,
    /// What is read: a chapter, or a section as `chapter#anchor`.
    pub read: Vec<String>,
    /// Sections of what is read that are left out.
    pub skip: Vec<String>,
    /// Minutes of lecture with slides.
    pub lecture: usize,
    /// Minutes with the notebook.
    pub notebook: usize,
    /// Minutes of discussion.
    pub discussion: usize,
    /// The problems that are solved in the session.
    pub class: Vec<String>,
    /// The problems that are homework.
    pub homework: Vec<String>,
}

/// Where a session's minutes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minutes {
    /// Reading, wherever it is done.
    pub reading: usize,
    /// Problems in the session.
    pub practice: usize,
    /// The session as a whole.
    pub session: usize,
    /// All that is done at home.
    pub homework: usize,
}

/// The goals of every chapter, from `book/goals.toml`.
///
/// # Errors
/// If the file cannot be read; says where.
pub fn goals_of(layout: &Layout) -> Result<Vec<ChapterGoals>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        chapter: Vec<ChapterGoals>,
    }
    Ok(read::<File>(&layout.root().join("book/goals.toml"))?.chapter)
}

/// The courses, from `book/plans.toml`.
///
/// # Errors
/// If the file cannot be read; says where.
pub fn plans(layout: &Layout) -> Result<Vec<Plan>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        plan: Vec<Plan>,
    }
    Ok(read::<File>(&layout.root().join("book/plans.toml"))?.plan)
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

/// The chapters and problems that goals and plans name.
#[derive(Debug)]
pub struct Sources {
    chapters: Vec<Chapter>,
    problems: BTreeMap<String, Problem>,
}

impl Sources {
    /// Reads them.
    ///
    /// # Errors
    /// If a chapter or a problem cannot be read.
    pub fn load(layout: &Layout) -> Result<Self> {
        let problems = Problem::load_all(&layout.problems_folder())?;
        let problems = problems.into_iter().map(|problem| (problem.id.clone(), problem)).collect();
        Ok(Self { chapters: layout.chapters()?, problems })
    }

    /// Every problem, by id.
    pub fn problems(&self) -> &BTreeMap<String, Problem> {
        &self.problems
    }

    /// The chapters, in the order of the book.
    pub fn chapters(&self) -> &[Chapter] {
        &self.chapters
    }

    fn problem(&self, id: &str) -> Result<&Problem> {
        self.problems.get(id).ok_or_else(|| anyhow!("there is no problem `{id}` in book/problems"))
    }

    /// The title and the number of words of a chapter, or of a section as `chapter#anchor`.
    fn stretch(&self, place: &str) -> Result<(String, usize)> {
        let (name, anchor) = place.split_once('#').unwrap_or((place, ""));
        let Some(chapter) = self.chapters.iter().find(|chapter| chapter.name == name) else {
            bail!("there is no chapter `{name}` in book/src, which book/plans.toml names");
        };
        if anchor.is_empty() {
            let words = chapter.prose().flat_map(str::split_whitespace).count();
            return Ok((chapter.title(), words));
        }
        let mut title = None;
        let mut words = 0;
        for line in chapter.prose().flat_map(str::lines) {
            if let Some(heading) = line.strip_prefix("## ") {
                if title.is_some() {
                    break;
                }
                if anchor_of(heading) == anchor {
                    title = Some(heading.split(" {#").next().unwrap_or(heading).to_owned());
                }
            }
            if title.is_some() {
                words += line.split_whitespace().count();
            }
        }
        match title {
            Some(title) => Ok((title, words)),
            None => {
                bail!("`{place}`, which book/plans.toml names, is no section of book/src/{name}.md")
            }
        }
    }

    /// Where a session's minutes go, from the chapters and the problems.
    ///
    /// # Errors
    /// If it names something that is not there, or leaves out more than it reads.
    pub fn minutes(&self, plan: &Plan, part: &Part) -> Result<Minutes> {
        let words = |places: &[String]| -> Result<usize> {
            places.iter().map(|place| Ok(self.stretch(place)?.1)).sum()
        };
        let minutes = |ids: &[String]| -> Result<usize> {
            ids.iter().map(|id| Ok(usize::from(self.problem(id)?.minutes))).sum()
        };
        let Some(words) = words(&part.read)?.checked_sub(words(&part.skip)?) else {
            bail!("“{}” in book/plans.toml leaves out more than it reads", part.title);
        };
        let reading = words.div_ceil(WORDS_A_MINUTE);
        let practice = minutes(&part.class)?;
        let taught = part.lecture + part.notebook + part.discussion + practice;
        let alone = minutes(&part.homework)?;
        let (session, homework) = match plan.reading {
            Reading::Home => (taught, alone + reading),
            Reading::Class => (taught + reading, alone),
        };
        Ok(Minutes { reading, practice, session, homework })
    }
}

/// The anchor that mdBook gives a heading.
fn anchor_of(heading: &str) -> String {
    if let Some((_, given)) = heading.split_once("{#") {
        return given.trim_end_matches('}').to_owned();
    }
    let kept = |c: char| match c {
        _ if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ if c.is_whitespace() => Some('-'),
        _ => None,
    };
    heading.trim().to_lowercase().chars().filter_map(kept).collect()
}

/// A problem as a link to where it is answered, with its kind and its minutes.
fn link(problem: &Problem) -> Result<String> {
    Ok(format!(
        "<a href=\"{}#{}\">{}</a> ({}, {} min)",
        practice_page::page(&problem.chapter),
        problem.id,
        markdown_to_inline_html(&problem.title)?,
        problem.kind().name(),
        problem.minutes
    ))
}

/// Every chapter's goals, each beside the problems that measure it.
///
/// # Errors
/// If `book/goals.toml` cannot be read, or names a problem that is not there.
pub fn goals(layout: &Layout) -> Result<String> {
    let sources = Sources::load(layout)?;
    let mut page = String::new();
    for of_chapter in goals_of(layout)? {
        let name = &of_chapter.name;
        let (title, _) = sources.stretch(name)?;
        let _ = write!(
            page,
            "\n### {title} {{#goals-{name}}}\n\n<p><a href=\"{name}.html\">The chapter</a>, <a \
             href=\"{}\">its problems</a></p>\n<table>\n<thead><tr><th scope=\"col\">After this you can …</th>\
             <th scope=\"col\">Measured by</th></tr></thead>\n<tbody>\n",
            practice_page::page(name)
        );
        for goal in &of_chapter.goals {
            let mut measured = String::new();
            for id in &goal.problems {
                let _ = write!(measured, "<li>{}</li>", link(sources.problem(id)?)?);
            }
            let _ = writeln!(
                page,
                "<tr id=\"goal-{name}-{}\"><td>… {}</td><td><ul>{measured}</ul></td></tr>",
                goal.id,
                markdown_to_inline_html(&goal.can)?
            );
        }
        page += "</tbody>\n</table>\n\n";
    }
    Ok(page)
}

/// A course, session by session.
///
/// # Errors
/// If there is no such plan, or it names something that is not there.
pub fn plan(layout: &Layout, id: &str) -> Result<String> {
    let plans = plans(layout)?;
    let Some(plan) = plans.iter().find(|plan| plan.id == id) else {
        let known: Vec<&str> = plans.iter().map(|plan| plan.id.as_str()).collect();
        bail!("there is no plan `{id}` in book/plans.toml; there are {}", known.join(", "));
    };
    let sources = Sources::load(layout)?;
    let mut page = String::new();
    for (number, part) in (1..).zip(&plan.parts) {
        page += &session(&sources, plan, part, number)?;
    }
    Ok(page)
}

fn session(sources: &Sources, plan: &Plan, part: &Part, number: usize) -> Result<String> {
    let minutes = sources.minutes(plan, part)?;
    let places = |places: &[String]| -> Result<String> {
        let link = |place: &String| -> Result<String> {
            let (name, anchor) = place.split_once('#').unwrap_or((place, ""));
            let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
            let title = markdown_to_inline_html(&sources.stretch(place)?.0)?;
            Ok(format!("<a href=\"{name}.html{anchor}\">{title}</a>"))
        };
        let links: Vec<String> = places.iter().map(link).collect::<Result<_>>()?;
        Ok(links.join("; "))
    };
    let problems = |ids: &[String]| -> Result<String> {
        let item = |id: &String| Ok(format!("<li>{}</li>", link(sources.problem(id)?)?));
        let items: Vec<String> = ids.iter().map(item).collect::<Result<_>>()?;
        Ok(format!("<ul>{}</ul>", items.concat()))
    };
    let reading = format!("{}; without {}", places(&part.read)?, places(&part.skip)?);
    let deck = |place: &String| -> Result<String> {
        let name = place.split('#').next().unwrap_or(place);
        let title = markdown_to_inline_html(&sources.stretch(place)?.0)?;
        Ok(format!("<a href=\"{}\">{title}</a>", slides::file(name)))
    };
    let decks: Vec<String> = part.read.iter().map(deck).collect::<Result<_>>()?;
    let mut in_class = vec![
        ("Lecture with slides", part.lecture, decks.join("; ")),
        ("Notebook", part.notebook, String::new()),
        ("Problems", minutes.practice, problems(&part.class)?),
        ("Discussion", part.discussion, String::new()),
    ];
    let homework = problems(&part.homework)?;
    let alone: usize = match plan.reading {
        Reading::Home => minutes.homework - minutes.reading,
        Reading::Class => minutes.homework,
    };
    let mut at_home = vec![("Problems", alone, homework)];
    let read = ("Reading", minutes.reading, reading);
    match plan.reading {
        Reading::Home => at_home.insert(0, read),
        Reading::Class => in_class.insert(0, read),
    }
    let mut rows = String::new();
    for (place, parts, total, limit) in [
        ("In the session", in_class, minutes.session, plan.session),
        ("At home", at_home, minutes.homework, plan.homework),
    ] {
        for (what, minutes, which) in parts {
            let _ = writeln!(
                rows,
                "<tr><td>{place}</td><td>{what}</td><td>{minutes}</td><td>{which}</td></tr>"
            );
        }
        let _ = writeln!(
            rows,
            "<tr><th scope=\"row\">{place}</th><td>in all</td><td><strong>{total}</strong></td><td>of {limit}</td></tr>"
        );
    }
    Ok(format!(
        "\n### {number}. {title} {{#{id}-{number}}}\n\n<table>\n<thead><tr><th scope=\"col\">Where</th><th \
         scope=\"col\">What</th><th scope=\"col\">Minutes</th><th scope=\"col\">Which</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n\n",
        title = part.title,
        id = plan.id,
    ))
}

/// What students get wrong, chapter by chapter, and what to tell them.
///
/// # Errors
/// If a problem cannot be read, or a formula in it is not understood.
pub fn mistakes(layout: &Layout) -> Result<String> {
    let mut page = String::new();
    for chapter in layout.chapters()? {
        let mut entries = String::new();
        let mut count = 0;
        for problem in problem::of_chapter(layout, &chapter.name)? {
            let mut list = String::new();
            for line in &problem.lines {
                for (what, reply) in wrong(line, &problem)? {
                    count += 1;
                    let what = what.trim_end_matches('.');
                    let _ = write!(list, "<li><strong>{what}</strong>: {}</li>", escape(&reply));
                }
            }
            if !list.is_empty() {
                let _ = writeln!(entries, "<p>{}</p>\n<ul>{list}</ul>", link(&problem)?);
            }
        }
        let _ = write!(
            page,
            "\n## {title} {{#mistakes-{name}}}\n\n<details><summary>{count} wrong answers, and what to tell \
             who gives them</summary>\n{entries}</details>\n\n",
            title = chapter.title(),
            name = chapter.name,
        );
    }
    Ok(page)
}

/// The wrong answers to a line that are known, as HTML, each with its reply in plain text.
fn wrong(line: &Line, problem: &Problem) -> Result<Vec<(String, String)>> {
    Ok(match &line.asks {
        // What a choice calls its options changes with their order.
        Asks::Choice(choice) => {
            let wrong = choice.options.iter().filter(|option| !option.right);
            wrong
                .map(|option| Ok((markdown_to_inline_html(&option.text)?, option.reply.clone())))
                .collect::<Result<_>>()?
        }
        Asks::Rubric(rubric) => {
            let said = rubric.sinks.iter();
            said.map(|sink| (format!("“{}”", escape(&sink.phrase)), sink.why.clone())).collect()
        }
        Asks::Order(order) => {
            let mut wrong = Vec::new();
            for step in order.steps.iter().filter(|step| !step.why.is_empty()) {
                let text = markdown_to_inline_html(&step.text)?;
                wrong.push((format!("Too early: {text}"), step.why.clone()));
            }
            for stray in &order.strays {
                wrong.push((markdown_to_inline_html(&stray.text)?, stray.reply.clone()));
            }
            wrong
        }
        Asks::Number(_) | Asks::Formula(_) | Asks::Code(_) | Asks::Diagnosis(_) => {
            let known = line.wrong_answers(problem).into_iter();
            known.map(|wrong| (escape(&wrong.name), wrong.reply)).collect()
        }
    })
}

/// A sheet for every open question, to mark answers on by hand.
///
/// # Errors
/// If a problem cannot be read, or a formula in it is not understood.
pub fn rubrics(layout: &Layout) -> Result<String> {
    let mut page = String::new();
    for problem in practice_page::essays(layout)? {
        for line in &problem.lines {
            if let Asks::Rubric(rubric) = &line.asks {
                page += &sheet(&problem, rubric)?;
            }
        }
    }
    Ok(page)
}

fn sheet(problem: &Problem, rubric: &Rubric) -> Result<String> {
    let mut points = String::new();
    for point in &rubric.points {
        let needed = if point.needed { " <strong>(needed)</strong>" } else { "" };
        let _ = writeln!(points, "<li>{}{needed}</li>", markdown_to_inline_html(&point.text)?);
    }
    let mut sinks = String::new();
    for sink in &rubric.sinks {
        let _ = writeln!(sinks, "<li>“{}”: {}</li>", escape(&sink.phrase), escape(&sink.why));
    }
    if !sinks.is_empty() {
        sinks = format!("<p>Sinks it:</p>\n<ul class=\"ticks\">\n{sinks}</ul>\n");
    }
    Ok(format!(
        "\n<section class=\"rubric-sheet\" aria-labelledby=\"sheet-{id}\">\n<h2 id=\"sheet-{id}\">{title}</h2>\n\
         <p class=\"blanks\"><span>Name</span><span>Date</span></p>\n{statement}\n<p>Points made:</p>\n\
         <ul class=\"ticks\">\n{points}</ul>\n{sinks}<p>Grade:</p>\n<ul class=\"ticks\">\n<li>Strong hire: all \
         that is needed, and at least {strong} of {all} points</li>\n<li>Lean hire: all that is needed</li>\n\
         <li>No hire: something needed is missing</li>\n</ul>\n<p class=\"notes\">Notes</p>\n</section>\n\n",
        id = problem.id,
        title = markdown_to_inline_html(&problem.title)?,
        statement = markdown_to_html(&problem.statement)?,
        strong = rubric.strong,
        all = rubric.points.len(),
    ))
}
