//! Adam with parts left out, to see what each part does.

use descent::{Adam, HyperparameterError, Moments, Rule};
use ndarray::{ArrayD, Zip};
use serde::{Deserialize, Serialize};

/// Which of Adam's two bias corrections are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrections {
    /// Whether m is divided by 1 − β₁ᵗ.
    pub first: bool,
    /// Whether v is divided by 1 − β₂ᵗ.
    pub second: bool,
}

impl Corrections {
    /// Both corrections: Adam as published.
    pub const BOTH: Self = Self { first: true, second: true };
    /// Neither correction.
    pub const NEITHER: Self = Self { first: false, second: false };
    /// Only m is corrected.
    pub const FIRST_ONLY: Self = Self { first: true, second: false };
    /// Only v is corrected.
    pub const SECOND_ONLY: Self = Self { first: false, second: true };
}

/// Adam with one or both of its bias corrections left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartlyCorrectedAdam {
    /// The hyperparameters.
    pub adam: Adam,
    /// The corrections that are kept.
    pub corrections: Corrections,
}

impl Rule<f64> for PartlyCorrectedAdam {
    type State = Moments<f64>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Rule::<f64>::validate(&self.adam)
    }

    fn state(&self, shape: &[usize]) -> Self::State {
        Moments::zeros(shape)
    }

    // ANCHOR: update
    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<f64>,
        gradient: &ArrayD<f64>,
        state: &mut Self::State,
    ) {
        let Adam { beta1, beta2, eps } = self.adam;
        let correction = |kept, beta| {
            if kept { 1.0 - libm::pow(beta, step as f64) } else { 1.0 }
        };
        let first_correction = correction(self.corrections.first, beta1);
        let second_correction = correction(self.corrections.second, beta2);
        let Moments { first_moment, second_moment } = state;
        Zip::from(parameter).and(gradient).and(first_moment).and(second_moment).for_each(
            |theta, &g, m, v| {
                *m = beta1 * *m + (1.0 - beta1) * g;
                *v = beta2 * *v + (1.0 - beta2) * g * g;
                *theta -= learning_rate * (*m / first_correction)
                    / ((*v / second_correction).sqrt() + eps);
            },
        );
    }
    // ANCHOR_END: update
}

#[cfg(test)]
mod tests {
    use super::{Corrections, PartlyCorrectedAdam};
    use crate::landscape::{Rosenbrock, descend};
    use descent::Adam;

    #[test]
    fn with_both_corrections_it_is_adam_to_the_last_bit() {
        let adam = Adam::default();
        let corrections = Corrections::BOTH;
        let start = [-1.0, 2.0];
        let partly = PartlyCorrectedAdam { adam, corrections };
        let ours = descend(&Rosenbrock, partly, 0.05, &start, 200).unwrap();
        assert_eq!(ours, descend(&Rosenbrock, adam, 0.05, &start, 200).unwrap());
    }
}
