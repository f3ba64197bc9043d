//! The sentences of the book that a measurement holds up.
//!
//! A [`Claim`] pairs what people say with what is true, and measures it: each [`Quantity`] has an
//! expected value, from theory or a reference wherever there is one, and a tolerance with its
//! reason. A number in the book's prose is a claim's measured quantity, printed, never typed.

mod bias_correction;
mod gradient_descent;

use crate::LabError;

/// How what people say fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// True as said.
    True,
    /// True under a condition that people leave out.
    TrueWhen,
    /// It points the wrong way without being wrong to the letter.
    Misleading,
    /// Wrong.
    False,
}

impl Verdict {
    /// The verdict in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::TrueWhen => "true only when …",
            Self::Misleading => "misleading",
            Self::False => "false",
        }
    }
}

/// One entry of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// What the book refers to it by.
    pub id: &'static str,
    /// The sentence as people say it.
    pub folklore: &'static str,
    /// How it fares.
    pub verdict: Verdict,
    /// What is true.
    pub statement: &'static str,
    /// Paper and section.
    pub source: &'static str,
    /// Runs the measurement.
    pub measure: fn() -> Result<Vec<Quantity>, LabError>,
}

/// Something measured for a claim, and what it must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// What the book refers to it by, within its claim.
    pub name: &'static str,
    /// What the experiment gave.
    pub measured: f64,
    /// What it must be.
    pub expected: f64,
    /// How far it may be from that, in its own units.
    pub tolerance: f64,
    /// Where the expected value comes from and why the tolerance is what it is.
    pub because: &'static str,
}

impl Quantity {
    /// Whether the measured value is finite and within the tolerance.
    pub fn holds(&self) -> bool {
        (self.measured - self.expected).abs() <= self.tolerance
    }
}

impl Claim {
    /// Measures, and says of every quantity that does not hold what is wrong with it.
    ///
    /// # Errors
    /// One line for each failing quantity, or the reason why nothing could be measured.
    pub fn check(&self) -> Result<Vec<Quantity>, String> {
        let quantities =
            (self.measure)().map_err(|error| format!("claim `{}`: {error}", self.id))?;
        let failures: Vec<String> = quantities
            .iter()
            .filter(|quantity| !quantity.holds())
            .map(|quantity| {
                format!(
                    "claim `{}` fails: {} is {}, but it must be {} ± {} ({})",
                    self.id,
                    quantity.name,
                    quantity.measured,
                    quantity.expected,
                    quantity.tolerance,
                    quantity.because
                )
            })
            .collect();
        if failures.is_empty() { Ok(quantities) } else { Err(failures.join("\n")) }
    }
}

/// Every claim, in the order of the book.
pub fn ledger() -> impl Iterator<Item = &'static Claim> {
    gradient_descent::CLAIMS.iter().chain(bias_correction::CLAIMS)
}

/// The claim of this id.
pub fn find(id: &str) -> Option<&'static Claim> {
    ledger().find(|claim| claim.id == id)
}

#[cfg(test)]
mod tests {
    use super::{Quantity, ledger};

    #[test]
    fn every_claim_holds() {
        let failures: Vec<String> = ledger().filter_map(|claim| claim.check().err()).collect();
        assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    }

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<&str> = ledger().map(|claim| claim.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ledger().count());
    }

    #[test]
    fn a_quantity_outside_its_tolerance_or_not_a_number_does_not_hold() {
        let quantity = |measured| Quantity {
            name: "x",
            measured,
            expected: 1.0,
            tolerance: 0.1,
            because: "a test",
        };
        assert!(quantity(1.05).holds());
        assert!(!quantity(1.2).holds());
        assert!(!quantity(f64::NAN).holds());
    }
}
