//! Code problems, answered in a file of the learner's own.

use super::screen::{COMMAND, feedback, readable};
use anyhow::{Context, Result, bail};
use practice::{Code, Problem, Report, record, scratch, store};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// How often a watched file is looked at.
const LOOK: Duration = Duration::from_millis(100);

pub(crate) fn path(problem: &Problem) -> PathBuf {
    scratch().join("practice").join(format!("{}.rs", problem.id))
}

fn code(problem: &Problem) -> Result<&Code> {
    problem.code().with_context(|| {
        format!("`{id}` asks for no code; answer it with `{COMMAND} start {id}`", id = problem.id)
    })
}

/// Puts the starter where the learner can edit it, unless there is a file already.
pub(crate) fn start(problem: &Problem) -> Result<ExitCode> {
    let path = path(problem);
    let fresh = !path.exists();
    if fresh {
        let folder = scratch().join("practice");
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        fs::write(&path, &code(problem)?.starter).with_context(|| path.display().to_string())?;
    }
    println!("{}\n\n{}\n", readable(&problem.title), readable(problem.statement.trim()));
    for line in &problem.lines {
        println!(
            "{} ({} points, about {} minutes)\n",
            readable(&line.prompt),
            line.points,
            problem.minutes
        );
    }
    match fresh {
        true => {
            println!("1. Open {} in your editor and fill in what says todo!().", path.display())
        }
        false => println!("1. Go on in {}, where you left it.", path.display()),
    }
    println!("2. Check it:            {COMMAND} check {}", problem.id);
    println!("   or on every save:    {COMMAND} watch {}", problem.id);
    println!("3. If you are stuck:    {COMMAND} hint {}", problem.id);
    println!("   to begin anew, delete the file and start again.");
    Ok(ExitCode::SUCCESS)
}

/// The learner's file.
pub(crate) fn read(problem: &Problem) -> Result<String> {
    let path = path(problem);
    if !path.exists() {
        bail!("{} is not there; `{COMMAND} start {}` writes it", path.display(), problem.id);
    }
    text(&path)
}

/// A file of code as text.
pub(crate) fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path)
        .with_context(|| format!("{}: save it as a text file, in UTF-8", path.display()))
}

/// A report on a screen; the compiler's errors name the file, so that an editor finds them.
pub(crate) fn shown(report: &Report, file: &Path) -> String {
    let place = format!("--> {}:", file.display());
    feedback(&report.text()).replace("--> answer.rs:", &place)
}

/// The file that an answer names in place of code, if it does.
pub(crate) fn named(answer: &str) -> Option<&Path> {
    let path = answer.trim();
    let is_one =
        !path.contains(char::is_whitespace) && (path.contains('/') || path.ends_with(".rs"));
    is_one.then_some(Path::new(path))
}

/// Checks the file now and whenever it is saved, until it is right.
pub(crate) fn watch(problem: &Problem) -> Result<ExitCode> {
    code(problem)?;
    let path = path(problem);
    if !path.exists() {
        start(problem)?;
        println!();
    }
    println!("Watching {}; Ctrl-C stops.", path.display());
    let changed = || fs::metadata(&path).and_then(|data| data.modified()).ok();
    let mut seen: Option<SystemTime> = None;
    loop {
        let now = changed();
        if now.is_none() && seen.is_some() {
            println!("\nThe file is gone; save it again, or stop.");
            seen = None;
        }
        if now.is_some() && now != seen {
            seen = now;
            println!("\nChecking …");
            let code = match read(problem) {
                Ok(code) => code,
                Err(error) => {
                    println!("{error:#}");
                    continue;
                }
            };
            let report = problem.check(&[code]);
            println!("{}", shown(&report, &path));
            record(&mut store()?, problem, &report)?;
            if report.is_solved() {
                println!(
                    "\nThe next one: `{COMMAND} next`. How we do it: `{COMMAND} solution {}`",
                    problem.id
                );
                return Ok(ExitCode::SUCCESS);
            }
        }
        sleep(LOOK);
    }
}
