//! From an answer to a verdict.

use crate::equivalence::{Comparison, compare, rests_on_a_sum};
use crate::expression::Expression;
use crate::problem::{Form, Line, Problem, Symbol};
use serde::Serialize;

/// What became of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Right: full points.
    Right,
    /// It means the right thing, but is not in the form the line asks for.
    Form,
    /// A mistake that is known by name.
    Mistake,
    /// Wrong, in no way that is known.
    Wrong,
    /// The formula could not be read or has no value.
    Unreadable,
    /// Nothing was answered.
    Missing,
}

/// The verdict on one line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineReport {
    /// What became of it.
    pub verdict: Verdict,
    /// The points given.
    pub points: u32,
    /// The points there are.
    pub of: u32,
    /// What to tell the learner.
    pub feedback: String,
}

/// The verdict on a problem.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The problem's id.
    pub problem: String,
    /// One verdict for each line.
    pub lines: Vec<LineReport>,
    /// The points given.
    pub points: u32,
    /// The points there are.
    pub of: u32,
}

impl Problem {
    /// Grades one formula for each line; lines without one count as unanswered.
    pub fn check<A: AsRef<str>>(&self, answers: &[A]) -> Report {
        let answer = |number: usize| answers.get(number).map_or("", |answer| answer.as_ref());
        let lines: Vec<LineReport> = self
            .lines
            .iter()
            .enumerate()
            .map(|(number, line)| line.check(answer(number), &self.symbols))
            .collect();
        Report {
            problem: self.id.clone(),
            points: lines.iter().map(|line| line.points).sum(),
            of: self.points(),
            lines,
        }
    }
}

impl Line {
    fn check(&self, answer: &str, symbols: &[Symbol]) -> LineReport {
        let report = |verdict: Verdict, feedback: String| LineReport {
            verdict,
            points: if verdict == Verdict::Right { self.points } else { 0 },
            of: self.points,
            feedback,
        };
        if answer.trim().is_empty() {
            return report(Verdict::Missing, "Nothing here yet.".to_owned());
        }
        let formula = match Expression::parse(answer) {
            Ok(formula) => formula,
            Err(error) => {
                return report(Verdict::Unreadable, format!("I cannot read this: {error}."));
            }
        };
        let against = |reference: &str| {
            Expression::parse(reference)
                .ok()
                .map(|reference| compare(&formula, &reference, symbols))
        };
        match against(&self.answer) {
            Some(Ok(Comparison::Same)) => {
                match (self.form, rests_on_a_sum(&formula, symbols) == Ok(true)) {
                    (Form::Sum, false) => report(
                        Verdict::Form,
                        "The value is right, but this line asks for it with the sum still written \
                     out, its terms depending on i: sum(i = 1..t, …)."
                            .to_owned(),
                    ),
                    (Form::Closed, true) => report(
                        Verdict::Form,
                        "The value is right, but this line asks for a closed form, without a sum."
                            .to_owned(),
                    ),
                    _ => report(Verdict::Right, "Right.".to_owned()),
                }
            }
            Some(Ok(Comparison::Different { point, answer, reference })) => {
                let known = self
                    .mistakes
                    .iter()
                    .find(|mistake| matches!(against(&mistake.answer), Some(Ok(Comparison::Same))));
                match known {
                    Some(mistake) => report(Verdict::Mistake, mistake.reply.clone()),
                    None => report(Verdict::Wrong, disagreement(&point, answer, reference)),
                }
            }
            Some(Err(error)) => {
                let names: Vec<&str> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
                let feedback =
                    format!("This has no value: {error}. Symbols: {}.", names.join(", "));
                report(Verdict::Unreadable, feedback)
            }
            None => report(
                Verdict::Unreadable,
                format!(
                    "The problem's own answer `{}` cannot be read; please report it.",
                    self.answer
                ),
            ),
        }
    }
}

fn disagreement(point: &str, answer: f64, reference: f64) -> String {
    let at = if point.is_empty() { String::new() } else { format!("At {point}: ") };
    if answer.is_nan() {
        return format!(
            "Not yet. {at}yours is not defined (0/0, or a root or logarithm of a negative number)."
        );
    }
    if answer.is_infinite() {
        return format!(
            "Not yet. {at}yours is infinite (a division by zero, or too large a power)."
        );
    }
    let rounded = |decimals: usize| [answer, reference].map(|x| number(x, decimals));
    // As many digits as it takes to see the difference.
    let [ours, theirs] =
        (4..=16).map(rounded).find(|[ours, theirs]| ours != theirs).unwrap_or_else(|| rounded(16));
    format!("Not yet. {at}yours gives {ours}, but it should be {theirs}.")
}

fn number(value: f64, decimals: usize) -> String {
    if value == 0.0 || (1e-3..1e6).contains(&value.abs()) {
        format!("{value:.decimals$}")
    } else {
        format!("{value:.decimals$e}")
    }
}

impl Report {
    /// Whether every line is right.
    pub fn is_solved(&self) -> bool {
        self.points == self.of
    }

    /// The report as lines of text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (number, line) in self.lines.iter().enumerate() {
            let mark = if line.verdict == Verdict::Right { "✓" } else { "✗" };
            text += &format!("{mark} line {}: {}\n", number + 1, line.feedback);
        }
        text + &format!("{} of {} points", self.points, self.of)
    }

    /// The report as an HTML list.
    pub fn html(&self) -> String {
        let escape =
            |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let items: String = self
            .lines
            .iter()
            .map(|line| {
                let mark = if line.verdict == Verdict::Right { "✓" } else { "✗" };
                format!("<li>{mark} {}</li>", escape(&line.feedback))
            })
            .collect();
        format!(
            "<div class=\"descent-report\"><ol>{items}</ol><p><strong>{} of {} points</strong></p></div>",
            self.points, self.of
        )
    }

    /// Shows the report as the output of a notebook cell; the kernel calls this.
    pub fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT text/html\n{}\nEVCXR_END_CONTENT", self.html());
        println!("EVCXR_BEGIN_CONTENT text/plain\n{}\nEVCXR_END_CONTENT", self.text());
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::problem::{Form, Problem};
    use crate::{Expression, open, open_all};

    #[test]
    fn every_problem_fails_empty_and_its_own_answers_earn_all_points() {
        for problem in open_all().unwrap() {
            let blank: [&str; 0] = [];
            assert_eq!(problem.check(&blank).points, 0, "{}", problem.id);
            let answers: Vec<&str> =
                problem.lines.iter().map(|line| line.answer.as_str()).collect();
            let report = problem.check(&answers);
            assert!(report.is_solved(), "{}:\n{}", problem.id, report.text());
        }
    }

    #[test]
    fn every_known_mistake_loses_the_points_and_gets_its_own_reply() {
        for problem in open_all().unwrap() {
            for (number, line) in problem.lines.iter().enumerate() {
                for mistake in &line.mistakes {
                    let report = line.check(&mistake.answer, &problem.symbols);
                    let place = format!("{}, line {}, {}", problem.id, number + 1, mistake.name);
                    assert_eq!(report.verdict, Verdict::Mistake, "{place}");
                    assert_eq!(report.feedback, mistake.reply, "{place}");
                    assert_eq!(report.points, 0, "{place}");
                }
            }
        }
    }

    /// Every stretch of a hint that reads as a formula is tried as an answer.
    #[test]
    fn no_hint_gives_an_answer_away() {
        for problem in open_all().unwrap() {
            for line in &problem.lines {
                for hint in &line.hints {
                    for part in hint.split(['`', '$', ':', ';', '=', '.']) {
                        let verdict = line.check(part, &problem.symbols).verdict;
                        assert_ne!(verdict, Verdict::Right, "{}: {hint}", problem.id);
                    }
                }
            }
        }
    }

    #[test]
    fn a_right_value_in_the_wrong_form_is_told_so() {
        let problem = open("bias-correction-derivation").unwrap();
        let line = problem.lines.iter().find(|line| line.form == Form::Closed).unwrap();
        let summed = "sum(i = 1..t, beta^(t - i))";
        assert_eq!(line.check(summed, &problem.symbols).verdict, Verdict::Form);
        let line = problem.lines.iter().find(|line| line.form == Form::Sum).unwrap();
        let for_show = format!("{} + 0", problem.lines[3].answer);
        assert_ne!(line.check(&for_show, &problem.symbols).verdict, Verdict::Right);
        for for_show in ["sum(i = 1..1, (1 - beta^t) mu)", "(1 - beta^t) mu + 0 sum(i = 1..t, i)"] {
            assert_eq!(problem.lines[1].check(for_show, &problem.symbols).verdict, Verdict::Form);
        }
    }

    #[test]
    fn a_wrong_answer_is_shown_where_it_fails() {
        let problem: Problem = open("bias-correction-derivation").unwrap();
        let report = problem.check(&["17"]);
        assert_eq!(report.lines[0].verdict, Verdict::Wrong);
        assert!(report.lines[0].feedback.contains("yours gives 17"), "{}", report.text());
        let report = problem.check(&["1 / (t - t)", "sqrt(-t)", "", "(1 - beta^t) mu + 0.0000001"]);
        assert!(report.lines[0].feedback.contains("is infinite"), "{}", report.text());
        assert!(report.lines[1].feedback.contains("not defined"), "{}", report.text());
        let close = &report.lines[3].feedback;
        let (_, numbers) = close.split_once("yours gives ").unwrap();
        let (ours, theirs) = numbers.split_once(", but it should be ").unwrap();
        assert_ne!(ours, theirs.trim_end_matches('.'), "{close}");
    }

    #[test]
    fn unknown_symbols_are_named_with_those_that_are_known() {
        let problem = open("bias-correction-derivation").unwrap();
        let report = problem.check(&["gamma * t"]);
        assert_eq!(report.lines[0].verdict, Verdict::Unreadable);
        assert!(report.lines[0].feedback.contains("`gamma`"), "{}", report.text());
        assert!(report.lines[0].feedback.contains("beta"), "{}", report.text());
        assert!(Expression::parse("gamma * t").is_ok());
    }
}
