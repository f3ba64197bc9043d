//! Whether a contender computes what it is timed for.
//!
//! Its parameters after the checked steps are compared with the formulas in double precision,
//! not with another library: there is no telling which of two would be wrong.

use crate::case::{Case, Rule};
use crate::data::{self, CHECKED_STEPS};
use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

/// Above this relative difference a contender disagrees and is not timed.
///
/// Single precision differs by about 1e-7; a wrong ε, decay or correction by 3e-5 and more.
pub const TOLERANCE: f64 = 1e-5;

const SAMPLES: usize = 64;

/// A summary of all parameters, small enough to be sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Their sum.
    pub sum: f64,
    /// The sum of their absolute values.
    pub absolute_sum: f64,
    /// Evenly spaced ones, the first among them.
    pub samples: Vec<f64>,
}

impl Fingerprint {
    /// The fingerprint of these parameters, which number `length`.
    ///
    /// # Errors
    /// If a parameter is not finite: JSON has no numbers for that.
    pub fn of(parameters: impl Iterator<Item = f64>, length: usize) -> Result<Self> {
        let mut fingerprint = Self { sum: 0.0, absolute_sum: 0.0, samples: Vec::new() };
        for (index, parameter) in parameters.enumerate() {
            ensure!(parameter.is_finite(), "parameter {index} became {parameter}");
            fingerprint.sum += parameter;
            fingerprint.absolute_sum += parameter.abs();
            if index == fingerprint.samples.len() * length / SAMPLES {
                fingerprint.samples.push(parameter);
            }
        }
        Ok(fingerprint)
    }

    /// The largest difference from `expected`, relative to the size of the parameters.
    ///
    /// # Errors
    /// If the two are of different numbers of parameters.
    pub fn difference(&self, expected: &Self, parameters: usize) -> Result<f64> {
        let (found, wanted) = (self.samples.len(), expected.samples.len());
        ensure!(found == wanted, "the fingerprint has {found} samples instead of {wanted}");
        let of_sum = (self.sum - expected.sum).abs() / expected.absolute_sum;
        let of_size = (self.absolute_sum - expected.absolute_sum).abs() / expected.absolute_sum;
        let mean = expected.absolute_sum / parameters as f64;
        let of_samples =
            self.samples.iter().zip(&expected.samples).map(|(a, b)| (a - b).abs() / mean);
        Ok(of_samples.fold(of_sum.max(of_size), f64::max))
    }
}

/// What the formulas give for a case.
///
/// # Errors
/// If the formulas give something that is not finite.
pub fn expected(case: &Case) -> Result<Fingerprint> {
    Fingerprint::of((0..case.parameters).map(|index| parameter(case, index)), case.parameters)
}

/// One parameter after the checked steps.
fn parameter(case: &Case, index: usize) -> f64 {
    let h = case.hyperparameters;
    let (mut theta, mut first, mut second) = (f64::from(data::start(index)), 0.0, 0.0);
    for (step, scale) in (1..).zip(CHECKED_STEPS) {
        let g = f64::from(data::gradient(index)) * f64::from(scale);
        match case.rule {
            Rule::Sgd => theta -= h.learning_rate * g,
            Rule::Momentum => {
                first = h.momentum * first + g;
                theta -= h.learning_rate * first;
            }
            Rule::Adam | Rule::AdamW => {
                first = h.beta1 * first + (1.0 - h.beta1) * g;
                second = h.beta2 * second + (1.0 - h.beta2) * g * g;
                let first_hat = first / (1.0 - h.beta1.powi(step));
                let second_hat = second / (1.0 - h.beta2.powi(step));
                theta -= h.learning_rate * h.weight_decay * theta;
                theta -= h.learning_rate * first_hat / (second_hat.sqrt() + h.eps);
            }
        }
    }
    theta
}

#[cfg(test)]
mod tests {
    use super::{TOLERANCE, expected};
    use crate::case::{Case, Hyperparameters, Rule, cases};

    type Change = fn(&mut Hyperparameters);

    #[test]
    fn every_hyperparameter_that_a_rule_reads_shows_in_the_fingerprint() {
        let changes: [(Change, &[Rule]); 6] = [
            (|h| h.learning_rate *= 1.01, &Rule::ALL),
            (|h| h.momentum = 0.91, &[Rule::Momentum]),
            (|h| h.beta1 = 0.91, &[Rule::Adam, Rule::AdamW]),
            (|h| h.beta2 = 0.998, &[Rule::Adam, Rule::AdamW]),
            (|h| h.eps = 1e-7, &[Rule::Adam, Rule::AdamW]),
            (|h| h.weight_decay = 0.0, &[Rule::AdamW]),
        ];
        for (change, readers) in changes {
            for case in cases(&Rule::ALL, &[1_000], &[1]) {
                let mut hyperparameters = case.hyperparameters;
                change(&mut hyperparameters);
                let changed = expected(&Case { hyperparameters, ..case }).unwrap();
                let difference =
                    changed.difference(&expected(&case).unwrap(), case.parameters).unwrap();
                let noticed = difference > 2.0 * TOLERANCE;
                assert_eq!(
                    noticed,
                    readers.contains(&case.rule),
                    "{hyperparameters:?}: {difference}"
                );
            }
        }
    }
}
