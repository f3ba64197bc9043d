//! The floating-point types an optimizer runs in.

use ndarray::NdFloat;

/// `f64`, in which the book teaches, or `f32`, in which models are trained.
///
/// Hyperparameters are always `f64`, as in PyTorch; a rule converts them once a step.
pub trait Real: NdFloat {
    /// The value of this type nearest to `value`.
    fn of(value: f64) -> Self;

    /// This value as an `f64`, exactly.
    fn as_f64(self) -> f64;
}

impl Real for f64 {
    fn of(value: f64) -> Self {
        value
    }

    fn as_f64(self) -> f64 {
        self
    }
}

impl Real for f32 {
    fn of(value: f64) -> Self {
        value as f32
    }

    fn as_f64(self) -> f64 {
        f64::from(self)
    }
}
