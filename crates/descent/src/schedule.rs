//! The learning rate as a function of the step.

/// A learning rate for every step.
///
/// A plain `f64` is the constant schedule:
///
/// ```
/// use descent::Schedule;
///
/// assert_eq!(0.1.learning_rate(1), 0.1);
/// assert_eq!(0.1.learning_rate(1_000), 0.1);
/// ```
pub trait Schedule {
    /// The learning rate of this step; the first step is 1.
    fn learning_rate(&self, step: u64) -> f64;
}

impl Schedule for f64 {
    fn learning_rate(&self, _step: u64) -> f64 {
        *self
    }
}
