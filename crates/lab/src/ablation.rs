//! Adam with parts left out, to see what each part does.

use descent::{Adam, Elementwise, HyperparameterError, Real, Update, bias_correction};
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

impl Elementwise for PartlyCorrectedAdam {
    type Memory<F: Real> = [F; 2];
    const MEMORY: &'static [&'static str] = Adam::MEMORY;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Elementwise::validate(&self.adam)
    }

    // ANCHOR: update
    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 2]> {
        let Adam { beta1, beta2, eps } = self.adam;
        let correction = |kept, beta| F::of(if kept { bias_correction(beta, step) } else { 1.0 });
        let first_correction = correction(self.corrections.first, beta1);
        let second_correction = correction(self.corrections.second, beta2);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - beta1, 1.0 - beta2].map(F::of);
        let [learning_rate, beta1, beta2, eps] = [learning_rate, beta1, beta2, eps].map(F::of);
        move |theta, g, [m, v]| {
            let m = beta1 * m + one_minus_beta1 * g;
            let v = beta2 * v + one_minus_beta2 * g * g;
            let m_hat = first_correction * m;
            let v_hat = second_correction * v;
            (theta - learning_rate * m_hat / (v_hat.sqrt() + eps), [m, v])
        }
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
