//! What an instructor reads, and what students get back.
//!
//! ```text
//! report/ASSIGNMENT/
//!   index.html           who earned what, what was odd, and which mistakes were made most
//!   grades.csv           the same as a table
//!   marking.html, marking.csv   essays that wait for a marker, if there are any
//!   feedback/STUDENT.html       what each student may read
//! ```

use crate::batch;
use crate::course::{Assignment, Course, Feedback, Set};
use crate::grades::{Graded, Grades, hundredths};
use crate::hand_in;
use crate::roster::Student;
use crate::sheet::page;
use anyhow::{Context, Result};
use practice::{Asks, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use weave::problem::escape;

/// Writes the report of what has been graded, and returns where it is.
///
/// # Errors
/// If grades cannot be read or the report cannot be written.
pub fn run(course: &Course, assignment: &Assignment) -> Result<PathBuf> {
    let folder = course.folder_of("report", assignment);
    let grades = batch::kept(course, assignment)?;
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&folder))
            .with_context(|| path.display().to_string())?;
        fs::write(&path, text).with_context(|| path.display().to_string())
    };
    let waiting = waiting(course, assignment, &grades)?;
    write("index.html", index(course, assignment, &grades, waiting.len())?)?;
    write("grades.csv", table(course, assignment, &grades)?)?;
    for (student, grades) in course.students.iter().zip(&grades) {
        let Some(grades) = grades else { continue };
        let feedback = feedback(course, assignment, student, grades);
        write(&format!("feedback/{}.html", student.id), feedback)?;
    }
    if !waiting.is_empty() {
        write("marking.html", marking_page(assignment, &waiting))?;
        write("marking.csv", marking_table(&waiting)?)?;
    }
    Ok(folder)
}

/// The grades of an assignment as a table that spreadsheets and other systems read.
///
/// # Errors
/// If it cannot be written, which only a full memory would do.
pub fn table(
    course: &Course,
    assignment: &Assignment,
    grades: &[Option<Grades>],
) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut head = vec!["id".to_owned(), "name".to_owned(), "email".to_owned()];
    head.extend(assignment.problems.iter().map(|chosen| chosen.id.clone()));
    head.extend(["points".to_owned(), "of".to_owned()]);
    writer.write_record(&head)?;
    for (student, grades) in course.students.iter().zip(grades) {
        let mut row =
            [&student.id, &student.name, &student.email].map(|text| harmless(text)).to_vec();
        match grades {
            Some(grades) => {
                row.extend(
                    grades.problems.iter().map(|graded| hundredths(graded.points).to_string()),
                );
                row.extend(
                    [grades.points(), grades.of()].map(|points| hundredths(points).to_string()),
                );
            }
            None => row.extend(std::iter::repeat_n(String::new(), assignment.problems.len() + 2)),
        }
        writer.write_record(&row)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// A text that a spreadsheet takes for a text and not for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn index(
    course: &Course,
    assignment: &Assignment,
    grades: &[Option<Grades>],
    waiting: usize,
) -> Result<String> {
    let graded: Vec<&Grades> = grades.iter().flatten().collect();
    let mut html = format!(
        "<p>{}: {} of {} students graded.</p>\n",
        escape(&course.plan.title),
        graded.len(),
        course.students.len()
    );
    html += &isolation(&graded);
    if waiting > 0 {
        let _ = writeln!(
            html,
            "<p><strong>{waiting} answers wait for a marker</strong>: read <a href=\"marking.html\">them</a>, \
             fill in the column <code>made</code> of <code>marking.csv</code> with the numbers of the points \
             that each makes, save it as <code>marks/{}.csv</code> in the course's folder, and grade again.</p>",
            assignment.name
        );
    }
    html += "<h2>Who earned what</h2>\n<div class=\"wide\"><table>\n<tr><th>student</th>";
    for chosen in &assignment.problems {
        let _ = write!(html, "<th>{}</th>", escape(&chosen.id));
    }
    html += "<th>points</th></tr>\n";
    for (student, grades) in course.students.iter().zip(grades) {
        let who = format!("{} <small>{}</small>", escape(&student.id), escape(&student.name));
        let Some(grades) = grades else {
            let span = assignment.problems.len() + 1;
            let _ = writeln!(html, "<tr><td>{who}</td><td colspan=\"{span}\">not graded</td></tr>");
            continue;
        };
        let _ = write!(html, "<tr><td><a href=\"feedback/{}.html\">{who}</a></td>", student.id);
        for graded in &grades.problems {
            let _ = write!(
                html,
                "<td class=\"number\">{} of {}</td>",
                hundredths(graded.points),
                hundredths(graded.of)
            );
        }
        let _ = writeln!(
            html,
            "<td class=\"number\"><strong>{}</strong> of {}</td></tr>",
            hundredths(grades.points()),
            hundredths(grades.of())
        );
    }
    html += "</table></div>\n";
    html += &oddities(&graded);
    html += &mistakes(course, assignment, grades)?;
    Ok(page(&assignment.title, &html))
}

/// What was odd about the hand-ins.
fn oddities(graded: &[&Grades]) -> String {
    let mut html = String::new();
    for grades in graded.iter().filter(|grades| !grades.notes.is_empty()) {
        let notes: Vec<String> = grades.notes.iter().map(|note| escape(note)).collect();
        let _ =
            writeln!(html, "<dt>{}</dt><dd>{}</dd>", escape(&grades.student), notes.join("<br>"));
    }
    match html.is_empty() {
        true => html,
        false => format!("<h2>What was odd</h2>\n<dl>\n{html}</dl>\n"),
    }
}

/// Which layers were around the students' programs.
fn isolation(graded: &[&Grades]) -> String {
    let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for grades in graded {
        *counts.entry(grades.isolation.clone()).or_default() += 1;
    }
    let line = |(layers, count): (Vec<String>, usize)| {
        let missing: Vec<&str> = jail::LAYERS
            .into_iter()
            .filter(|layer| !layers.iter().any(|active| active == layer))
            .collect();
        let missing = match missing.is_empty() {
            true => "none was missing".to_owned(),
            false => format!("<strong>missing: {}</strong>", missing.join(", ")),
        };
        format!(
            "<p>Layers around students' programs, {count} graded so: {}; {missing}.</p>\n",
            layers.join(", ")
        )
    };
    counts.into_iter().map(line).collect()
}

/// What was got wrong, by problem, the most frequent first.
fn mistakes(course: &Course, assignment: &Assignment, grades: &[Option<Grades>]) -> Result<String> {
    let mut html = "<h2>What was got wrong</h2>\n".to_owned();
    for (place, chosen) in assignment.problems.iter().enumerate() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let (mut given, mut full) = (0, 0);
        for (student, grades) in course.students.iter().zip(grades) {
            let Some(graded) = grades.as_ref().and_then(|grades| grades.problems.get(place)) else {
                continue;
            };
            if graded.report.is_attempt() {
                given += 1;
                full += usize::from(graded.report.is_solved());
                let sets = course.sets(assignment, &student.id)?;
                for mistake in made(&sets[place], graded) {
                    *counts.entry(mistake).or_default() += 1;
                }
            }
        }
        let _ = write!(
            html,
            "<h3>{}</h3>\n<p>{given} answered, {full} of them with full points.</p>\n<ul>\n",
            escape(&chosen.id)
        );
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
        for (name, count) in counts {
            let _ = writeln!(html, "<li>{count} × {}</li>", escape(&name));
        }
        html += "</ul>\n";
    }
    Ok(html)
}

/// The mistakes in a graded answer: by name where they are known.
fn made(set: &Set, graded: &Graded) -> Vec<String> {
    let mut made = Vec::new();
    for ((number, line), verdict) in (1..).zip(&set.problem.lines).zip(&graded.report.lines) {
        let name = match verdict.verdict {
            Verdict::Right | Verdict::Partly | Verdict::Missing => continue,
            Verdict::Mistake | Verdict::Form | Verdict::Wrong => {
                let known = line.wrong_answers(&set.problem);
                let known =
                    known.into_iter().find(|wrong| verdict.feedback.starts_with(&wrong.reply));
                known.map_or("wrong in no way that is known".to_owned(), |wrong| wrong.name)
            }
            Verdict::Unreadable => "could not be read, compiled or run".to_owned(),
        };
        made.push(match set.problem.lines.len() {
            1 => name,
            _ => format!("line {number}: {name}"),
        });
    }
    made
}

fn feedback(
    course: &Course,
    assignment: &Assignment,
    student: &Student,
    grades: &Grades,
) -> String {
    let mut html = format!(
        "<p>{} for <strong>{}</strong>: <strong>{} of {} points</strong></p>\n",
        escape(&course.plan.title),
        escape(&student.id),
        hundredths(grades.points()),
        hundredths(grades.of())
    );
    for graded in &grades.problems {
        let _ = writeln!(
            html,
            "<section>\n<h2>{} <small>{}, {} of {} points</small></h2>",
            escape(&graded.title),
            escape(&graded.problem),
            hundredths(graded.points),
            hundredths(graded.of)
        );
        if course.plan.feedback != Feedback::Points {
            html += &verdicts(graded);
        }
        html += "</section>\n";
    }
    if !grades.notes.is_empty() {
        html += "<h2>About what you handed in</h2>\n<ul>\n";
        for note in &grades.notes {
            let _ = writeln!(html, "<li>{}</li>", escape(note));
        }
        html += "</ul>\n";
    }
    page(&assignment.title, &html)
}

/// What is said of each line; behind the first line of it stands what the compiler said, or was printed.
fn verdicts(graded: &Graded) -> String {
    let mut html = "<ol>\n".to_owned();
    for line in &graded.report.lines {
        let marked = line.marked();
        let (told, rest) = marked.split_once('\n').unwrap_or((&marked, ""));
        let rest = match rest.is_empty() {
            true => String::new(),
            false => format!("<pre>{}</pre>", escape(rest)),
        };
        let _ = writeln!(html, "<li>{}{rest}</li>", escape(told));
    }
    html + "</ol>\n"
}

/// An essay that nobody has marked.
struct Waiting {
    student: String,
    set: Set,
    line: usize,
    answer: String,
}

fn waiting(
    course: &Course,
    assignment: &Assignment,
    grades: &[Option<Grades>],
) -> Result<Vec<Waiting>> {
    let mut waiting = Vec::new();
    for (student, grades) in course.students.iter().zip(grades) {
        let Some(grades) = grades else { continue };
        let sets = course.sets(assignment, &student.id)?;
        let essays = sets.iter().any(|set| set.problem.lines.iter().any(is_essay));
        let Some(path) = batch::hand_in(course, assignment, &student.id).filter(|_| essays) else {
            continue;
        };
        let Ok(hand_in) = hand_in::read(&path, &sets) else { continue };
        for ((set, graded), answers) in sets.iter().zip(&grades.problems).zip(&hand_in.answers) {
            for (place, _) in
                set.problem.lines.iter().enumerate().filter(|(_, line)| is_essay(line))
            {
                let unmarked = graded.report.lines[place].verdict == Verdict::Missing;
                if unmarked && !answers[place].is_empty() {
                    let (student, set, answer) =
                        (student.id.clone(), set.clone(), answers[place].clone());
                    waiting.push(Waiting { student, set, line: place + 1, answer });
                }
            }
        }
    }
    Ok(waiting)
}

fn is_essay(line: &practice::Line) -> bool {
    matches!(line.asks, Asks::Rubric(_))
}

fn marking_page(assignment: &Assignment, waiting: &[Waiting]) -> String {
    let mut html = String::new();
    for Waiting { student, set, line, answer } in waiting {
        let problem = &set.problem;
        let _ = writeln!(
            html,
            "<section>\n<h2>{} <small>{}, line {line}</small></h2>\n<p><strong>{}</strong></p>\n<pre>{}</pre>\n<ol>",
            escape(student),
            escape(&problem.id),
            escape(&weave::plain_text::without_markup(&problem.lines[line - 1].prompt)),
            escape(answer)
        );
        if let Asks::Rubric(rubric) = &problem.lines[line - 1].asks {
            for point in &rubric.points {
                let needed = if point.needed { " (needed)" } else { "" };
                let text = weave::plain_text::without_markup(&point.text);
                let _ = writeln!(html, "<li>{}{needed}</li>", escape(&text));
            }
        }
        html += "</ol>\n</section>\n";
    }
    page(&format!("{}: to be marked", assignment.title), &html)
}

fn marking_table(waiting: &[Waiting]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["student", "problem", "line", "made"])?;
    for Waiting { student, set, line, .. } in waiting {
        writer.write_record([student.as_str(), &set.problem.id, &line.to_string(), ""])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
