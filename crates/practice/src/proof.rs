//! What a problem has to prove before anyone is graded by it.

use crate::line::{Asks, Line};
use crate::problem::{Problem, ProblemError};
use crate::report::Verdict;
use std::collections::BTreeSet;
use std::path::Path;

/// How many variants of a problem with constants are tried.
const VARIANTS: u64 = 12;

/// What is wrong with a problem of `bank`: nothing, if blank and untouched answers fail, its own answers
/// earn all points in every variant, every known wrong answer loses points and gets its own reply, and
/// no hint gives an answer away.
///
/// # Errors
/// If it cannot be read.
pub fn defects(bank: &Path, id: &str) -> Result<Vec<String>, ProblemError> {
    let first = Problem::load(bank, id)?;
    let mut defects = Vec::new();
    if first.statement.trim().is_empty() || first.solution.trim().len() < 40 {
        defects.push("statement.md or solution.md says next to nothing".to_owned());
    }
    defects.extend(first.dead_references(bank)?);
    let blank: [&str; 0] = [];
    if first.check(&blank).points != 0 {
        defects.push("a blank answer earns points".to_owned());
    }
    let seeds = if first.has_variants() { VARIANTS } else { 1 };
    for seed in 0..seeds {
        let problem = Problem::load_variant(bank, id, seed)?;
        for (number, line) in (1..).zip(&problem.lines) {
            let place = match seed {
                0 => format!("line {number}"),
                seed => format!("line {number}, variant {seed}"),
            };
            let found = line.defects(&problem, seed == 0);
            defects.extend(found.into_iter().map(|defect| format!("{place}: {defect}")));
        }
    }
    Ok(defects)
}

impl Problem {
    /// A set of right answers and one of wrong answers, for proofs that two places grade alike.
    pub fn trials(&self) -> [Vec<String>; 2] {
        let right = self.lines.iter().map(|line| line.model_answer(self)).collect();
        let wrong = |line: &Line| line.wrong_answers(self).pop().map(|wrong| wrong.answer);
        [right, self.lines.iter().map(|line| wrong(line).unwrap_or_default()).collect()]
    }

    /// What it refers to in the book that is not there.
    fn dead_references(&self, bank: &Path) -> Result<Vec<String>, ProblemError> {
        let file = format!("{}.md", self.chapter);
        // Problems that are kept elsewhere rest on the chapters of this book.
        let beside = std::fs::read_to_string(bank.join("../src").join(&file));
        let chapter =
            beside.or_else(|_| std::fs::read_to_string(crate::bank().join("../src").join(&file)));
        let Ok(chapter) = chapter else {
            return Ok(vec![format!("there is no chapter `{}`", self.chapter)]);
        };
        let mut dead = Vec::new();
        let headings = chapter.lines().filter(|line| line.starts_with("##"));
        let anchors: Vec<String> =
            headings.map(|heading| anchor(heading.trim_start_matches('#'))).collect();
        if !anchors.contains(&self.section) {
            let known = anchors.join(", ");
            dead.push(format!(
                "{} has no section `{}`; it has {known}",
                self.chapter, self.section
            ));
        }
        for claim in &self.claims {
            if !lab::claims::ledger().any(|known| known.id == claim) {
                dead.push(format!("there is no claim `{claim}`"));
            }
        }
        Ok(dead)
    }
}

/// The anchor that mdBook gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

impl Line {
    fn defects(&self, problem: &Problem, all: bool) -> Vec<String> {
        let mut defects = Vec::new();
        let model = self.check(&self.model_answer(problem), problem);
        if model.verdict != Verdict::Right || model.points != self.points {
            defects.push(format!("its own answer is not right: {}", model.feedback));
        }
        if let Asks::Code(code) = &self.asks
            && self.check(&code.starter, problem).points != 0
        {
            defects.push("the untouched starter earns points".to_owned());
        }
        if let Asks::Rubric(rubric) = &self.asks {
            let said = rubric.sinks.iter().filter(|sink| sink.is_said_in(&problem.solution));
            defects.extend(said.map(|sink| format!("the solution itself says “{}”", sink.phrase)));
        }
        let mut replies = BTreeSet::new();
        for wrong in self.wrong_answers(problem) {
            let report = self.check(&wrong.answer, problem);
            if report.points == self.points || report.verdict == Verdict::Right {
                defects.push(format!("`{}` is taken for right", wrong.name));
            } else if !report.feedback.contains(&wrong.reply) {
                defects.push(format!(
                    "`{}` does not get its own reply but: {}",
                    wrong.name, report.feedback
                ));
            }
            if !replies.insert(wrong.reply.clone()) {
                defects.push(format!("`{}` has the reply of another", wrong.name));
            }
            if wrong.reply.contains('$') {
                defects.push(format!("`{}`: replies are plain text, without $", wrong.name));
            }
        }
        if replies.is_empty() {
            defects.push("no wrong answer is known".to_owned());
        }
        if all {
            defects.extend(self.hints_that_tell(problem));
        }
        defects
    }

    /// Every stretch of a hint that reads as an answer is tried as one.
    fn hints_that_tell(&self, problem: &Problem) -> Vec<String> {
        let tells = |hint: &&String| match &self.asks {
            // A letter or a number of a point is in any sentence.
            Asks::Choice(_) | Asks::Order(_) | Asks::Rubric(_) => {
                let model = self.model_answer(problem);
                model.len() > 4 && hint.contains(&model)
            }
            Asks::Code(code) => code
                .solution
                .lines()
                .map(str::trim)
                .filter(|line| line.len() > 30 && line.ends_with(';'))
                .any(|line| hint.contains(line)),
            Asks::Number(_) | Asks::Formula(_) | Asks::Diagnosis(_) => {
                let parts = hint.split(['`', '$', ':', ';', '=', ',', '?', ' ']);
                let sentences = hint.split(['`', '$', ':', ';', '.', '=']);
                let whole = hint.split('`');
                parts.chain(sentences).chain(whole).map(|part| part.trim_end_matches('.')).any(
                    |part| {
                        !part.trim().is_empty()
                            && self.check(part, problem).verdict == Verdict::Right
                    },
                )
            }
        };
        self.hints
            .iter()
            .filter(tells)
            .map(|hint| format!("this hint tells the answer: {hint}"))
            .collect()
    }
}
