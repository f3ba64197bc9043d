//! `descent course export`: what other tools take.

use super::Of;
use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use classroom::course::{Assignment, Course, EVERYONE};
use classroom::export::actions::{self, Program};
use classroom::export::classroom50::{self, Machine};
use classroom::export::question::LeftOut;
use classroom::export::{self, File, anki, gift, gradescope, items, nbgrader, qti};
use practice::Problem;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

/// A tool that takes an export.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Tool {
    /// A course folder for nbgrader.
    Nbgrader,
    /// An autograder for Gradescope, a zip file.
    Gradescope,
    /// An autograder for Classroom 50, a folder.
    Classroom50,
    /// Workflows for GitHub Actions, a folder.
    Actions,
    /// Questions for Moodle, a text file.
    Gift,
    /// Questions as QTI 1.2 for Canvas and others, a folder.
    Qti,
    /// Questions as a table.
    Csv,
    /// Cards for Anki, an .apkg file.
    Anki,
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The tool.
    tool: Tool,
    #[command(flatten)]
    of: Of,
    /// The file or folder to write.
    #[arg(long)]
    to: PathBuf,
    /// Question banks: how many variants of each question.
    #[arg(long, default_value_t = 1)]
    variants: usize,
    /// Question banks and cards: all problems of the book in place of the assignment's.
    #[arg(long)]
    all: bool,
    /// Graders: grade also where students' programs cannot be isolated.
    #[arg(long)]
    without_isolation: bool,
    /// Classroom 50: the classroom's short name.
    #[arg(long, default_value = "course")]
    classroom: String,
    /// Classroom 50: the label of the runner that grades.
    #[arg(long, default_value = "self-hosted")]
    runner: String,
    /// Classroom 50: where the course is on that runner.
    #[arg(long, default_value = "/opt/course")]
    on_runner: String,
    /// GitHub Actions: where the workflow fetches this very program, an https address.
    #[arg(long)]
    program_url: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { tool, of, to, .. } = arguments;
    let course = Course::open(&of.folder)?;
    let assignment = course.assignment(of.assignment.as_deref())?;
    match tool {
        Tool::Nbgrader => for_nbgrader(&course, assignment, to)?,
        Tool::Gradescope => write(to, &for_gradescope(&course, assignment, arguments)?)?,
        Tool::Classroom50 => write_all(to, &for_classroom50(&course, assignment, arguments)?)?,
        Tool::Actions => for_actions(&course, assignment, arguments)?,
        Tool::Gift | Tool::Qti | Tool::Csv | Tool::Anki => {
            let problems = problems(&course, assignment, arguments)?;
            bank(*tool, &problems, &course, assignment, to)?;
        }
    }
    println!("Written: {}", to.display());
    Ok(ExitCode::SUCCESS)
}

fn isolation(arguments: &Arguments) -> export::Isolation {
    match arguments.without_isolation {
        true => export::Isolation::Waived,
        false => export::Isolation::Demanded,
    }
}

fn this_program() -> Result<PathBuf> {
    std::env::current_exe().context("this program's own path")
}

fn for_nbgrader(course: &Course, assignment: &Assignment, to: &Path) -> Result<()> {
    let sets = course.sets(assignment, EVERYONE)?;
    let problems: Vec<(Problem, f64)> =
        sets.into_iter().map(|set| (set.problem, set.points)).collect();
    let program = this_program()?;
    let Assignment { name, title, .. } = assignment;
    let (problems, program) = (problems.as_slice(), program.as_path());
    nbgrader::write(
        to,
        &nbgrader::Assignment { name, title, problems, course: &course.folder, program },
    )
}

fn for_gradescope(
    course: &Course,
    assignment: &Assignment,
    arguments: &Arguments,
) -> Result<Vec<u8>> {
    let student = course.students.first().context("students.csv has no students")?;
    gradescope::archive(&gradescope::Autograder {
        course: &course.folder,
        assignment: &assignment.name,
        bank: &practice::bank(),
        program: &this_program()?,
        student: &student.id,
        isolation: isolation(arguments),
    })
}

fn for_classroom50(
    course: &Course,
    assignment: &Assignment,
    arguments: &Arguments,
) -> Result<Vec<File>> {
    classroom50::files(&classroom50::Autograder {
        course: &course.folder,
        assignment: &assignment.name,
        bank: &practice::bank(),
        classroom: &arguments.classroom,
        machine: &Machine::Runner(vec![arguments.runner.clone()]),
        folder: &arguments.on_runner,
        isolation: isolation(arguments),
    })
}

fn for_actions(course: &Course, assignment: &Assignment, arguments: &Arguments) -> Result<()> {
    let Some(url) = &arguments.program_url else {
        bail!(
            "the workflow fetches this program: put {} where GitHub can read it, and name its address with \
             --program-url https://…",
            this_program()?.display()
        );
    };
    let bytes = fs::read(this_program()?).context("this program")?;
    let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let program = Program { url, sha256: &sha256 };
    let to = &arguments.to;
    write_all(&to.join("marks"), &[actions::marks(&assignment.name, program)?])?;
    for student in &course.students {
        let practice = actions::practice(&actions::Practice {
            course: &course.folder,
            assignment: &assignment.name,
            bank: &practice::bank(),
            student: &student.id,
            program,
        });
        match practice {
            Ok(files) => write_all(&to.join("practice").join(&student.id), &files)?,
            Err(error) => {
                println!("No workflow for students' own repositories: {error:#}.");
                break;
            }
        }
    }
    Ok(())
}

/// The questions that are exported, each in as many variants as are asked for.
fn problems(
    course: &Course,
    assignment: &Assignment,
    arguments: &Arguments,
) -> Result<Vec<Problem>> {
    ensure!((1..=100).contains(&arguments.variants), "--variants is a number from 1 to 100");
    let mut problems = Vec::new();
    for variant in 0..arguments.variants {
        if arguments.all {
            for id in practice::ids()? {
                problems.push(Problem::load_variant(&practice::bank(), &id, variant as u64)?);
            }
        } else {
            let sets = course.sets(assignment, &format!("variant {variant}"))?;
            problems.extend(sets.into_iter().map(|set| set.problem));
        }
    }
    Ok(problems)
}

fn bank(
    tool: Tool,
    problems: &[Problem],
    course: &Course,
    assignment: &Assignment,
    to: &Path,
) -> Result<()> {
    let left_out = match tool {
        Tool::Gift => {
            let bank = gift::bank(problems);
            write(to, bank.content.as_bytes())?;
            bank.left_out
        }
        Tool::Csv => {
            let bank = items::csv(problems)?;
            write(to, &bank.content)?;
            bank.left_out
        }
        Tool::Anki => {
            let bank = anki::package(problems, last_change(problems, course)?)?;
            write(to, &bank.content)?;
            bank.left_out
        }
        _ => {
            let bank = qti::source(problems, &assignment.title);
            write(&to.join("quiz.txt"), bank.content.as_bytes())?;
            match find("text2qti") {
                Some(text2qti) => {
                    write(&to.join("quiz.zip"), &qti::package(&bank.content, &text2qti)?)?;
                }
                None => println!(
                    "text2qti is not on the PATH, so there is no quiz.zip; `pip install text2qti`, or give it \
                     quiz.txt elsewhere."
                ),
            }
            bank.left_out
        }
    };
    tell(&left_out);
    Ok(())
}

/// Says what is not in an export, and why.
fn tell(left_out: &[LeftOut]) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for LeftOut { question, why } in left_out {
        reasons.entry(why).or_default().push(question);
    }
    for (why, questions) in reasons {
        println!("Left out, since {why}: {}", questions.join(", "));
    }
}

/// When one of these problems was last changed, in seconds since 1970.
fn last_change(problems: &[Problem], course: &Course) -> Result<i64> {
    let mut last = 0;
    for problem in problems {
        let folder = course.bank_of(&problem.id).join(&problem.id);
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let changed = entry?.metadata()?.modified()?.duration_since(UNIX_EPOCH);
            last = last.max(changed.map_or(0, |changed| changed.as_secs()));
        }
    }
    Ok(i64::try_from(last)?)
}

/// A program on the PATH.
fn find(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn write_all(folder: &Path, files: &[File]) -> Result<()> {
    files.iter().try_for_each(|File { path, bytes }| write(&folder.join(path), bytes))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
