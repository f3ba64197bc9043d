//! Adam with parts left out or put in, to see what each part does.

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

/// Adam whose denominator is the larger of this step's v̂ and the last one's: what AMSGrad becomes when
/// its maximum is taken over two terms instead of all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoTermMaximum {
    /// The hyperparameters.
    pub adam: Adam,
}

impl Elementwise for TwoTermMaximum {
    type Memory<F: Real> = [F; 3];
    const MEMORY: &'static [&'static str] =
        &["first_moment", "second_moment", "last_second_moment"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        Elementwise::validate(&self.adam)
    }

    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 3]> {
        let Adam { beta1, beta2, eps } = self.adam;
        let [first_correction, second_correction] =
            [beta1, beta2].map(|beta| F::of(bias_correction(beta, step)));
        let [one_minus_beta1, one_minus_beta2] = [1.0 - beta1, 1.0 - beta2].map(F::of);
        let [learning_rate, beta1, beta2, eps] = [learning_rate, beta1, beta2, eps].map(F::of);
        move |theta, g, [m, v, last]| {
            let m = beta1 * m + one_minus_beta1 * g;
            let v = beta2 * v + one_minus_beta2 * g * g;
            let v_hat = second_correction * v;
            let larger = v_hat.max(last);
            (theta - learning_rate * first_correction * m / (larger.sqrt() + eps), [m, v, v_hat])
        }
    }
}

/// What a run that goes on from a checkpoint has lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Whether m starts again at zero.
    pub first_moment: bool,
    /// Whether v starts again at zero.
    pub second_moment: bool,
    /// Whether the step count starts again at one.
    pub step_count: bool,
}

/// Adam that is interrupted and goes on without a part of its state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InterruptedAdam {
    /// The hyperparameters.
    pub adam: Adam,
    /// After how many steps it is interrupted.
    pub after: u64,
    /// What is lost then.
    pub lost: Lost,
}

impl Elementwise for InterruptedAdam {
    type Memory<F: Real> = [F; 2];
    const MEMORY: &'static [&'static str] = Adam::MEMORY;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Elementwise::validate(&self.adam)
    }

    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 2]> {
        let Self { after, lost, .. } = *self;
        let counted = if lost.step_count && step > after { step - after } else { step };
        let inner = Elementwise::update::<F>(&self.adam, counted, learning_rate);
        let kept = |is_lost| F::of(if is_lost && step == after + 1 { 0.0 } else { 1.0 });
        let [keep_m, keep_v] = [lost.first_moment, lost.second_moment].map(kept);
        move |theta, g, [m, v]| inner(theta, g, [keep_m * m, keep_v * v])
    }
}

/// Adam as it is built in a hurry: every usual slip can be switched on by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaultyAdam {
    /// The hyperparameters, and the corrections that are made.
    pub adam: PartlyCorrectedAdam,
    /// λ of the decay that is added to the gradient.
    pub coupled_decay: f64,
    /// λ of the decay that is taken beside the step, times the rate.
    pub decoupled_decay: f64,
    /// After how many steps moments and step count are lost.
    pub forgets_after: Option<u64>,
    /// Whether parameters and moments are rounded to bf16, to the nearest.
    pub bf16: bool,
}

impl Elementwise for FaultyAdam {
    type Memory<F: Real> = [F; 2];
    const MEMORY: &'static [&'static str] = Adam::MEMORY;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Elementwise::validate(&self.adam)
    }

    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 2]> {
        let since = self.forgets_after.filter(|after| step > *after).unwrap_or(0);
        let kept = F::of(if since > 0 && step == since + 1 { 0.0 } else { 1.0 });
        let inner = self.adam.update::<F>(step - since, learning_rate);
        let coupled = F::of(self.coupled_decay);
        let shrunk = F::of(1.0 - learning_rate * self.decoupled_decay);
        let rounded = self.bf16;
        let stored = move |x: F| match rounded {
            true => F::of(half::bf16::from_f64(x.as_f64()).to_f64()),
            false => x,
        };
        move |theta, g, [m, v]| {
            let (theta, [m, v]) = inner(shrunk * theta, g + coupled * theta, [kept * m, kept * v]);
            (stored(theta), [stored(m), stored(v)])
        }
    }

    fn denominator<F: Real>(&self, step: u64, [_, v]: &[F; 2]) -> Option<F> {
        let since = self.forgets_after.filter(|after| step > *after).unwrap_or(0);
        let PartlyCorrectedAdam { adam, corrections } = self.adam;
        let factor =
            if corrections.second { bias_correction(adam.beta2, step - since) } else { 1.0 };
        Some((F::of(factor) * *v).sqrt() + F::of(adam.eps))
    }
}

#[cfg(test)]
mod tests {
    use super::{Corrections, FaultyAdam, InterruptedAdam, Lost, PartlyCorrectedAdam};
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

    #[test]
    fn an_interruption_that_loses_nothing_is_none_and_one_that_loses_all_is_a_new_start() {
        let (adam, start) = (Adam::default(), [-1.0, 2.0]);
        let run = |lost| {
            let rule = InterruptedAdam { adam, after: 50, lost };
            descend(&Rosenbrock, rule, 0.05, &start, 100).unwrap()
        };
        assert_eq!(run(Lost::default()), descend(&Rosenbrock, adam, 0.05, &start, 100).unwrap());
        let all = run(Lost { first_moment: true, second_moment: true, step_count: true });
        let anew = descend(&Rosenbrock, adam, 0.05, &all.points[50], 50).unwrap();
        assert_eq!(all.points[50..], anew.points[..]);
    }

    #[test]
    fn faulty_adam_without_faults_is_adam_and_with_decay_beside_the_step_adamw() {
        let adam = PartlyCorrectedAdam { adam: Adam::default(), corrections: Corrections::BOTH };
        let healthy = FaultyAdam {
            adam,
            coupled_decay: 0.0,
            decoupled_decay: 0.0,
            forgets_after: None,
            bf16: false,
        };
        let descend = |rule| descend(&Rosenbrock, rule, 0.05, &[-1.0, 2.0], 50).unwrap();
        let ours = descend(healthy);
        let adams = crate::landscape::descend(&Rosenbrock, Adam::default(), 0.05, &[-1.0, 2.0], 50);
        assert_eq!(ours, adams.unwrap());
        let adamw = descent::AdamW { weight_decay: 0.1, ..descent::AdamW::default() };
        let theirs = crate::landscape::descend(&Rosenbrock, adamw, 0.05, &[-1.0, 2.0], 50);
        assert_eq!(descend(FaultyAdam { decoupled_decay: 0.1, ..healthy }), theirs.unwrap());
        for faulty in [
            FaultyAdam { coupled_decay: 0.1, ..healthy },
            FaultyAdam { forgets_after: Some(20), ..healthy },
            FaultyAdam { bf16: true, ..healthy },
        ] {
            assert_ne!(descend(faulty), ours, "{faulty:?}");
        }
    }
}
