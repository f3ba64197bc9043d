//! What `descent course score` does for other graders, without the isolation: grades the answers to one
//! problem and prints feedback and points. It keeps what it was asked in the course's folder, for tests
//! to look at.

use anyhow::{Context, Result, ensure};
use practice::Problem;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    ensure!(
        arguments.get(..2) == Some(&["course".to_owned(), "score".to_owned()]),
        "{arguments:?}"
    );
    let course = Path::new(arguments.get(2).context("a course")?);
    let option = |name: &str| {
        let found = arguments.iter().find_map(|argument| argument.strip_prefix(name));
        found.with_context(|| format!("{name} is missing"))
    };
    let (student, id) = (option("--student=")?, option("--problem=")?);
    let variant = option("--variant=")?.parse()?;
    let answers: Vec<String> = serde_json::from_reader(std::io::stdin())?;
    let asked = json!({"student": student, "problem": id, "variant": variant, "answers": answers});
    let mut asked_before =
        OpenOptions::new().create(true).append(true).open(course.join("asked.jsonl"))?;
    writeln!(asked_before, "{asked}")?;

    let points: BTreeMap<String, f64> =
        serde_json::from_str(&fs::read_to_string(course.join("points.json"))?)?;
    let most = points.get(id).with_context(|| format!("`{id}` is not assigned"))?;
    let problem = Problem::load_variant(&practice::bank(), id, variant)?;
    let report = problem.check(&answers);
    println!("{}", report.text());
    println!("{}", most * f64::from(report.points) / f64::from(report.of));
    Ok(())
}
