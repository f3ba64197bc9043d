//! `descent course`: a course on the book's problems, from its folder to its grades.

use anyhow::{Context, Result};
use clap::Subcommand;
use classroom::batch::{self, Outcome};
use classroom::course::Course;
use classroom::isolation::Isolation;
use classroom::{example, grade, rehearse, release, report};
use indicatif::{ProgressBar, ProgressStyle};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Begin a course in a new folder: six problems, five made-up students, and a problem of your own.
    New {
        /// Where; best outside of the book's repository.
        folder: PathBuf,
    },
    /// Write what students get: an archive each, with their variants and no trace of any answer.
    Release {
        #[command(flatten)]
        of: Of,
    },
    /// Try the course with made-up hand-ins: right, half right, wrong, hostile and empty ones.
    Rehearse {
        #[command(flatten)]
        of: Of,
        /// Where the rehearsal is to be: a copy of the course.
        #[arg(long)]
        into: PathBuf,
        /// How many students to make up.
        #[arg(long, default_value_t = rehearse::KINDS.len())]
        students: usize,
    },
    /// Grade what is in submissions/ASSIGNMENT: STUDENT.zip, or a folder STUDENT. Goes on where it was stopped.
    Grade {
        #[command(flatten)]
        of: Of,
        /// How many hand-ins to grade side by side; as many as there are cores if nothing is said.
        #[arg(long)]
        jobs: Option<usize>,
        /// Go on where students' programs cannot be isolated: only on a machine that holds nothing else.
        #[arg(long)]
        without_isolation: bool,
    },
    /// Write the report of what has been graded, and what each student may read.
    Report {
        #[command(flatten)]
        of: Of,
    },
    /// Grade one hand-in and print its grades; other graders call this.
    #[command(hide = true)]
    GradeOne {
        #[command(flatten)]
        of: Of,
        /// Whose it is.
        #[arg(long)]
        student: String,
        /// The folder or zip file; nothing was handed in without it.
        #[arg(long)]
        hand_in: Option<PathBuf>,
        /// Go on where students' programs cannot be isolated.
        #[arg(long)]
        without_isolation: bool,
        /// What has been found out about isolation, so that it need not be measured again.
        #[arg(long)]
        isolation: Option<String>,
    },
}

/// Which assignment of which course.
#[derive(clap::Args)]
pub(crate) struct Of {
    /// The course's folder.
    folder: PathBuf,
    /// The assignment's name; may be left out where there is one.
    assignment: Option<String>,
}

pub(crate) fn run(action: Action) -> Result<ExitCode> {
    match action {
        Action::New { folder } => new(&folder),
        Action::Release { of } => {
            let course = Course::open(&of.folder)?;
            let folder = release::run(&course, course.assignment(of.assignment.as_deref())?)?;
            println!("{} archives are in {}.", course.students.len(), folder.display());
            println!(
                "Each was searched for solutions, mutants, keys, replies and cases; none is in them."
            );
            Ok(ExitCode::SUCCESS)
        }
        Action::Rehearse { of, into, students } => {
            let course = rehearse::copy(&Course::open(&of.folder)?, &into, students)?;
            let assignment = course.assignment(of.assignment.as_deref())?;
            release::run(&course, assignment)?;
            let folder = rehearse::hand_in(&course, assignment)?;
            println!("{students} made-up hand-ins are in {}.", folder.display());
            println!("Grade them:  descent course grade {} {}", into.display(), assignment.name);
            Ok(ExitCode::SUCCESS)
        }
        Action::Grade { of, jobs, without_isolation } => grade_all(&of, jobs, without_isolation),
        Action::Report { of } => {
            let course = Course::open(&of.folder)?;
            let folder = report::run(&course, course.assignment(of.assignment.as_deref())?)?;
            println!("The report is {}.", folder.join("index.html").display());
            println!("The grades are {}.", folder.join("grades.csv").display());
            println!("What students may read is in {}.", folder.join("feedback").display());
            Ok(ExitCode::SUCCESS)
        }
        Action::GradeOne { of, student, hand_in, without_isolation, isolation } => {
            jail::end_with_parent()?;
            let isolation = match isolation {
                Some(known) => serde_json::from_str(&known).context("--isolation")?,
                None => Isolation::established(without_isolation)?,
            };
            isolation.enforce()?;
            let course = Course::open(&of.folder)?;
            let assignment = course.assignment(of.assignment.as_deref())?;
            let grades =
                grade::grade(&course, assignment, &student, hand_in.as_deref(), &isolation)?;
            println!("{}", serde_json::to_string(&grades)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn new(folder: &Path) -> Result<ExitCode> {
    example::begin(folder)?;
    let inside = practice::bank().join("../..").canonicalize().is_ok_and(|repository| {
        folder.canonicalize().is_ok_and(|folder| folder.starts_with(repository))
    });
    println!("A course is in {}: change course.toml and students.csv to yours.", folder.display());
    if inside {
        println!(
            "It lies within the book's repository: move it out before you put problems for marks into it."
        );
    }
    let named = folder.display();
    println!("\nTry it with made-up students:   descent course rehearse {named} --into REHEARSAL");
    println!("Write what students get:        descent course release {named}");
    println!("Grade what they hand in:        descent course grade {named}");
    Ok(ExitCode::SUCCESS)
}

fn grade_all(of: &Of, jobs: Option<usize>, without_isolation: bool) -> Result<ExitCode> {
    let course = Course::open(&of.folder)?;
    let assignment = course.assignment(of.assignment.as_deref())?;
    let isolation = Isolation::established(without_isolation)?;
    if !isolation.namespaces {
        eprintln!(
            "Going on without isolation: around students' programs there are only {}.",
            match isolation.active.is_empty() {
                true => "the shell's limits".to_owned(),
                false => isolation.active.join(", "),
            }
        );
    }
    let known = serde_json::to_string(&isolation)?;
    let arguments = |student: &str, hand_in: Option<&Path>| {
        let mut arguments: Vec<OsString> = ["course", "grade-one"].map(Into::into).into();
        arguments.extend([course.folder.clone().into(), OsString::from(&assignment.name)]);
        arguments.extend(["--student", student, "--isolation", &known].map(Into::into));
        if let Some(path) = hand_in {
            arguments.extend(["--hand-in".into(), path.into()]);
        }
        arguments
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let bar = ProgressBar::new(course.students.len() as u64);
    let style = ProgressStyle::with_template("{pos} of {len} {wide_bar} {eta} left: {msg}");
    bar.set_style(style.context("the progress bar")?);
    let progress = |student: &str, _: &Outcome| {
        bar.set_message(student.to_owned());
        bar.inc(1);
    };
    let outcomes =
        batch::run(&course, assignment, &isolation, jobs.unwrap_or(cores), &arguments, &progress)?;
    bar.finish_and_clear();
    let count = |wanted: fn(&Outcome) -> bool| {
        outcomes.students.iter().filter(|(_, outcome)| wanted(outcome)).count()
    };
    println!(
        "{} graded in {:.0} seconds, {} kept as they were.",
        count(|outcome| *outcome == Outcome::Graded),
        started.elapsed().as_secs_f64(),
        count(|outcome| *outcome == Outcome::Kept)
    );
    for stranger in &outcomes.strangers {
        println!("{stranger} is in the submissions, and is no student of this course.");
    }
    let mut failed = false;
    for (student, outcome) in &outcomes.students {
        if let Outcome::Failed(reason) = outcome {
            failed = true;
            println!("{student} could not be graded: {reason}");
        }
    }
    let folder = course.folder_of("grades", assignment);
    println!("Grades are in {}.", folder.display());
    if failed {
        println!("Grade again to try once more what could not be graded.");
        return Ok(ExitCode::FAILURE);
    }
    println!("Their report:  descent course report {} {}", of.folder.display(), assignment.name);
    Ok(ExitCode::SUCCESS)
}
