//! What answers do in a problem's cases, and what the problem's own implementations do.

use super::behavior::{Behavior, difference};
use super::workshop::{Failure, HARNESS, Workshop};
use std::path::PathBuf;

/// What an answer does, and what it printed. It is run twice: what does something else each time, by
/// chance or by the clock, is no answer.
pub(super) fn of_answer(
    answer: &str,
    names: &[String],
    cases: &str,
    tolerance: f64,
) -> Result<(Behavior, String), Failure> {
    let workshop = Workshop::compile(&[answer], names, cases)?;
    let (mut first, printed) = workshop.run()?;
    let first = first.remove(0);
    if let Err(timeout @ Failure::Timeout { .. }) = first {
        return Err(timeout);
    }
    let (mut again, printed_again) = workshop.run()?;
    match (first, again.remove(0)) {
        // Too near to the limit to be sure of.
        (Ok(_), Err(timeout @ Failure::Timeout { .. })) => Err(timeout),
        (Ok(first), Ok(again)) if difference(&again, &first, tolerance).is_none() => {
            Ok((first, if printed == printed_again { printed } else { String::new() }))
        }
        (Err(first), Err(again)) if first.to_string() == again.to_string() => Err(first),
        _ => Err(Failure::Fickle),
    }
}

/// What several implementations do that belong to the problem. It is kept, so that a learner waits
/// for them once.
pub(super) fn of_references(
    references: &[String],
    names: &[String],
    cases: &str,
) -> Result<Vec<Behavior>, String> {
    let key = fingerprint(references.iter().map(String::as_str).chain([cases, HARNESS]));
    let kept = cache().join(format!("{key:016x}.cases"));
    if let Ok(text) = std::fs::read_to_string(&kept) {
        let behaviors: Option<Vec<Behavior>> =
            text.split_inclusive("done\n").map(Behavior::read).collect();
        if let Some(behaviors) = behaviors.filter(|read| read.len() == references.len()) {
            return Ok(behaviors);
        }
    }
    let behaviors =
        run_together(references, names, cases).map_err(|failure| failure.to_string())?;
    let text: String = behaviors.iter().map(Behavior::text).collect();
    // If it cannot be kept, the next check takes longer; that is all.
    let unfinished = cache().join(format!("{key:016x}.{}", std::process::id()));
    let _ = std::fs::create_dir_all(cache())
        .and_then(|()| std::fs::write(&unfinished, text))
        .and_then(|()| std::fs::rename(&unfinished, &kept));
    Ok(behaviors)
}

fn run_together(
    references: &[String],
    names: &[String],
    cases: &str,
) -> Result<Vec<Behavior>, Failure> {
    let references: Vec<&str> = references.iter().map(String::as_str).collect();
    Workshop::compile(&references, names, cases)?.run()?.0.into_iter().collect()
}

/// Where the behavior of solutions and mutants is kept: beside the crates, below `target`.
fn cache() -> PathBuf {
    crate::bank().join("../../target/practice")
}

/// FNV-1a, which is the same on every machine and in every version.
fn fingerprint<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    let bytes = texts.flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
