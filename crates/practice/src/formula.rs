//! A line that asks for a formula.

use crate::equivalence::{Comparison, check_reference, compare, rests_on_a_sum};
use crate::expression::{EvaluationError, Expression};
use crate::line::{Mistake, Question, WrongAnswer};
use crate::problem::{Fault, Problem};
use crate::report::{Graded, Verdict};
use serde::{Deserialize, Serialize};

/// Asks for a formula; every formula that means the same as the answer is right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// A right answer.
    pub answer: String,
    /// What form the answer must have.
    #[serde(default)]
    pub form: Form,
    /// Wrong answers that people give, each with its reply.
    #[serde(default, rename = "mistake")]
    pub mistakes: Vec<Mistake>,
}

/// What form an answer must have besides its meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Any.
    #[default]
    Any,
    /// With the sum still written out.
    Sum,
    /// Without a sum.
    Closed,
}

/// A symbol and the domain on which formulas are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Symbol {
    /// How it is typed.
    pub name: String,
    /// Other ways to type it.
    #[serde(default)]
    pub also: Vec<String>,
    /// What it stands for.
    pub meaning: String,
    /// The low end of its domain.
    pub low: f64,
    /// The high end of its domain.
    pub high: f64,
    /// Whether it is a whole number.
    #[serde(default)]
    pub whole: bool,
    /// Whether it is a sequence, whose terms are written with an index.
    #[serde(default)]
    pub sequence: bool,
}

/// What to write for a product of symbols that was typed without signs, such as `abx`.
fn product(name: &str, symbols: &[Symbol]) -> Option<String> {
    let letters: Vec<String> = name.chars().map(String::from).collect();
    let known = |letter: &String| {
        symbols.iter().any(|symbol| symbol.name == *letter || symbol.also.contains(letter))
    };
    letters.iter().all(known).then(|| format!("Write {} for the product.", letters.join("*")))
}

impl Question for Formula {
    fn how_to_answer(&self) -> String {
        "Type a formula.".to_owned()
    }

    fn validate(&self, problem: &Problem) -> Result<(), Fault> {
        let check = |what: &str, text: &str| -> Result<(), Fault> {
            let fault = |error: String| Fault::at(text, format!("{what} `{text}`: {error}"));
            let formula = Expression::parse(text).map_err(|error| fault(error.to_string()))?;
            check_reference(&formula, &problem.symbols).map_err(fault)
        };
        for name in problem.symbols.iter().flat_map(|symbol| &symbol.also) {
            let typed = Expression::parse(name);
            if typed.is_err() || typed.is_ok_and(|typed| !typed.mentions(&[name.as_str()])) {
                let reason = format!("also = `{name}` cannot be typed as a symbol; leave it out");
                return Err(Fault::at(name, reason));
            }
        }
        check("answer", &self.answer)?;
        for mistake in &self.mistakes {
            check(&format!("mistake `{}`", mistake.name), &mistake.answer)?;
        }
        Ok(())
    }

    fn grade(&self, answer: &str, problem: &Problem) -> Graded {
        let symbols = &problem.symbols;
        let formula = match Expression::parse(answer) {
            Ok(formula) => formula,
            Err(error) => {
                return Graded::new(Verdict::Unreadable, format!("I cannot read this: {error}."));
            }
        };
        let against = |reference: &str| {
            Expression::parse(reference)
                .ok()
                .map(|reference| compare(&formula, &reference, symbols))
        };
        match against(&self.answer) {
            Some(Ok(Comparison::Same)) => match self.form {
                Form::Sum if rests_on_a_sum(&formula, symbols) != Ok(true) => Graded::new(
                    Verdict::Form,
                    "The value is right, but this line asks for it with the sum still written \
                         out, its terms depending on i: sum(i = 1..t, …).",
                ),
                Form::Closed if formula.has_a_sum() => Graded::new(
                    Verdict::Form,
                    "The value is right, but this line asks for a closed form, without a sum.",
                ),
                _ => Graded::right(""),
            },
            Some(Ok(Comparison::Different { point, answer, reference })) => {
                let known = self
                    .mistakes
                    .iter()
                    .find(|mistake| matches!(against(&mistake.answer), Some(Ok(Comparison::Same))));
                let turned = against(&format!("-({})", self.answer));
                match known {
                    Some(mistake) => Graded::new(Verdict::Mistake, mistake.reply.clone()),
                    None if matches!(turned, Some(Ok(Comparison::Same))) => {
                        Graded::new(Verdict::Mistake, "The size is right, the sign is not.")
                    }
                    None => Graded::new(Verdict::Wrong, disagreement(&point, answer, reference)),
                }
            }
            Some(Err(error)) => {
                let names: Vec<&str> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
                let known = names.join(", ");
                let product = match &error {
                    EvaluationError::UnknownSymbol(name) => product(name, symbols),
                    _ => None,
                };
                let remedy = product.unwrap_or(format!("Symbols: {known}."));
                Graded::new(Verdict::Unreadable, format!("This has no value: {error}. {remedy}"))
            }
            None => Graded::new(
                Verdict::Unreadable,
                format!(
                    "The problem's own answer `{}` cannot be read; please report it.",
                    self.answer
                ),
            ),
        }
    }

    fn model_answer(&self, _problem: &Problem) -> String {
        self.answer.clone()
    }

    fn wrong_answers(&self, _problem: &Problem) -> Vec<WrongAnswer> {
        self.mistakes.iter().map(WrongAnswer::from).collect()
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

#[cfg(test)]
mod tests {
    use crate::report::Verdict;
    use crate::{Expression, open};

    #[test]
    fn a_right_value_in_the_wrong_form_is_told_so() {
        let problem = open("bias-correction-derivation").unwrap();
        let verdict =
            |line: usize, answer: &str| problem.lines[line].check(answer, &problem).verdict;
        assert_eq!(verdict(2, "sum(i = 1..t, beta^(t - i))"), Verdict::Form);
        assert_ne!(verdict(0, "(1 - beta^t) * mu + 0"), Verdict::Right);
        for for_show in ["sum(i = 1..1, (1 - beta^t) mu)", "(1 - beta^t) mu + 0 sum(i = 1..t, i)"] {
            assert_eq!(verdict(1, for_show), Verdict::Form);
        }
    }

    #[test]
    fn formulas_that_agree_on_some_points_only_are_not_the_same() {
        let problem = open("bias-correction-derivation").unwrap();
        let verdict =
            |line: usize, answer: &str| problem.lines[line].check(answer, &problem).verdict;
        // Close to the answer, or equal to it at round numbers, or with a sum that does no work.
        assert_eq!(verdict(3, "(1 - beta^t) mu + 1e-7"), Verdict::Wrong);
        assert_eq!(verdict(3, "(1 - beta^t) mu cos(200 pi mu)"), Verdict::Wrong);
        assert_eq!(verdict(1, "(1 - beta^t) mu + 1e-12 sum(i = 1..t, i)"), Verdict::Form);
        let capped = "sum(i = 1..9, beta^(t - i) min(1, max(0, t - i + 1)))";
        assert_ne!(verdict(2, capped), Verdict::Right);
        let turned = problem.lines[3].check("-(1 - beta^t) mu", &problem);
        assert!(turned.feedback.contains("the sign is not"));
    }

    #[test]
    fn spellings_that_people_use_are_read() {
        let problem = open("bias-correction-derivation").unwrap();
        let verdict =
            |line: usize, answer: &str| problem.lines[line].check(answer, &problem).verdict;
        for sum in
            ["(1-beta) sum(k = 0..t-1, beta^k g_(t-k))", "[1-beta] sum(i=1...t, beta^(t-i) g_i)"]
        {
            assert_eq!(verdict(0, sum), Verdict::Right, "{sum}");
        }
        assert_eq!(verdict(3, "|1 - beta^t| mu"), Verdict::Right);
        let joined = problem.lines[3].check("tg", &problem);
        assert!(joined.feedback.contains("t*g"), "{}", joined.feedback);
    }

    #[test]
    fn a_wrong_answer_is_shown_where_it_fails() {
        let problem = open("bias-correction-derivation").unwrap();
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
