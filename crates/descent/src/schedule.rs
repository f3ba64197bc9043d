//! The learning rate as a function of the step.

use crate::HyperparameterError;
use crate::schedules::*;
use serde::{Deserialize, Serialize};

/// A learning rate for every step.
///
/// A schedule remembers nothing: it gives the rate of any step when asked, so a run that resumes
/// at a step has the rate it would have had. A plain `f64` is the constant schedule:
///
/// ```
/// use descent::Schedule;
///
/// assert_eq!(0.1.learning_rate(1), 0.1);
/// assert_eq!(0.1.learning_rate(1_000), 0.1);
/// ```
///
/// Past its end a schedule holds its last value.
pub trait Schedule {
    /// The learning rate of this step; the first step is 1, and 0 is taken for it.
    fn learning_rate(&self, step: u64) -> f64;

    /// Refuses hyperparameters outside the range in which the schedule is defined.
    ///
    /// # Errors
    /// Names the hyperparameter, its value and the range it must lie in.
    fn validate(&self) -> Result<(), HyperparameterError>;

    /// The rates of the first steps, for drawing.
    fn rates(&self, steps: u64) -> Vec<f64> {
        (1..=steps).map(|step| self.learning_rate(step)).collect()
    }
}

impl Schedule for f64 {
    fn learning_rate(&self, _step: u64) -> f64 {
        *self
    }

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_non_negative("constant schedule", "learning_rate", *self)
    }
}

/// Lists the schedules: makes [`AnySchedule`] of them, and each of them an `AnySchedule`.
macro_rules! any_schedule {
    ($($schedule:ident),+ $(,)?) => {
        /// Any of the schedules, so that groups and checkpoints can hold whichever was chosen.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "each variant is the schedule of its name")]
        pub enum AnySchedule {
            Constant(f64),
            $($schedule($schedule)),+
        }

        impl Schedule for AnySchedule {
            fn learning_rate(&self, step: u64) -> f64 {
                match self {
                    Self::Constant(rate) => rate.learning_rate(step),
                    $(Self::$schedule(schedule) => schedule.learning_rate(step)),+
                }
            }

            fn validate(&self) -> Result<(), HyperparameterError> {
                match self {
                    Self::Constant(rate) => rate.validate(),
                    $(Self::$schedule(schedule) => schedule.validate()),+
                }
            }
        }

        $(impl From<$schedule> for AnySchedule {
            fn from(schedule: $schedule) -> Self {
                Self::$schedule(schedule)
            }
        })+
    };
}

any_schedule! {
    StepDecay, Exponential, Polynomial, Linear, Cosine, CosineRestarts, Cyclic, OneCycle,
    WarmupCosine, InverseSqrt, WarmupStableDecay, Table, Warmup, Sequence, Restarts, Scaled,
}

impl From<f64> for AnySchedule {
    fn from(rate: f64) -> Self {
        Self::Constant(rate)
    }
}

/// How far step `step` (from 1) is on its way to the end of `length` steps: 0 at the first step,
/// 1 from step `length` + 1 on.
pub(crate) fn progress(step: u64, length: u64) -> f64 {
    step.saturating_sub(1).min(length) as f64 / length.max(1) as f64
}

/// A straight line from `start` to `end`, both exact, as `progress` goes from 0 to 1.
pub(crate) fn straight_line(start: f64, end: f64, progress: f64) -> f64 {
    (1.0 - progress) * start + progress * end
}

/// Half a cosine wave from `start` to `end`, as `progress` goes from 0 to 1.
pub(crate) fn half_cosine(start: f64, end: f64, progress: f64) -> f64 {
    end + (start - end) * (1.0 + libm::cos(std::f64::consts::PI * progress)) / 2.0
}

/// Passes schedules whose rates and lengths are in their ranges, by the names of their fields.
pub(crate) fn check(
    schedule: &'static str,
    rates: &[(&'static str, f64)],
    lengths: &[(&'static str, u64)],
) -> Result<(), HyperparameterError> {
    for &(name, rate) in rates {
        HyperparameterError::check_non_negative(schedule, name, rate)?;
    }
    for &(name, length) in lengths {
        HyperparameterError::check_positive(schedule, name, length as f64)?;
    }
    Ok(())
}
