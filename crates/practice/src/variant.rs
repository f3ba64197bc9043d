//! Constants that change with a seed, and the texts that mention them.
//!
//! A problem's constants are listed with the values they can take. `{{beta}}` in any of its texts
//! stands for the value, `{{1/(1 - beta)}}` for whatever a formula in the constants gives, rounded
//! to four digits. Answers are formulas in the constants, so that no key is stored.

use crate::expression::{EvaluationError, Expression, Scope};
use lab::random::{Purpose, Stream};
use serde::{Deserialize, Serialize};

/// A number that differs between variants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// What formulas call it.
    pub name: String,
    /// The values it can take. The first variant has the first.
    pub values: Vec<f64>,
    /// The value it has in this variant.
    #[serde(default)]
    pub value: f64,
}

/// Chooses the constants' values: the first of each for seed 0, and for those that follow other
/// combinations, each once before one comes again.
pub(crate) fn choose(constants: &mut [Constant], seed: u64) {
    let all: u64 = constants.iter().map(|constant| constant.values.len().max(1) as u64).product();
    // A stride without a common factor visits every combination; one near the golden section mixes them.
    let near = (0.618 * all as f64) as u64;
    let stride = (near.max(1)..=all).find(|stride| common_factor(*stride, all) == 1).unwrap_or(1);
    let mut number = (seed % all).wrapping_mul(stride) % all;
    for constant in constants {
        let count = constant.values.len().max(1) as u64;
        let place = (number % count) as usize;
        number /= count;
        constant.value = constant.values.get(place).copied().unwrap_or(f64::NAN);
    }
}

fn common_factor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_factor(b, a % b) }
}

/// The random numbers of a variant, one stream for each purpose.
pub(crate) fn draw(seed: u64, place: u64) -> Stream {
    Stream::new(seed.wrapping_mul(0x9e37_79b9).wrapping_add(place), Purpose::Search)
}

/// The constants as symbols of a formula.
pub(crate) struct Constants<'a>(pub(crate) &'a [Constant]);

impl Scope for Constants<'_> {
    fn symbol(&self, name: &str) -> Result<f64, EvaluationError> {
        let found = self.0.iter().find(|constant| constant.name == name);
        let unknown = || EvaluationError::UnknownSymbol(name.to_owned());
        found.map(|constant| constant.value).ok_or_else(unknown)
    }

    fn term(&self, name: &str, _index: i64) -> Result<f64, EvaluationError> {
        Err(EvaluationError::UnknownSymbol(name.to_owned()))
    }
}

/// A formula's value for these constants.
///
/// # Errors
/// If it cannot be read or has no finite value; says why.
pub(crate) fn value(formula: &str, constants: &[Constant]) -> Result<f64, String> {
    let expression = Expression::parse(formula).map_err(|error| error.to_string())?;
    let value = expression.evaluate(&Constants(constants)).map_err(|error| error.to_string())?;
    if value.is_finite() { Ok(value) } else { Err("it has no finite value".to_owned()) }
}

/// A text with every `{{formula}}` replaced by its value.
///
/// # Errors
/// At the first formula that has none; names it.
pub(crate) fn filled_in(text: &str, constants: &[Constant]) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((formula, after)) = behind.split_once("}}") else {
            return Err(format!("`{{{{{}` is not closed by `}}}}`", first_words(behind)));
        };
        let value =
            value(formula, constants).map_err(|error| format!("`{{{{{formula}}}}}`: {error}"))?;
        filled += before;
        filled += &figures::short(value);
        rest = after;
    }
    Ok(filled + rest)
}

fn first_words(text: &str) -> String {
    text.chars().take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::{Constant, choose, filled_in};

    fn constants(seed: u64) -> Vec<Constant> {
        let beta = Constant { name: "beta".into(), values: vec![0.9, 0.95, 0.99], value: 0.0 };
        let mut constants = vec![beta];
        choose(&mut constants, seed);
        constants
    }

    #[test]
    fn every_combination_comes_once_before_one_comes_again() {
        for lengths in [vec![1], vec![2], vec![3], vec![3, 3], vec![4, 3, 2], vec![5, 2]] {
            let constant = |length: &usize| Constant {
                name: String::new(),
                values: (0..*length).map(|value| value as f64).collect(),
                value: 0.0,
            };
            let mut constants: Vec<Constant> = lengths.iter().map(constant).collect();
            let all: u64 = lengths.iter().map(|length| *length as u64).product();
            let mut seen = std::collections::BTreeSet::new();
            for seed in 0..all {
                choose(&mut constants, seed);
                let values: Vec<u64> = constants.iter().map(|c| c.value as u64).collect();
                assert!(seed > 0 || values.iter().all(|value| *value == 0));
                assert!(seen.insert(values), "{lengths:?}, seed {seed}");
            }
        }
    }

    #[test]
    fn texts_follow_the_constants() {
        let text = "β = {{beta}}: about {{1 / (1 - beta)}} gradients";
        assert_eq!(filled_in(text, &constants(0)).unwrap(), "β = 0.9: about 10 gradients");
        let seen: std::collections::BTreeSet<String> =
            (0..30).map(|seed| filled_in(text, &constants(seed)).unwrap()).collect();
        assert_eq!(seen.len(), 3);
    }

    #[test]
    fn a_placeholder_that_means_nothing_is_named() {
        let error = |text: &str| filled_in(text, &constants(0)).unwrap_err();
        assert!(error("{{gamma}}").contains("`gamma`"));
        assert!(error("{{1 +}}").contains("1 +"));
        assert!(error("{{beta").contains("not closed"));
        assert!(error("{{1/(beta - beta)}}").contains("no finite value"));
    }
}
