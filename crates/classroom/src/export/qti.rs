//! QTI 1.2, by way of the text that PyPI's `text2qti` takes.
//!
//! The text is Markdown whose paragraphs are HTML already, so that both readers of Markdown, ours and
//! Python's, see the same. text2qti knows no orders. It writes the ends between which a number is
//! right with four decimals, and takes none that are nearer to zero than 0.0001: numbers for which
//! that would move an end by more than a tenth of the margin are left out. It has no replies to single
//! wrong numbers, and all or nothing for several right options, as our checker has.

use crate::archive::zipped;
use crate::export::html::{self, Formulas};
use crate::export::question::{self, Export, LeftOut, Question, rubric_text};
use crate::export::tolerance::{self, Accepted};
use anyhow::{Context, Result, bail};
use practice::{Asks, Problem, letter};
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use zip::ZipArchive;

/// The lines of these problems as a quiz in text2qti's form.
pub fn source(problems: &[Problem], title: &str) -> Export<String> {
    let mut quiz = Export {
        content: format!(
            "Quiz title: {}\n\n",
            title.split_whitespace().collect::<Vec<_>>().join(" ")
        ),
        questions: 0,
        left_out: Vec::new(),
    };
    for question in question::questions(problems) {
        match body(&question) {
            Ok(body) => {
                quiz.questions += 1;
                quiz.content += &format!(
                    "Title: {}\nPoints: {}\n{}{body}\n",
                    question.title(),
                    question.line.points,
                    item(
                        &format!("{}.", quiz.questions),
                        &html::from_markdown(&question.text_with_form(), Formulas::Dollars)
                    ),
                );
            }
            Err(left_out) => quiz.left_out.push(left_out),
        }
    }
    quiz
}

/// The zip file that a learning platform imports, made from `source` by `text2qti`, a command.
///
/// # Errors
/// If the command cannot be started, or does not take the source; says what it said.
pub fn package(source: &str, text2qti: &Path) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().context("a temporary folder for text2qti")?;
    let file = folder.path().join("quiz.txt");
    fs::write(&file, source).with_context(|| format!("{}", file.display()))?;
    // It keeps its settings in the home folder; a course's bank rests on none of them.
    let output = Command::new(text2qti)
        .arg(&file)
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .output()
        .with_context(|| {
            format!("{} does not start; `pip install text2qti` has it", text2qti.display())
        })?;
    if !output.status.success() {
        bail!("text2qti: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let zip = file.with_extension("zip");
    let packed = fs::read(&zip).with_context(|| format!("text2qti wrote no {}", zip.display()))?;
    undated(&packed).with_context(|| format!("what text2qti wrote to {}", zip.display()))
}

/// The same package without the day on which it was made, which platforms do not need.
fn undated(packed: &[u8]) -> Result<Vec<u8>> {
    const DATED: [&str; 2] = ["<imsmd:lifeCycle>", "</imsmd:lifeCycle>"];
    let mut archive = ZipArchive::new(Cursor::new(packed))?;
    let mut entries = Vec::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place)?;
        if entry.is_dir() {
            continue;
        }
        let mut content = String::new();
        entry.read_to_string(&mut content)?;
        if let [Some(from), Some(to)] = DATED.map(|tag| content.find(tag)) {
            content.replace_range(from..to + DATED[1].len(), "");
        }
        entries.push((entry.name()?.into_owned(), content));
    }
    zipped(entries)
}

/// What follows a question's text.
fn body(question: &Question) -> Result<String, LeftOut> {
    if let Some(why) = question.beyond_other_tools() {
        return Err(question.left_out(why));
    }
    match &question.line.asks {
        Asks::Number(number) => {
            let accepted = tolerance::accepted(question, number)
                .ok_or_else(|| question.left_out("its number has no finite value"))?;
            if !is_kept(accepted) {
                let why = "text2qti writes numbers with four decimals, too few for this one";
                return Err(question.left_out(why));
            }
            Ok(format!("=   {} +- {}\n", accepted.value, accepted.margin))
        }
        Asks::Choice(choice) => {
            let option = |(place, option): (usize, &practice::ChoiceOption)| {
                let mark = match (choice.several, option.right) {
                    (true, true) => "[*]".to_owned(),
                    (true, false) => "[ ]".to_owned(),
                    (false, true) => format!("*{})", letter(place)),
                    (false, false) => format!("{})", letter(place)),
                };
                let text = html::from_markdown(&option.text, Formulas::Dollars);
                let reply = html::from_reply(&option.reply, Formulas::Dollars);
                item(&mark, &text) + &item("...", &format!("<p>{reply}</p>"))
            };
            Ok(choice.options.iter().enumerate().map(option).collect())
        }
        Asks::Order(_) => Err(question.left_out("text2qti has neither orders nor matchings")),
        Asks::Rubric(rubric) => {
            let points =
                html::from_markdown(&rubric_text(question.problem, rubric), Formulas::Dollars);
            Ok(item("...", &points) + "____\n")
        }
        _ => Err(question.left_out("text2qti has no such question")),
    }
}

/// Whether the ends of what is accepted survive being written with four decimals.
fn is_kept(Accepted { value, margin }: Accepted) -> bool {
    let ends = [value - margin, value + margin];
    if ends.iter().all(|end| end.fract() == 0.0) && value.fract() == 0.0 {
        return ends.iter().all(|end| *end != 0.0);
    }
    let written = |end: f64| format!("{end:.4}").parse::<f64>().unwrap_or(f64::NAN);
    ends.iter().all(|end| end.abs() >= 1e-4 && (written(*end) - end).abs() <= 0.1 * margin)
        // A margin of nothing leaves no room even for what is lost where ends are computed.
        && (margin > 0.0 || written(value) == value)
}

/// A part of a question behind its mark, indented as text2qti wants it.
fn item(mark: &str, html: &str) -> String {
    let indent = " ".repeat(mark.len() + 1);
    let lines: Vec<String> = html
        .lines()
        .enumerate()
        .map(|(number, line)| match (number, line.trim().is_empty()) {
            (0, _) => line.to_owned(),
            (_, true) => String::new(),
            _ => format!("{indent}{line}"),
        })
        .collect();
    format!("{mark} {}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{is_kept, item, source, undated};
    use crate::archive::zipped;
    use crate::export::tolerance::Accepted;

    #[test]
    fn numbers_are_kept_where_four_decimals_say_them() {
        let kept = |value: f64, margin: f64| is_kept(Accepted { value, margin });
        assert!(kept(0.3162, 0.0005) && kept(12.0, 0.06) && kept(7.0, 0.0) && kept(0.5, 0.0));
        assert!(!kept(0.03162, 0.00005) && !kept(1.0 / 3.0, 0.0));
        assert!(kept(0.0, 0.005) && !kept(1.0, 1.0), "it is an end at zero that is refused");
    }

    #[test]
    fn lines_of_a_part_stand_below_its_first() {
        assert_eq!(item("12.", "<p>a</p>\n\n<p>b</p>"), "12. <p>a</p>\n\n    <p>b</p>\n");
    }

    #[test]
    fn essays_have_their_points_and_orders_are_left_out() {
        let problems = practice::open_all().unwrap();
        let essay = problems.iter().find(|p| p.kind() == practice::Kind::Essay).unwrap();
        let order = problems.iter().find(|p| p.kind() == practice::Kind::Order).unwrap();
        let quiz = source(&[essay.clone(), order.clone()], "A quiz");
        assert!(quiz.content.starts_with("Quiz title: A quiz\n"), "{}", quiz.content);
        assert!(quiz.content.contains("\n____\n") && quiz.content.contains("(needed)"));
        assert!(quiz.left_out.iter().any(|left| left.question.starts_with(&order.id)));
    }

    #[test]
    fn a_package_of_another_day_is_the_same() {
        let made_on = |day: &str| {
            let manifest = format!("<a/><imsmd:lifeCycle>{day}</imsmd:lifeCycle><b/>");
            undated(&zipped([("imsmanifest.xml", manifest)]).unwrap()).unwrap()
        };
        assert_eq!(made_on("2026-01-01"), made_on("2026-01-02"));
        assert_eq!(made_on("2026-01-01"), zipped([("imsmanifest.xml", "<a/><b/>")]).unwrap());
    }
}
