//! Whether two formulas mean the same, decided on random points.

use crate::expression::{EvaluationError, Expression, Scope};
use crate::formula::Symbol;
use lab::random::{Purpose, Stream};

/// Formulas that agree on this many random points are taken to be the same. Two different
/// analytic formulas agree on a random point with probability zero; several points guard against
/// rounding and against formulas that differ only in part of their domain.
const POINTS: u64 = 40;
/// So many of them are rounded to two decimals, so that they can be shown as they are; the others are
/// not, for formulas that agree on round numbers alone.
const ROUND_POINTS: u64 = 20;
/// Values agree when they differ by less than this, relative to the larger of them and a thousandth.
const TOLERANCE: f64 = 1e-9;

/// How an answer compares with a reference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Comparison {
    /// They agree on all points.
    Same,
    /// They disagree; the point where that is clearest, and the answer's and the reference's value there.
    Different { point: String, answer: f64, reference: f64 },
}

/// Compares two formulas over the symbols' domains.
pub(crate) fn compare(
    answer: &Expression,
    reference: &Expression,
    symbols: &[Symbol],
) -> Result<Comparison, EvaluationError> {
    answer.check_symbols(&Point { symbols, number: 0 })?;
    let mut worst: Option<(f64, Comparison)> = None;
    for number in 0..POINTS {
        let point = Point { symbols, number };
        let (ours, theirs) = (answer.evaluate(&point)?, reference.evaluate(&point)?);
        if !theirs.is_finite() {
            continue;
        }
        let difference = (ours - theirs).abs() / ours.abs().max(theirs.abs()).max(1e-3);
        if ours.is_finite() && difference <= TOLERANCE {
            continue;
        }
        // The clearest disagreement is shown: the largest one between finite values, at round numbers if
        // there is one.
        let round = if number < ROUND_POINTS { 1.0 } else { 1e-6 };
        let clarity = if ours.is_finite() { difference * round } else { 0.0 };
        if worst.as_ref().is_none_or(|(clearest, _)| clarity > *clearest) {
            let point = point.description([answer, reference]);
            worst =
                Some((clarity, Comparison::Different { point, answer: ours, reference: theirs }));
        }
    }
    Ok(worst.map_or(Comparison::Same, |(_, different)| different))
}

/// Whether a formula that is right rests on a sum at some point.
pub(crate) fn rests_on_a_sum(
    answer: &Expression,
    symbols: &[Symbol],
) -> Result<bool, EvaluationError> {
    for number in 0..POINTS {
        if answer.rests_on_a_sum(&Point { symbols, number })? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses a reference that could not be compared with anything.
pub(crate) fn check_reference(reference: &Expression, symbols: &[Symbol]) -> Result<(), String> {
    let mut finite = 0;
    for number in 0..POINTS {
        let point = Point { symbols, number };
        reference.check_symbols(&point).map_err(|error| error.to_string())?;
        let value = reference.evaluate(&point).map_err(|error| error.to_string())?;
        finite += u64::from(value.is_finite());
    }
    if finite < POINTS / 2 {
        return Err(format!(
            "it is defined on {finite} of {POINTS} points of the symbols' domains"
        ));
    }
    Ok(())
}

/// A random point in the domain of some symbols.
struct Point<'a> {
    symbols: &'a [Symbol],
    number: u64,
}

impl Point<'_> {
    fn find(&self, name: &str) -> Result<(u64, &Symbol), EvaluationError> {
        let is_named =
            |symbol: &&Symbol| symbol.name == name || symbol.also.iter().any(|a| a == name);
        let found = self.symbols.iter().zip(0..).find(|(symbol, _)| is_named(symbol));
        found
            .map(|(symbol, place)| (place, symbol))
            .ok_or_else(|| EvaluationError::UnknownSymbol(name.to_owned()))
    }

    /// A draw that depends on the point, the symbol and the term, and on nothing else.
    fn draw(&self, place: u64, symbol: &Symbol, index: i64) -> f64 {
        let seed = mix(mix(mix(self.number) ^ place) ^ index as u64);
        let position = Stream::new(seed, Purpose::Noise).uniform();
        let value = symbol.low + position * (symbol.high - symbol.low);
        match (symbol.whole, self.number < ROUND_POINTS) {
            (true, _) => libm::round(value),
            (false, true) => libm::round(value * 100.0) / 100.0,
            (false, false) => value,
        }
    }

    /// The values of the single numbers that these formulas mention.
    fn description(&self, formulas: [&Expression; 2]) -> String {
        let mentioned = |symbol: &Symbol| {
            let also = symbol.also.iter().map(String::as_str);
            let names: Vec<&str> = std::iter::once(symbol.name.as_str()).chain(also).collect();
            !symbol.sequence && formulas.iter().any(|formula| formula.mentions(&names))
        };
        let shown = self.symbols.iter().zip(0..).filter(|(symbol, _)| mentioned(symbol));
        let values = shown
            .map(|(symbol, place)| format!("{} = {}", symbol.name, self.draw(place, symbol, 0)));
        values.collect::<Vec<_>>().join(", ")
    }
}

/// A permutation of the 64-bit numbers that spreads neighbors apart (SplitMix64's finalizer).
fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)).wrapping_add(0x9e37_79b9_7f4a_7c15)
}

impl Scope for Point<'_> {
    fn symbol(&self, name: &str) -> Result<f64, EvaluationError> {
        let (place, symbol) = self.find(name)?;
        if symbol.sequence {
            return Err(EvaluationError::SequenceWithoutIndex(name.to_owned()));
        }
        Ok(self.draw(place, symbol, 0))
    }

    fn term(&self, name: &str, index: i64) -> Result<f64, EvaluationError> {
        let (place, symbol) = self.find(name)?;
        if !symbol.sequence {
            return Err(EvaluationError::IndexOnNumber(name.to_owned()));
        }
        Ok(self.draw(place, symbol, index))
    }
}
