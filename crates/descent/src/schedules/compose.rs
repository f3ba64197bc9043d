//! Schedules made of schedules.
//!
//! ```
//! use descent::{Cosine, Schedule, Warmup};
//!
//! let cosine = Cosine { base_lr: 1e-3, min_lr: 0.0, total_steps: 900 };
//! let schedule = Warmup::new(100, cosine);
//! assert_eq!(schedule.learning_rate(50), 0.5e-3);
//! assert_eq!(schedule.learning_rate(100), 1e-3);
//! assert_eq!(schedule.learning_rate(1001), 0.0);
//! ```

use crate::schedule::check;
use crate::{AnySchedule, HyperparameterError, Schedule};
use serde::{Deserialize, Serialize};

/// A linear warmup, then any schedule from its beginning.
///
/// Step k of w has k/w of the other schedule's first rate, so that no step has the rate zero and
/// the last step of the warmup has the full rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warmup {
    /// w, how many steps the warmup has; 0 is none.
    pub steps: u64,
    /// What follows.
    pub then: Box<AnySchedule>,
}

impl Warmup {
    /// A warmup of this many steps before a schedule.
    pub fn new(steps: u64, then: impl Into<AnySchedule>) -> Self {
        Self { steps, then: Box::new(then.into()) }
    }
}

impl Schedule for Warmup {
    fn learning_rate(&self, step: u64) -> f64 {
        let step = step.max(1);
        if step <= self.steps {
            self.then.learning_rate(1) * step as f64 / self.steps as f64
        } else {
            self.then.learning_rate(step - self.steps)
        }
    }

    fn validate(&self) -> Result<(), HyperparameterError> {
        self.then.validate()
    }
}

/// One schedule for some steps, then another from its beginning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    /// What comes first.
    pub first: Box<AnySchedule>,
    /// For how many steps.
    pub steps: u64,
    /// What follows.
    pub then: Box<AnySchedule>,
}

impl Sequence {
    /// `first` for this many steps, then `then`.
    pub fn new(first: impl Into<AnySchedule>, steps: u64, then: impl Into<AnySchedule>) -> Self {
        Self { first: Box::new(first.into()), steps, then: Box::new(then.into()) }
    }
}

impl Schedule for Sequence {
    fn learning_rate(&self, step: u64) -> f64 {
        let step = step.max(1);
        if step <= self.steps {
            self.first.learning_rate(step)
        } else {
            self.then.learning_rate(step - self.steps)
        }
    }

    fn validate(&self) -> Result<(), HyperparameterError> {
        self.first.validate()?;
        self.then.validate()
    }
}

/// The beginning of a schedule, over and over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restarts {
    /// How many steps pass before the schedule starts again: at least 1.
    pub period: u64,
    /// The schedule that is repeated.
    pub schedule: Box<AnySchedule>,
}

impl Restarts {
    /// This schedule, started again every `period` steps.
    pub fn new(period: u64, schedule: impl Into<AnySchedule>) -> Self {
        Self { period, schedule: Box::new(schedule.into()) }
    }
}

impl Schedule for Restarts {
    fn learning_rate(&self, step: u64) -> f64 {
        self.schedule.learning_rate(step.saturating_sub(1) % self.period.max(1) + 1)
    }

    fn validate(&self) -> Result<(), HyperparameterError> {
        check("Restarts", &[], &[("period", self.period)])?;
        self.schedule.validate()
    }
}

/// A schedule whose rates are all multiplied by one factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaled {
    /// The factor: at least 0.
    pub factor: f64,
    /// The schedule.
    pub schedule: Box<AnySchedule>,
}

impl Schedule for Scaled {
    fn learning_rate(&self, step: u64) -> f64 {
        self.factor * self.schedule.learning_rate(step)
    }

    fn validate(&self) -> Result<(), HyperparameterError> {
        check("Scaled", &[("factor", self.factor)], &[])?;
        self.schedule.validate()
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        CosineRestarts, Cyclic, CyclicMode, Linear, Optimizer, Restarts, Schedule, Sequence, Sgd,
        Table, Tensors, Warmup, WarmupCosine,
    };
    use ndarray::array;

    #[test]
    fn a_sequence_begins_its_second_part_anew() {
        let down = Linear { base_lr: 1.0, min_lr: 0.0, total_steps: 4 };
        let schedule = Sequence::new(0.5, 2, down);
        assert_eq!(schedule.rates(7), [0.5, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0]);
        assert_eq!(Warmup::new(2, down).rates(5), [0.5, 1.0, 1.0, 0.75, 0.5]);
        assert_eq!(Restarts::new(2, down).rates(5), [1.0, 0.75, 1.0, 0.75, 1.0]);
    }

    #[test]
    fn step_zero_is_taken_for_the_first() {
        let down = Linear { base_lr: 1.0, min_lr: 0.0, total_steps: 4 };
        assert_eq!(down.learning_rate(0), 1.0);
        assert_eq!(Restarts::new(2, down).learning_rate(0), 1.0);
        let restarts =
            CosineRestarts { base_lr: 1.0, min_lr: 0.0, first_period: 3, period_mult: 2 };
        assert_eq!(restarts.learning_rate(0), 1.0);
        assert_eq!(Table::of(3, |t| t as f64).learning_rate(0), 0.0);
        assert_eq!(Warmup::new(4, down).learning_rate(0), 0.25);
        assert_eq!(Warmup::new(0, down).learning_rate(0), 1.0);
        assert_eq!(Sequence::new(0.5, 0, down).learning_rate(0), 1.0);
        let (initial_lr, base_lr, min_lr) = (0.5, 1.0, 0.0);
        let warmup_steps = 0;
        let decay = WarmupCosine { initial_lr, base_lr, warmup_steps, total_steps: 9, min_lr };
        assert_eq!(decay.learning_rate(0), 1.0);
        let forever = Cyclic {
            base_lr: 0.1,
            max_lr: 1.0,
            step_size_up: u64::MAX,
            step_size_down: u64::MAX,
            mode: CyclicMode::Triangular,
        };
        assert!(forever.learning_rate(u64::MAX).is_finite());
    }

    #[test]
    fn late_steps_and_mistakes_do_not_hang() {
        let restarts =
            CosineRestarts { base_lr: 1.0, min_lr: 0.0, first_period: 1, period_mult: 1 };
        assert_eq!(restarts.learning_rate(u64::MAX), 1.0);
        let doubling = CosineRestarts { period_mult: 2, ..restarts };
        assert!(doubling.learning_rate(u64::MAX).is_finite());
        let parameters = Tensors::new().with("theta", array![1.0].into_dyn());
        let none = CosineRestarts { first_period: 0, ..restarts };
        let nested = Warmup::new(5, Restarts::new(3, none));
        let refusal = Optimizer::new(Sgd, nested, &parameters).err().unwrap();
        assert_eq!(
            refusal.to_string(),
            "CosineRestarts: first_period = 0 is outside its range (0, ∞); choose a value inside it"
        );
    }
}
