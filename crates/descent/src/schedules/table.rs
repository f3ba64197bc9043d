//! A rate for each step, written down: for schedules of your own.

use crate::{HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// A list of rates, the first for step 1. After its end the last one holds.
///
/// ```
/// use descent::{Schedule, Table};
///
/// let sawtooth = Table::of(100, |t| 0.1 * (1.0 - (t % 25) as f64 / 25.0));
/// assert_eq!(sawtooth.learning_rate(26), 0.1);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The rates, each at least 0; at least one of them.
    pub rates: Vec<f64>,
}

impl Table {
    /// The rates of `steps` steps, from a function of t, which is 0 at the first step.
    pub fn of(steps: u64, rate: impl Fn(u64) -> f64) -> Self {
        Self { rates: (0..steps).map(rate).collect() }
    }
}

impl Schedule for Table {
    fn learning_rate(&self, step: u64) -> f64 {
        let place = usize::try_from(step.saturating_sub(1)).unwrap_or(usize::MAX);
        self.rates.get(place).or(self.rates.last()).copied().unwrap_or(f64::NAN)
    }

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_positive("Table", "rates.len()", self.rates.len() as f64)?;
        for (place, &rate) in self.rates.iter().enumerate() {
            HyperparameterError::check_non_negative("Table", format!("rates[{place}]"), rate)?;
        }
        Ok(())
    }
}
