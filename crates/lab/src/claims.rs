//! The sentences of the book that a measurement holds up.
//!
//! A [`Claim`] pairs what people say with what is true, and measures it: each [`Quantity`] has an
//! expected value, from theory or a reference wherever there is one, and a tolerance with its
//! reason. A number in the book's prose is a claim's measured quantity, printed, never typed.
//!
//! A measurement that cannot fail proves nothing. Every claim therefore says how to break what it
//! rests on ([`Broken`]), and a test sees it fail.

mod adam;
mod beyond_diagonal;
mod bias_correction;
mod checkpoints;
mod choosing;
mod debugging;
mod gradient_descent;
mod large_batches;
mod lion;
mod memory;
mod momentum;
mod per_coordinate;
mod schedules;
mod sgd_or_adam;
mod weight_decay;
mod when_adam_fails;

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

/// How a claim is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// How much work it may be.
    pub size: Size,
    /// Which draws it makes, where it makes any. The book's numbers are those of 0.
    pub seed: u64,
}

impl Run {
    /// The quick size with the book's draws.
    pub const QUICK: Self = Self { size: Size::Quick, seed: 0 };
    /// The full size with the book's draws.
    pub const FULL: Self = Self { size: Size::Full, seed: 0 };

    /// One of two settings, by size.
    pub fn pick<T>(self, quick: T, full: T) -> T {
        match self.size {
            Size::Quick => quick,
            Size::Full => full,
        }
    }

    /// That many seeds, in the quick and in the full size, none of which a run of another seed has.
    pub fn seeds(self, quick: u64, full: u64) -> Vec<u64> {
        let first = 1000 * self.seed;
        (first..first + self.pick(quick, full)).collect()
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
    pub measure: fn(Run) -> Measurement,
    /// The same measurement with what it rests on broken.
    pub broken: Broken,
}

/// Where an expected value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A formula or a proof.
    Theory,
    /// Our own runs: the expected value is what they gave, and the tolerance covers what at least ten
    /// seeds gave, in both sizes.
    OwnRuns,
}

impl Basis {
    /// The basis in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Theory => "theory",
            Self::OwnRuns => "our own runs",
        }
    }
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
    /// Where the expected value comes from.
    pub basis: Basis,
    /// Which theory or which runs, and why the tolerance is what it is.
    pub because: &'static str,
}

impl Quantity {
    /// Whether the measured value is finite and within the tolerance.
    pub fn holds(&self) -> bool {
        (self.measured - self.expected).abs() <= self.tolerance
    }

    /// The measured value as it should be quoted: to one digit beyond the first of the tolerance.
    pub fn quotable(&self) -> f64 {
        if self.tolerance <= 0.0 {
            return self.measured;
        }
        let digits = 1 - libm::floor(libm::log10(self.tolerance)) as i32;
        if digits >= 0 {
            let parts = 10f64.powi(digits);
            libm::round(self.measured * parts) / parts
        } else {
            let unit = 10f64.powi(-digits);
            libm::round(self.measured / unit) * unit
        }
    }
}

/// The mean over seeds of what a run gives, side by side.
fn mean_over(
    seeds: &[u64],
    run: impl Fn(u64) -> Result<f64, LabError> + Sync + Send,
) -> Result<f64, LabError> {
    let each = crate::parallel::map(seeds, |&seed| run(seed));
    Ok(crate::statistics::mean(&each.into_iter().collect::<Result<Vec<_>, _>>()?))
}

/// A quantity that theory predicts.
fn theory(
    name: &'static str,
    measured: f64,
    expected: f64,
    tolerance: f64,
    because: &'static str,
) -> Quantity {
    Quantity { name, measured, expected, tolerance, basis: Basis::Theory, because }
}

/// A quantity whose expected value is what our own runs gave.
fn own_runs(
    name: &'static str,
    measured: f64,
    expected: f64,
    tolerance: f64,
    because: &'static str,
) -> Quantity {
    Quantity { name, measured, expected, tolerance, basis: Basis::OwnRuns, because }
}

impl Claim {
    /// Measures, and says of every quantity that does not hold what is wrong with it.
    ///
    /// # Errors
    /// One line for each failing quantity, or the reason why nothing could be measured.
    pub fn check(&self, run: Run) -> Result<Vec<Quantity>, String> {
        let quantities =
            (self.measure)(run).map_err(|error| format!("claim `{}`: {error}", self.id))?;
        let failures: Vec<String> = quantities
            .iter()
            .filter(|quantity| !quantity.holds())
            .map(|quantity| {
                format!(
                    "claim `{}` fails: {} is {}, but it must be {} ± {} (by {}: {})",
                    self.id,
                    quantity.name,
                    quantity.measured,
                    quantity.expected,
                    quantity.tolerance,
                    quantity.basis.label(),
                    quantity.because
                )
            })
            .collect();
        if failures.is_empty() { Ok(quantities) } else { Err(failures.join("\n")) }
    }
}

/// The chapters that rest on claims, in the order of the book.
pub const CHAPTERS: &[Chapter] = &[
    gradient_descent::CHAPTER,
    momentum::CHAPTER,
    per_coordinate::CHAPTER,
    adam::CHAPTER,
    bias_correction::CHAPTER,
    weight_decay::CHAPTER,
    large_batches::CHAPTER,
    lion::CHAPTER,
    schedules::CHAPTER,
    memory::CHAPTER,
    checkpoints::CHAPTER,
    beyond_diagonal::CHAPTER,
    when_adam_fails::CHAPTER,
    sgd_or_adam::CHAPTER,
    debugging::CHAPTER,
    choosing::CHAPTER,
];

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
    use super::{Basis, Claim, Quantity, Run, ledger};
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
        assert_eq!(failures(|claim| claim.check(Run::QUICK).err()), "");
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
    fn a_quantity_is_quoted_to_one_digit_beyond_its_tolerance() {
        let quoted = |measured, tolerance| {
            super::own_runs("x", measured, measured, tolerance, "").quotable()
        };
        assert_eq!(quoted(-0.7615, 0.3), -0.76);
        assert_eq!(quoted(0.93642, 0.03), 0.936);
        assert_eq!(quoted(5837.4, 200.0), 5840.0);
        assert_eq!(quoted(-0.000_261_5, 0.12), 0.0);
        assert_eq!(quoted(0.123_456, 0.0), 0.123_456);
    }

    #[test]
    fn a_quantity_outside_its_tolerance_or_not_a_number_does_not_hold() {
        let quantity = |measured| Quantity {
            name: "x",
            measured,
            expected: 1.0,
            tolerance: 0.1,
            basis: Basis::Theory,
            because: "a test",
        };
        assert!(quantity(1.05).holds());
        assert!(!quantity(1.2).holds());
        assert!(!quantity(f64::NAN).holds());
    }
}
