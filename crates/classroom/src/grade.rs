//! One hand-in, graded.

use crate::course::{Assignment, Course, Set};
use crate::grades::{Graded, Grades};
use crate::hand_in::{self, HandIn};
use crate::isolation::Isolation;
use crate::marks::Marks;
use anyhow::{Result, bail, ensure};
use practice::{Asks, Line, Verdict};
use std::path::Path;

/// What is said of a line that waits for its marker.
const BY_HAND: &str = "This answer is marked by hand, and has not been yet.";

/// Grades what a student handed in, in this process; their programs run as `isolation` says, which must be
/// in force.
///
/// # Errors
/// If the course cannot be read, or a program could not be confined; what was handed in is never an error.
pub fn grade(
    course: &Course,
    assignment: &Assignment,
    student: &str,
    path: Option<&Path>,
    isolation: &Isolation,
) -> Result<Grades> {
    let sets = course.sets(assignment, student)?;
    let marks = Marks::of(course, assignment)?;
    let hand_in = read(path, &sets);
    let problems: Vec<Graded> = sets
        .iter()
        .zip(&hand_in.answers)
        .map(|(set, answers)| graded(set, answers, &marks, student))
        .collect();
    problems.iter().try_for_each(settled)?;
    Ok(Grades {
        assignment: assignment.name.clone(),
        student: student.to_owned(),
        problems,
        notes: hand_in.notes,
        isolation: isolation.active.clone(),
    })
}

/// Grades answers to one problem of an assignment, one for each line, in the variant of this seed: for
/// graders that give everyone the same.
///
/// # Errors
/// As [`grade`], or if the assignment has no such problem or it has fewer lines.
pub fn score(
    course: &Course,
    assignment: &Assignment,
    problem: &str,
    seed: u64,
    answers: &[String],
) -> Result<Graded> {
    let set = course.set(assignment, problem, seed)?;
    let lines = set.problem.lines.len();
    ensure!(answers.len() <= lines, "{} answers, and `{problem}` has {lines} lines", answers.len());
    let mut all = answers.to_vec();
    all.resize(lines, String::new());
    let graded = graded(&set, &all, &Marks::default(), "");
    settled(&graded)?;
    Ok(graded)
}

/// Refuses grades that are none, because this machine could not check.
fn settled(graded: &Graded) -> Result<()> {
    let mut lines = graded.report.lines.iter();
    match lines.find(|line| is_no_verdict(&line.feedback)) {
        Some(line) => bail!("{}", line.feedback),
        None => Ok(()),
    }
}

/// Whether the checker says that it could not check: because of this machine, and not of the answer. What a
/// program prints stands further behind, so that none can say it for the checker.
fn is_no_verdict(feedback: &str) -> bool {
    let compiler = format!("It does not compile.\n{}", jail::COMPLAINT);
    let program = format!(
        "It ended the program before the cases were through: exit status: {}.",
        jail::NOT_CONFINED
    );
    let begins =
        ["It could not be checked: ", "The problem itself does not run", &compiler, &program];
    begins.into_iter().any(|begins| feedback.starts_with(begins))
}

/// What was handed in, if anything; where it cannot be read, nothing, and why.
pub(crate) fn read(path: Option<&Path>, sets: &[Set]) -> HandIn {
    let nothing = |note: String| HandIn {
        answers: sets.iter().map(|set| vec![String::new(); set.problem.lines.len()]).collect(),
        notes: vec![note],
    };
    match path {
        None => nothing("nothing was handed in".to_owned()),
        Some(path) => {
            hand_in::read(path, sets).unwrap_or_else(|error| nothing(format!("{error:#}")))
        }
    }
}

fn graded(set: &Set, answers: &[String], marks: &Marks, student: &str) -> Graded {
    let Set { problem, points: of } = set;
    // A marker's numbers stand before what the student wrote.
    let marked = |(number, (line, answer)): (usize, (&Line, &String))| match line.asks {
        Asks::Rubric(_) => match marks.of_line(student, &problem.id, number) {
            Some(made) => format!("{made} | {answer}"),
            None => String::new(),
        },
        _ => answer.clone(),
    };
    let answered: Vec<String> = (1..).zip(problem.lines.iter().zip(answers)).map(marked).collect();
    let mut report = problem.check(&answered);
    for ((line, verdict), answer) in problem.lines.iter().zip(&mut report.lines).zip(answers) {
        let waits = verdict.verdict == Verdict::Missing && !answer.is_empty();
        if matches!(line.asks, Asks::Rubric(_)) {
            verdict.feedback = match waits {
                true => BY_HAND.to_owned(),
                false => verdict.feedback.replace(", by your own marks", ""),
            };
        }
        verdict.feedback = without_places(&verdict.feedback);
        // Pictures of a run belong to whoever watches it.
        verdict.figures.clear();
    }
    let share = f64::from(report.points) / f64::from(report.of.max(1));
    Graded {
        problem: problem.id.clone(),
        title: problem.title.clone(),
        variant: problem.seed,
        points: share * of,
        of: *of,
        report,
    }
}

/// What is said of an answer, without the folders of this machine that a program or the compiler may name: they
/// are nobody's business, and the temporary ones are other in each run.
fn without_places(feedback: &str) -> String {
    let temporary = std::env::temp_dir();
    let temporary = temporary.canonicalize().unwrap_or(temporary).display().to_string() + "/";
    let mut pieces = feedback.split(&temporary);
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        // The folder's own name goes, too.
        let rest = piece.find(['/', '"', '\n']).map_or("", |end| &piece[end..]);
        shown += rest;
    }
    match std::env::var("HOME") {
        Ok(home) if home.len() > 1 => shown.replace(&home, "~"),
        _ => shown,
    }
}
