//! `descent course`: a course on the book's problems, from its folder to its grades.

mod export;

use anyhow::{Context, Result, bail};
use clap::{Subcommand, ValueEnum};
use classroom::batch::{self, Outcome};
use classroom::course::{Course, Feedback};
use classroom::desk::Desk;
use classroom::export::actions;
use classroom::export::classroom50::{self, Submission};
use classroom::export::gradescope::{self, Stranger, Visibility};
use classroom::grades::Grades;
use classroom::isolation::Isolation;
use classroom::{example, grade, rehearse, release, report};
use indicatif::{ProgressBar, ProgressStyle};
use jail::Layer;
use std::ffi::OsString;
use std::fs;
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
    /// Grade the answers to one problem, a JSON list on standard input; nbgrader calls this.
    #[command(hide = true)]
    Score {
        #[command(flatten)]
        of: Of,
        /// Who answered; the variant does not depend on it.
        #[arg(long)]
        student: String,
        /// Which problem.
        #[arg(long)]
        problem: String,
        /// The seed of its variant.
        #[arg(long)]
        variant: u64,
        /// Go on where students' programs cannot be isolated.
        #[arg(long)]
        without_isolation: bool,
    },
    /// Try every layer around students' programs on this machine, and say which hold.
    Isolation,
    /// Prove the course's own problems: that they grade as they should.
    Prove {
        /// The course's folder.
        folder: PathBuf,
    },
    /// Write what other systems take: graders, question banks, cards.
    Export(export::Arguments),
    /// Grade one hand-in and print its grades; other graders call this.
    #[command(hide = true)]
    GradeOne {
        #[command(flatten)]
        of: Of,
        /// Whose it is.
        #[arg(long, required_unless_present = "metadata")]
        student: Option<String>,
        /// The file in which Gradescope says whose it is.
        #[arg(long)]
        metadata: Option<PathBuf>,
        /// The form in which grades are printed.
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        /// The folder or zip file; nothing was handed in without it.
        #[arg(long)]
        hand_in: Option<PathBuf>,
        /// Go on where students' programs cannot be isolated.
        #[arg(long)]
        without_isolation: bool,
        /// What has been found out about isolation, so that it need not be measured again.
        #[arg(long)]
        isolation: Option<String>,
        /// The process without which nobody waits for the grades.
        #[arg(long)]
        parent: Option<u32>,
    },
}

/// The forms in which one hand-in's grades are printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// As they are kept.
    Json,
    /// Gradescope's results.json.
    Gradescope,
    /// Classroom 50's result.json.
    Classroom50,
    /// Markdown for the summary of a workflow.
    Summary,
}

impl Format {
    fn text(self, course: &Course, grades: &Grades) -> Result<String> {
        Ok(match self {
            Self::Json => serde_json::to_string(grades)? + "\n",
            Self::Gradescope => {
                let visibility = match course.plan.feedback {
                    Feedback::Full | Feedback::Points => Visibility::Visible,
                    Feedback::Later => Visibility::AfterDueDate,
                };
                gradescope::results(grades, visibility)
            }
            Self::Classroom50 => {
                let variable = |name: &str| std::env::var(name).ok();
                classroom50::result(grades, &Submission::from_environment(variable)?)
            }
            Self::Summary => actions::summary(grades),
        })
    }
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
        Action::Score { of, student, problem, variant, without_isolation } => {
            Isolation::established(without_isolation, &std::env::temp_dir())?.enforce()?;
            let course = Course::open(&of.folder)?;
            let assignment = course.assignment(of.assignment.as_deref())?;
            let answers: Vec<String> = serde_json::from_reader(std::io::stdin())
                .context("the answers: a JSON list of texts on standard input")?;
            let graded = grade::score(&course, assignment, &problem, variant, &answers)
                .with_context(|| format!("`{problem}` of `{student}`"))?;
            println!("{}\n{}", graded.report.text(), graded.points);
            Ok(ExitCode::SUCCESS)
        }
        Action::Isolation => isolation(),
        Action::Prove { folder } => {
            let own = Course::open(&folder)?.private();
            let mut ids: Vec<String> = fs::read_dir(&own)
                .with_context(|| own.display().to_string())?
                .flatten()
                .filter(|entry| entry.path().is_dir())
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            ids.sort();
            crate::practice::prove(&own, &ids)
        }
        Action::Export(arguments) => export::run(&arguments),
        Action::GradeOne {
            of,
            student,
            metadata,
            format,
            hand_in,
            without_isolation,
            isolation,
            parent,
        } => {
            parent.map_or(Ok(()), jail::end_with)?;
            let isolation = match isolation {
                Some(known) => serde_json::from_str(&known).context("--isolation")?,
                None => Isolation::established(without_isolation, &std::env::temp_dir())?,
            };
            isolation.enforce()?;
            let course = Course::open(&of.folder)?;
            let assignment = course.assignment(of.assignment.as_deref())?;
            let student = match whose(&course, student, metadata.as_deref())? {
                Ok(student) => student,
                Err(stranger) => {
                    println!("{}", not_graded(&stranger));
                    return Ok(ExitCode::SUCCESS);
                }
            };
            let grades =
                grade::grade(&course, assignment, &student, hand_in.as_deref(), &isolation)?;
            let alone = course.plan.feedback == Feedback::Points && !matches!(format, Format::Json);
            let grades = if alone { grades.points_alone() } else { grades };
            print!("{}", format.text(&course, &grades)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Whose hand-in it is: as said, or as Gradescope knows it.
fn whose(
    course: &Course,
    student: Option<String>,
    metadata: Option<&Path>,
) -> Result<Result<String, Stranger>> {
    match (student, metadata) {
        (Some(student), _) => Ok(Ok(course.student(&student)?.id.clone())),
        (None, Some(path)) => {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            let listed =
                course.students.iter().map(|student| (student.id.as_str(), student.email.as_str()));
            Ok(gradescope::student(&text, listed).map(str::to_owned))
        }
        (None, None) => bail!("say whose it is with --student"),
    }
}

/// What Gradescope shows where it is nobody's.
fn not_graded(stranger: &Stranger) -> String {
    gradescope::not_graded(
        "Your instructor's list does not have you, so this was not graded. Ask to be added.",
        &stranger.to_string(),
    )
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

fn isolation() -> Result<ExitCode> {
    let layers = jail::measure(true, &std::env::temp_dir())?;
    for Layer { name, active } in &layers {
        println!("{} {name}", if *active { "ok" } else { "NO" });
    }
    let all = layers.iter().all(|layer| layer.active);
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn grade_all(of: &Of, jobs: Option<usize>, without_isolation: bool) -> Result<ExitCode> {
    let course = Course::open(&of.folder)?;
    let assignment = course.assignment(of.assignment.as_deref())?;
    let desk = Desk::take(&course, assignment)?;
    let isolation = Isolation::established(without_isolation, desk.work())?;
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
        arguments.extend(["--parent".into(), std::process::id().to_string().into()]);
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
    let outcomes = batch::run(
        &desk,
        &course,
        assignment,
        &isolation,
        jobs.unwrap_or(cores),
        &arguments,
        &progress,
    )?;
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
