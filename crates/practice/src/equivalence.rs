//! Whether two formulas mean the same, decided on random points.

use crate::expression::{EvaluationError, Expression, Scope};
use crate::problem::Symbol;
use lab::random::{Purpose, Stream};

/// Formulas that agree on this many random points are taken to be the same. Two different
/// analytic formulas agree on a random point with probability zero; several points guard against
/// rounding and against formulas that differ only in part of their domain.
const POINTS: u64 = 40;
/// Values agree when they differ by less than this, relative to the larger of them and 1.
const TOLERANCE: f64 = 1e-9;

/// How an answer compares with a reference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Comparison {
    /// They agree on all points.
    Same,
    /// They disagree; the simplest point found, and the answer's and the reference's value there.
    Different { point: String, answer: f64, reference: f64 },
}

/// Compares two formulas over the symbols' domains.
pub(crate) fn compare(
    answer: &Expression,
    reference: &Expression,
    symbols: &[Symbol],
) -> Result<Comparison, EvaluationError> {
    for number in 0..POINTS {
        let point = Point { symbols, number };
        let (ours, theirs) = (answer.evaluate(&point)?, reference.evaluate(&point)?);
        if !theirs.is_finite() {
            continue;
        }
        let scale = ours.abs().max(theirs.abs()).max(1.0);
        if !(ours.is_finite() && (ours - theirs).abs() <= TOLERANCE * scale) {
            return Ok(Comparison::Different {
                point: point.description(),
                answer: ours,
                reference: theirs,
            });
        }
    }
    Ok(Comparison::Same)
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

    /// A draw that depends on the point, the symbol and the term, and on nothing else. Numbers are
    /// rounded to two decimals, so that they can be shown as they are.
    fn draw(&self, place: u64, symbol: &Symbol, index: i64) -> f64 {
        let seed = self.number ^ (place << 32) ^ ((index as u64) << 40);
        let position = Stream::new(seed, Purpose::Noise).uniform();
        let value = symbol.low + position * (symbol.high - symbol.low);
        if symbol.whole { libm::round(value) } else { libm::round(value * 100.0) / 100.0 }
    }

    fn description(&self) -> String {
        let single = self.symbols.iter().zip(0..).filter(|(symbol, _)| !symbol.sequence);
        let values = single
            .map(|(symbol, place)| format!("{} = {}", symbol.name, self.draw(place, symbol, 0)));
        values.collect::<Vec<_>>().join(", ")
    }
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
