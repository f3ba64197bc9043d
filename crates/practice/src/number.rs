//! A line that asks for a number.

use crate::expression::Expression;
use crate::line::{Mistake, Question, WrongAnswer};
use crate::problem::{Fault, Problem};
use crate::report::{Graded, Verdict};
use crate::variant::{self, Constants};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Asks for a number. Answers may be typed as a calculation, such as `sqrt(10)` or `13e9 * 16`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The right number: a formula in the problem's constants.
    pub answer: String,
    /// How far off an answer may be, as a share of the right number; a half percent if nothing is said.
    pub tolerance: Option<f64>,
    /// How many significant digits are asked for, in place of a tolerance.
    pub digits: Option<usize>,
    /// The unit that the number is in; it may be left out of an answer.
    #[serde(default)]
    pub unit: String,
    /// Other units that an answer may be in, each as a multiple of `unit`.
    #[serde(default)]
    pub units: BTreeMap<String, f64>,
    /// Wrong numbers that people give: formulas in the constants, each with its reply.
    #[serde(default, rename = "mistake")]
    pub mistakes: Vec<Mistake>,
}

const USUAL_TOLERANCE: f64 = 0.005;

impl Number {
    /// An answer as a number in the unit it was typed in, and that unit as a multiple of `unit`.
    fn read(&self, answer: &str) -> Result<(f64, f64), String> {
        let own = (!self.unit.is_empty()).then_some((self.unit.as_str(), 1.0));
        let others = self.units.iter().map(|(name, factor)| (name.as_str(), *factor));
        let mut units: Vec<(&str, f64)> = own.into_iter().chain(others).collect();
        if self.unit.is_empty() {
            units.extend(WORDS);
        }
        match self.unit.as_str() {
            "GB" => units.extend([("bytes", 1e-9), ("B", 1e-9), ("MB", 1e-3), ("TB", 1e3)]),
            "%" => units.push(("percent", 1.0)),
            "steps" => units.push(("step", 1.0)),
            _ => {}
        }
        // Of GB and B the longer is tried first.
        units.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let answer = bare(answer);
        let parted = answer.split_once(" e").is_some_and(|(number, power)| {
            number.ends_with(|c: char| c.is_ascii_digit())
                && power.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
        });
        if parted {
            return Err(
                "a blank parts the number from its power of ten; write 1e-10 without".to_owned()
            );
        }
        let number = |text: &str| -> Result<f64, String> {
            // There are no symbols that 1E9 could be read as.
            let formula =
                Expression::parse(&text.replace('E', "e")).map_err(|error| error.to_string())?;
            formula.evaluate(&Constants(&[])).map_err(|error| error.to_string())
        };
        for (name, factor) in &units {
            let split =
                answer.len().checked_sub(name.len()).filter(|at| answer.is_char_boundary(*at));
            let Some((number_part, unit)) = split.map(|at| answer.split_at(at)) else { continue };
            // A small b alone would be a bit.
            if (unit == *name || (name.len() > 1 && unit == name.to_lowercase()))
                && let Ok(value) = number(number_part)
            {
                return Ok((value, *factor));
            }
        }
        number(answer).map(|value| (value, 1.0)).map_err(|error| {
            let known: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
            match (error.contains("symbols"), self.unit.as_str()) {
                (false, _) => error,
                (true, "") => {
                    format!("{error}; write a number or a calculation, such as sqrt(2) / 3")
                }
                (true, _) => format!("{error}; units that can be used here: {}", known.join(", ")),
            }
        })
    }

    /// How far from `value` an answer may be.
    fn margin(&self, value: f64) -> f64 {
        match self.digits {
            Some(digits) if value != 0.0 => half_a_unit(value, digits),
            _ => {
                let tolerance = self.tolerance.unwrap_or(USUAL_TOLERANCE);
                if value == 0.0 { tolerance } else { tolerance * value.abs() }
            }
        }
    }

    fn hits(&self, answer: f64, value: f64) -> bool {
        (answer - value).abs() <= self.margin(value) * (1.0 + 1e-9)
    }

    fn key(&self, problem: &Problem) -> f64 {
        variant::value(&self.answer, &problem.constants).unwrap_or(f64::NAN)
    }
}

/// What may stand behind a number without a unit, and changes nothing or means a share.
const WORDS: [(&str, f64); 16] = [
    ("times", 1.0),
    ("steps", 1.0),
    ("step", 1.0),
    ("×", 1.0),
    ("x", 1.0),
    ("η", 1.0),
    ("lr", 1.0),
    ("%", 0.01),
    ("percent", 0.01),
    ("gradients", 1.0),
    ("examples", 1.0),
    ("epochs", 1.0),
    ("batches", 1.0),
    ("cards", 1.0),
    ("rates", 1.0),
    ("parameters", 1.0),
];

/// An answer without what people put before a number: `about`, `~`, `t =`.
fn bare(answer: &str) -> &str {
    let behind_name = answer.split_once(['=', '≈']).and_then(|(name, value)| {
        let mut letters = name.trim().chars();
        let named = letters.next().is_none_or(char::is_alphabetic) && letters.count() < 3;
        (named && name.trim() != "no").then_some(value)
    });
    let answer = behind_name.unwrap_or(answer).trim().trim_end_matches('.');
    let words = ["about", "About", "approximately", "roughly", "~"];
    words.iter().find_map(|word| answer.strip_prefix(word)).unwrap_or(answer).trim()
}

/// Half a unit of the last of so many significant digits.
fn half_a_unit(value: f64, digits: usize) -> f64 {
    let exponent = libm::log10(value.abs()).floor() - digits as f64 + 1.0;
    0.5 * libm::pow(10.0, exponent)
}

fn rounded(value: f64, digits: usize) -> f64 {
    let unit = 2.0 * half_a_unit(value, digits);
    libm::round(value / unit) * unit
}

/// How many significant digits a plain number was typed with; none for a calculation.
fn digits_typed(answer: &str) -> Option<usize> {
    let mantissa = answer.trim().split(['e', 'E']).next()?;
    let plain = mantissa.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0').len();
    (plain && significant > 0).then_some(significant)
}

impl Question for Number {
    fn how_to_answer(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(", in {}", self.unit) };
        let precise = match self.digits {
            Some(1) => " to one significant digit".to_owned(),
            Some(digits) => format!(" to {digits} significant digits"),
            None if self.tolerance == Some(0.0) => String::new(),
            None => {
                let share = 100.0 * self.tolerance.unwrap_or(USUAL_TOLERANCE);
                format!(", within {} %", figures::short(share))
            }
        };
        format!("Type a number{unit}{precise}; a calculation such as 2 * sqrt(10) will do.")
    }

    fn validate(&self, problem: &Problem) -> Result<(), Fault> {
        let value = |what: &str, formula: &str| {
            variant::value(formula, &problem.constants)
                .map_err(|error| Fault::at(formula, format!("{what} `{formula}`: {error}")))
        };
        let key = value("answer", &self.answer)?;
        if self.tolerance.is_some_and(|tolerance| !(0.0..1.0).contains(&tolerance)) {
            return Err(Fault::at("tolerance", "a tolerance is a share from 0 up to 1"));
        }
        if self.digits == Some(0) {
            return Err(Fault::at("digits", "ask for at least one significant digit"));
        }
        for mistake in &self.mistakes {
            let wrong = value(&format!("mistake `{}`", mistake.name), &mistake.answer)?;
            if self.hits(wrong, key) {
                let reason = format!("mistake `{}` is the right number", mistake.name);
                return Err(Fault::at(&mistake.name, reason));
            }
        }
        Ok(())
    }

    fn grade(&self, answer: &str, problem: &Problem) -> Graded {
        let key = self.key(problem);
        // Digits are counted as they were typed: 14.9 GB are not 13.9 GiB to three of them.
        let (ours, key, unit) = match self.read(answer) {
            Ok((value, unit)) if value.is_finite() => (value, key / unit, unit),
            Ok(_) => {
                return Graded::new(Verdict::Unreadable, "This has no finite value.");
            }
            Err(error) => {
                return Graded::new(Verdict::Unreadable, format!("I cannot read this: {error}."));
            }
        };
        if self.hits(ours, key) {
            return Graded::right("");
        }
        let wrong = |mistake: &&Mistake| {
            variant::value(&mistake.answer, &problem.constants).is_ok_and(|wrong| {
                if wrong == 0.0 { ours == 0.0 } else { self.hits(ours, wrong / unit) }
            })
        };
        if let Some(mistake) = self.mistakes.iter().find(wrong) {
            return Graded::new(Verdict::Mistake, mistake.reply.clone());
        }
        if let (Some(wanted), Some(typed)) = (self.digits, digits_typed(answer))
            && typed < wanted
            && (ours - rounded(key, typed)).abs() <= 1e-9 * key.abs()
        {
            let reply =
                format!("Right as far as it goes; this line asks for {wanted} significant digits.");
            return Graded::new(Verdict::Form, reply);
        }
        match slip(ours, key, &self.unit, |value| self.hits(value, key)) {
            Some(reply) => Graded::new(Verdict::Mistake, reply),
            None => {
                let way = if ours > key { "too large" } else { "too small" };
                let far = (ours / key).abs();
                let share = match unit {
                    0.01 => format!(" % ({})", figures::short(0.01 * ours)),
                    _ => String::new(),
                };
                let far = if ours * key > 0.0 && (0.8..1.25).contains(&far) {
                    ", though close"
                } else {
                    ""
                };
                Graded::new(
                    Verdict::Wrong,
                    format!("Not yet: {}{share} is {way}{far}.", figures::short(ours)),
                )
            }
        }
    }

    fn model_answer(&self, problem: &Problem) -> String {
        self.key(problem).to_string()
    }

    fn wrong_answers(&self, problem: &Problem) -> Vec<WrongAnswer> {
        let wrong = |mistake: &Mistake| {
            let value = variant::value(&mistake.answer, &problem.constants).unwrap_or(f64::NAN);
            WrongAnswer { answer: value.to_string(), ..WrongAnswer::from(mistake) }
        };
        self.mistakes.iter().map(wrong).collect()
    }
}

/// The slips that anyone makes with any number.
fn slip(ours: f64, key: f64, unit: &str, hits: impl Fn(f64) -> bool) -> Option<String> {
    if unit == "%" && hits(100.0 * ours) {
        return Some("That is the share; this line asks for it in percent.".to_owned());
    }
    if hits(-ours) {
        return Some("The size is right, the sign is not.".to_owned());
    }
    let power = (-9_i32..=9)
        .filter(|power| *power != 0)
        .find(|power| hits(ours * libm::pow(10.0, f64::from(*power))));
    if let Some(power) = power {
        let way = if power < 0 { "large" } else { "small" };
        let factor = figures::short(libm::pow(10.0, f64::from(power.abs())));
        return Some(format!(
            "The digits are right, the power of ten is not: too {way} by {factor}. (A factor such as \
             1 − 0.9 that is missing, or one too many, looks the same.)"
        ));
    }
    let binary =
        (1..=4).flat_map(|n| [1.024_f64, 1.0 / 1.024].map(|ratio| libm::pow(ratio, f64::from(n))));
    if unit.ends_with('B') && binary.into_iter().any(|ratio| hits(ours * ratio)) {
        return Some(
            "Nearly: 1000 and 1024 are mixed up. A GB is 10⁹ bytes, a GiB 2³⁰.".to_owned(),
        );
    }
    let near_one = (0.9..1.1).contains(&ours.abs());
    (ours != 0.0 && !near_one && (1.0 / ours - key).abs() <= 0.01 * key.abs())
        .then(|| "This is one over the answer.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Number;
    use crate::line::{Mistake, Question};
    use crate::problem::Problem;
    use crate::report::Verdict;

    fn number(answer: &str) -> Number {
        Number {
            answer: answer.to_owned(),
            tolerance: None,
            digits: None,
            unit: String::new(),
            units: [].into(),
            mistakes: vec![],
        }
    }

    fn verdict(number: &Number, answer: &str) -> (Verdict, String) {
        let graded = number.grade(answer, &Problem::blank());
        (graded.verdict, graded.feedback)
    }

    #[test]
    fn a_calculation_is_as_good_as_its_value() {
        let root = number("sqrt(10)");
        for right in [
            "3.162",
            "sqrt(10)",
            "10^0.5",
            "√(10)",
            "√10",
            "1e1 / 3.1623",
            "≈ 3.16 η",
            "about 3.16 times.",
            "x = 3.162",
            "316.2%",
            "e^1.1513",
        ] {
            assert_eq!(verdict(&root, right).0, Verdict::Right, "{right}");
        }
        for unreadable in ["3,16", "3 162", "1/0", "y", "3.16 m", "3.16 GB"] {
            assert_eq!(verdict(&root, unreadable).0, Verdict::Unreadable, "{unreadable}");
        }
        assert!(verdict(&root, "3.5").1.contains("too large, though close"));
        assert!(verdict(&root, "-100").1.contains("too small"));
    }

    #[test]
    fn units_are_converted() {
        let memory = Number {
            unit: "GB".into(),
            units: [("MB".into(), 1e-3), ("GiB".into(), 1.073_741_824), ("B".into(), 1e-9)].into(),
            ..number("208")
        };
        for right in ["208", "208 gb", "208000 MB", "193.7GiB", "13e9 * 16 B", "208e9 bytes"] {
            assert_eq!(verdict(&memory, right).0, Verdict::Right, "{right}");
        }
        assert!(verdict(&memory, "208 parsecs").1.contains("MB"));
        assert!(verdict(&memory, "193.7").1.contains("1024"));
        assert!(verdict(&memory, "20.8").1.contains("power of ten"));
    }

    #[test]
    fn digits_are_counted() {
        let precise = Number { digits: Some(3), ..number("pi") };
        assert_eq!(verdict(&precise, "3.14").0, Verdict::Right);
        assert_eq!(verdict(&precise, "3.14159").0, Verdict::Right);
        assert_eq!(verdict(&precise, "3.1").0, Verdict::Form);
        assert_eq!(verdict(&precise, "3.15").0, Verdict::Wrong);
        // A short answer is right so far only if it is the key, rounded.
        let short = |answer: &str| verdict(&Number { digits: Some(2), ..number("0.96") }, answer).0;
        assert_eq!((short("0.9"), short("1")), (Verdict::Wrong, Verdict::Form));
        // Three digits are counted in the unit that was typed.
        let units = [("GiB".to_owned(), 1.073_741_824)].into();
        let memory = Number { digits: Some(3), unit: "GB".into(), units, ..number("14.875") };
        assert_eq!(verdict(&memory, "13.9 GiB").0, Verdict::Right);
        assert_eq!(verdict(&memory, "14.8").0, Verdict::Wrong);
    }

    #[test]
    fn slips_are_recognized_after_named_mistakes() {
        let mistake =
            Mistake { name: "sign".into(), answer: "-2".into(), reply: "downhill".into() };
        let number = Number { mistakes: vec![mistake], ..number("2") };
        assert_eq!(verdict(&number, "-2"), (Verdict::Mistake, "downhill".into()));
        assert!(verdict(&number, "0.5").1.contains("one over"));
        assert!(verdict(&super::tests::number("5"), "-5").1.contains("sign"));
        let percent = Number { unit: "%".into(), ..super::tests::number("34.9") };
        assert!(verdict(&percent, "0.349").1.contains("in percent"));
    }
}
