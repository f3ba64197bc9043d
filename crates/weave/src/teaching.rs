//! What instructors plan with: goals and the problems that measure them, plans in minutes, what students get
//! wrong, and rubric sheets to print. All of it comes from the problems, the chapters, and two files of data:
//! `book/goals.toml` and `book/plans.toml`.

use crate::chapter::Chapter;
use crate::layout::Layout;
use crate::math::{markdown_to_html, markdown_to_inline_html};
use crate::practice_page;
use crate::problem::escape;
use anyhow::{Context, Result, bail};
use practice::{Asks, Problem};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

/// What someone can do after a chapter, and the problems that show it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// The chapter.
    pub chapter: String,
    /// What one can do, as a sentence.
    pub text: String,
    /// The sections it is about, by their anchors: the problems that rest on them measure it.
    pub sections: Vec<String>,
}

impl Goal {
    /// Whether a problem measures it. Drills measure memory.
    pub fn is_measured_by(&self, problem: &Problem) -> bool {
        !problem.drill && problem.chapter == self.chapter && self.sections.contains(&problem.section)
    }
}

/// A course in minutes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What it is called in the text.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// How long a session is.
    pub session_minutes: usize,
    /// How much is to be done at home for each.
    pub homework_minutes: usize,
    /// Its sessions, in order.
    #[serde(rename = "session")]
    pub sessions: Vec<Session>,
}

/// One session of a plan.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// What it is about.
    pub title: String,
    /// Chapters that are read before it.
    #[serde(default)]
    pub read: Vec<String>,
    /// Minutes of lecture with a chapter's slides.
    #[serde(default)]
    pub slides: BTreeMap<String, usize>,
    /// Problems that are solved together.
    #[serde(default)]
    pub together: Vec<String>,
    /// What is discussed.
    #[serde(default)]
    pub discuss: Vec<Discussion>,
    /// Problems for home.
    #[serde(default)]
    pub homework: Vec<String>,
    /// What to leave out if time is short.
    #[serde(default)]
    pub leave_out: String,
}

/// Something to talk about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discussion {
    /// The question.
    pub topic: String,
    /// For how long.
    pub minutes: usize,
}

/// The goals of all chapters.
///
/// # Errors
/// If the file cannot be read; says where.
pub fn goals(layout: &Layout) -> Result<Vec<Goal>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        goal: Vec<Goal>,
    }
    Ok(file::<File>(layout, "book/goals.toml")?.goal)
}

/// The plans.
///
/// # Errors
/// If the file cannot be read; says where.
pub fn plans(layout: &Layout) -> Result<Vec<Plan>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        plan: Vec<Plan>,
    }
    Ok(file::<File>(layout, "book/plans.toml")?.plan)
}

fn file<T: for<'de> Deserialize<'de>>(layout: &Layout, path: &str) -> Result<T> {
    let text = fs::read_to_string(layout.root().join(path)).context(path.to_owned())?;
    toml::from_str(&text).context(path.to_owned())
}

/// What plans are made of: chapters and problems by name.
pub struct Stock {
    chapters: BTreeMap<String, Chapter>,
    problems: BTreeMap<String, Problem>,
}

impl Stock {
    /// All that there is.
    ///
    /// # Errors
    /// If a chapter or a problem cannot be read.
    pub fn of(layout: &Layout) -> Result<Self> {
        let chapters =
            layout.chapters()?.into_iter().map(|chapter| (chapter.name.clone(), chapter));
        let problems = Problem::load_all(&layout.problems_folder())?;
        let problems = problems.into_iter().map(|problem| (problem.id.clone(), problem));
        Ok(Self { chapters: chapters.collect(), problems: problems.collect() })
    }

    fn problem(&self, id: &str) -> Result<&Problem> {
        self.problems.get(id).with_context(|| format!("there is no problem `{id}`"))
    }

    fn chapter(&self, name: &str) -> Result<&Chapter> {
        self.chapters.get(name).with_context(|| format!("there is no chapter `{name}`"))
    }

    fn minutes(&self, problems: &[String]) -> Result<usize> {
        problems.iter().map(|id| Ok(usize::from(self.problem(id)?.minutes))).sum()
    }

    /// How long a session takes, and what is to be done at home for it.
    ///
    /// # Errors
    /// If it names what is not there.
    pub fn minutes_of(&self, session: &Session) -> Result<(usize, usize)> {
        let lecture: usize = session.slides.values().sum();
        let talk: usize = session.discuss.iter().map(|discussion| discussion.minutes).sum();
        let reading: usize = session
            .read
            .iter()
            .map(|name| Ok(self.chapter(name)?.reading_minutes()))
            .sum::<Result<usize>>()?;
        Ok((
            lecture + talk + self.minutes(&session.together)?,
            reading + self.minutes(&session.homework)?,
        ))
    }

    /// A problem as a link, with its kind and its minutes.
    fn link(&self, id: &str) -> Result<String> {
        let problem = self.problem(id)?;
        Ok(format!(
            "<a href=\"{}#{id}\">{}</a> <span class=\"kind\">({}, {} min)</span>",
            practice_page::page(&problem.chapter),
            markdown_to_inline_html(&problem.title)?,
            problem.kind().name(),
            problem.minutes
        ))
    }

    fn links(&self, ids: &[String]) -> Result<String> {
        let links = ids.iter().map(|id| self.link(id)).collect::<Result<Vec<_>>>()?;
        Ok(links.join("; "))
    }

    fn chapter_link(&self, name: &str) -> Result<String> {
        let title = self.chapter(name)?.title();
        Ok(format!("<a href=\"{name}.html\">{}</a>", markdown_to_inline_html(&title)?))
    }
}

/// Every chapter's goals, each with the problems that measure it.
///
/// # Errors
/// If a file cannot be read, or names what is not there.
pub fn goals_markup(layout: &Layout) -> Result<String> {
    let (stock, goals) = (Stock::of(layout)?, goals(layout)?);
    let mut html = String::new();
    for chapter in layout.chapters()? {
        let _ = write!(
            html,
            "\n<h3 id=\"goals-{}\">{}</h3>\n<dl class=\"goals\">\n",
            chapter.name,
            stock.chapter_link(&chapter.name)?
        );
        for goal in goals.iter().filter(|goal| goal.chapter == chapter.name) {
            let text = markdown_to_inline_html(&goal.text)?;
            let measured = stock.problems.values().filter(|problem| goal.is_measured_by(problem));
            let measured: Vec<String> = measured.map(|problem| problem.id.clone()).collect();
            let _ = writeln!(html, "<dt>{text}</dt>\n<dd>{}</dd>", stock.links(&measured)?);
        }
        html += "</dl>\n";
    }
    Ok(html + "\n")
}

/// A plan by name, with its minutes added up.
///
/// # Errors
/// If there is none of this name, or it names what is not there.
pub fn plan_markup(layout: &Layout, name: &str) -> Result<String> {
    let (stock, plans) = (Stock::of(layout)?, plans(layout)?);
    let Some(plan) = plans.iter().find(|plan| plan.name == name) else {
        bail!("book/plans.toml has no plan `{name}`");
    };
    let mut html = format!("\n<h3 id=\"{name}\">{}</h3>\n", escape(&plan.title));
    for session in &plan.sessions {
        let (minutes, homework) =
            stock.minutes_of(session).with_context(|| session.title.clone())?;
        let at_home = if homework > 0 { format!(", {homework} at home") } else { String::new() };
        let _ = write!(
            html,
            "<h4>{} <span class=\"kind\">{minutes} minutes{at_home}</span></h4>\n<ul>\n",
            markdown_to_inline_html(&session.title)?
        );
        if !session.read.is_empty() {
            let chapters: Vec<String> = session
                .read
                .iter()
                .map(|name| {
                    let minutes = stock.chapter(name)?.reading_minutes();
                    Ok(format!("{} ({minutes} min)", stock.chapter_link(name)?))
                })
                .collect::<Result<_>>()?;
            let _ =
                writeln!(html, "<li><strong>Read before:</strong> {}</li>", chapters.join("; "));
        }
        for (chapter, minutes) in &session.slides {
            let _ = writeln!(
                html,
                "<li><strong>Slides, {minutes} min:</strong> <a href=\"{}\">{}</a></li>",
                crate::slides::file(chapter),
                escape(&stock.chapter(chapter)?.title())
            );
        }
        if !session.together.is_empty() {
            let _ = writeln!(
                html,
                "<li><strong>Together:</strong> {}</li>",
                stock.links(&session.together)?
            );
        }
        for Discussion { topic, minutes } in &session.discuss {
            let topic = markdown_to_inline_html(topic)?;
            let _ = writeln!(html, "<li><strong>Discuss, {minutes} min:</strong> {topic}</li>");
        }
        if !session.homework.is_empty() {
            let _ = writeln!(
                html,
                "<li><strong>At home:</strong> {}</li>",
                stock.links(&session.homework)?
            );
        }
        if !session.leave_out.is_empty() {
            let leave_out = markdown_to_inline_html(&session.leave_out)?;
            let _ = writeln!(
                html,
                "<li><strong>If time is short, leave out:</strong> {leave_out}</li>"
            );
        }
        html += "</ul>\n";
    }
    Ok(html + "\n")
}

/// What students get wrong, chapter by chapter: every named mistake and mutant, and what to tell them.
///
/// # Errors
/// If a problem cannot be read.
pub fn mistakes_markup(layout: &Layout) -> Result<String> {
    let stock = Stock::of(layout)?;
    let mut html = String::new();
    for chapter in layout.chapters()? {
        let _ = writeln!(
            html,
            "\n<h2 id=\"{}\">{}</h2>\n",
            chapter.name,
            stock.chapter_link(&chapter.name)?
        );
        for problem in stock.problems.values().filter(|problem| problem.chapter == chapter.name) {
            let mut mistakes = String::new();
            for line in &problem.lines {
                // A rubric's points are on the sheets.
                if matches!(line.asks, Asks::Rubric(_)) {
                    continue;
                }
                for wrong in line.wrong_answers(problem) {
                    let _ = writeln!(
                        mistakes,
                        "<dt>{}</dt><dd>{}</dd>",
                        escape(&wrong.name),
                        escape(&wrong.reply)
                    );
                }
            }
            if !mistakes.is_empty() {
                let _ = writeln!(
                    html,
                    "<details><summary>{}</summary>\n<p>{}</p>\n<dl>\n{mistakes}</dl>\n</details>",
                    markdown_to_inline_html(&problem.title)?,
                    stock.link(&problem.id)?
                );
            }
        }
    }
    Ok(html + "\n")
}

/// A sheet to print for every essay: the question, the points to tick, and room for a name.
///
/// # Errors
/// If a problem cannot be read, or a formula in it is not understood.
pub fn rubrics_markup(layout: &Layout) -> Result<String> {
    let stock = Stock::of(layout)?;
    let mut html = String::new();
    for problem in stock.problems.values() {
        let rubric = problem.lines.iter().find_map(|line| match &line.asks {
            Asks::Rubric(rubric) => Some(rubric),
            _ => None,
        });
        let Some(rubric) = rubric else { continue };
        let _ = write!(
            html,
            "\n<section class=\"sheet\" id=\"sheet-{id}\">\n<h2>{title}</h2>\n<p class=\"name\">Name: \
             <span></span> Date: <span></span></p>\n{statement}\n<ol class=\"ticks\">\n",
            id = problem.id,
            title = markdown_to_inline_html(&problem.title)?,
            statement = markdown_to_html(&problem.statement)?,
        );
        for point in &rubric.points {
            let needed = if point.needed { " <strong>(needed)</strong>" } else { "" };
            let _ = writeln!(html, "<li>☐ {}{needed}</li>", markdown_to_inline_html(&point.text)?);
        }
        let needed = rubric.points.iter().filter(|point| point.needed).count();
        let _ = write!(
            html,
            "</ol>\n<p>All {needed} needed points: lean hire, six tenths of the points. These and {strong} in all: strong \
             hire, all points. Otherwise none.</p>\n",
            strong = rubric.strong
        );
        if !rubric.sinks.is_empty() {
            html += "<p>What sinks it, whatever else is said:</p>\n<ul>\n";
            for sink in &rubric.sinks {
                let _ =
                    writeln!(html, "<li>“{}”: {}</li>", escape(&sink.phrase), escape(&sink.why));
            }
            html += "</ul>\n";
        }
        html += "<p class=\"notes\">Notes:</p>\n</section>\n";
    }
    Ok(html + "\n")
}
