//! How far off a number may be, in numbers that other tools take.

use practice::{Asks, Number};

use crate::export::question::Question;

/// The right number and the margin within which an answer counts as it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accepted {
    /// The right number, in the line's unit.
    pub value: f64,
    /// How far off an answer may be, in the same unit; both ends count.
    pub margin: f64,
}

/// The checker's tolerance where a problem says none, as a share of the right number.
const USUAL_TOLERANCE: f64 = 0.005;

/// What our checker accepts for a number.
pub fn accepted(question: &Question, number: &Number) -> Option<Accepted> {
    let value: f64 = question.line.model_answer(question.problem).parse().ok()?;
    Some(around(number, value))
}

/// The wrong numbers that are known, each with what our checker takes for it and what it replies.
pub fn mistakes(question: &Question) -> Vec<(Accepted, String)> {
    let Asks::Number(number) = &question.line.asks else { return Vec::new() };
    let wrong = question.line.wrong_answers(question.problem).into_iter();
    wrong
        .filter_map(|wrong| {
            let value: f64 = wrong.answer.parse().ok().filter(|value: &f64| value.is_finite())?;
            // Around zero there is no share to be off by: there the checker takes zero alone.
            let accepted = match value == 0.0 {
                true => Accepted { value, margin: 0.0 },
                false => around(number, value),
            };
            Some((accepted, wrong.reply))
        })
        .collect()
}

fn around(number: &Number, value: f64) -> Accepted {
    let margin = match number.digits {
        // Half a unit of the last digit that is asked for.
        Some(digits) if value != 0.0 => {
            0.5 * 10_f64.powf(value.abs().log10().floor() - digits as f64 + 1.0)
        }
        _ => {
            let share = number.tolerance.unwrap_or(USUAL_TOLERANCE);
            if value == 0.0 { share } else { share * value.abs() }
        }
    };
    Accepted { value, margin }
}

#[cfg(test)]
mod tests {
    use super::{accepted, mistakes};
    use crate::export::question::questions;
    use practice::{Asks, Verdict};

    #[test]
    fn the_checker_draws_the_same_borders() {
        let problems = practice::open_all().unwrap();
        let mut tried = 0;
        for question in questions(&problems) {
            let Asks::Number(number) = &question.line.asks else { continue };
            let accepted = accepted(&question, number).unwrap();
            for side in [-1.0, 1.0] {
                let check = |off: f64| {
                    let answer = format!("{}", accepted.value + side * off * accepted.margin);
                    question.line.check(&answer, question.problem).verdict
                };
                assert_eq!(check(0.999), Verdict::Right, "{}", question.name());
                if accepted.margin > 0.0 {
                    assert_ne!(check(1.001), Verdict::Right, "{}", question.name());
                    tried += 1;
                }
            }
            for (wrong, reply) in mistakes(&question) {
                let report = question.line.check(&wrong.value.to_string(), question.problem);
                assert_eq!(report.feedback, reply, "{}", question.name());
            }
        }
        assert!(tried > 300, "{tried}");
    }
}
