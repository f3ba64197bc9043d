//! The sentences of the book that a measurement holds up.
//!
//! A [`Claim`] pairs what people say with what is true, and measures it: each [`Quantity`] has an
//! expected value, from theory or a reference wherever there is one, and a tolerance with its
//! reason. A number in the book's prose is a claim's measured quantity, printed, never typed.
//!
//! A measurement that cannot fail proves nothing. Every claim therefore says how to break what it
//! rests on ([`Broken`]), and a test sees it fail.

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

/// How much work a measurement may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// What `cargo test` runs.
    Quick,
    /// What stands behind the book's figures and printed numbers: more seeds, more steps.
    Full,
}

impl Size {
    /// One of two settings, by size.
    pub fn pick<T>(self, quick: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

/// What was measured, or why nothing was.
pub type Measurement = Result<Vec<Quantity>, LabError>;

/// A way to break what a claim rests on.
#[derive(Clone, Copy, Debug)]
pub struct Broken {
    /// What is broken: `ε = 10⁻²`, say.
    pub by: &'static str,
    /// The claim's own measurement with that broken. At least one quantity must not hold.
    pub measure: fn() -> Measurement,
}

/// The claims of one chapter.
#[derive(Clone, Copy, Debug)]
pub struct Chapter {
    /// The chapter's title.
    pub title: &'static str,
    /// Its claims, in the order in which the chapter needs them.
    pub claims: &'static [Claim],
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
    /// About how many seconds the quick size takes on one core. The long ones are run first.
    pub seconds: f64,
    /// Runs the measurement.
    pub measure: fn(Size) -> Measurement,
    /// The same measurement with what it rests on broken.
    pub broken: Broken,
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
    pub fn check(&self, size: Size) -> Result<Vec<Quantity>, String> {
        let quantities =
            (self.measure)(size).map_err(|error| format!("claim `{}`: {error}", self.id))?;
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

/// The chapters that rest on claims, in the order of the book.
pub const CHAPTERS: &[Chapter] = &[gradient_descent::CHAPTER, bias_correction::CHAPTER];

/// Every claim, in the order of the book.
pub fn ledger() -> impl Iterator<Item = &'static Claim> {
    CHAPTERS.iter().flat_map(|chapter| chapter.claims)
}

/// The claim of this id.
pub fn find(id: &str) -> Option<&'static Claim> {
    ledger().find(|claim| claim.id == id)
}

#[cfg(test)]
mod tests {
    use super::{Claim, Quantity, Size, ledger};
    use crate::parallel;

    /// The failures that `check` finds among all claims, the longest of which begin first.
    fn failures(check: impl Fn(&Claim) -> Option<String> + Sync) -> String {
        let mut claims: Vec<&Claim> = ledger().collect();
        claims.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        let failures = parallel::map(&claims, |claim| check(claim));
        failures.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_claim_holds() {
        assert_eq!(failures(|claim| claim.check(Size::Quick).err()), "");
    }

    #[test]
    fn every_claim_fails_when_what_it_rests_on_is_broken() {
        let check = |claim: &Claim| match (claim.broken.measure)() {
            Ok(quantities) if quantities.iter().all(Quantity::holds) => {
                Some(format!("claim `{}` still holds with {}", claim.id, claim.broken.by))
            }
            Ok(_) => None,
            Err(error) => Some(format!("claim `{}`, broken, measures nothing: {error}", claim.id)),
        };
        assert_eq!(failures(check), "");
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
