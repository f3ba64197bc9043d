//! The floating-point types an optimizer runs in.

use ndarray::NdFloat;
use serde::{Serialize, de::DeserializeOwned};

/// `f64`, in which the book teaches, or `f32`, in which models are trained.
///
/// Hyperparameters are always `f64`, as in PyTorch; a rule converts them once a step.
pub trait Real: NdFloat + Default + Serialize + DeserializeOwned {
    /// The type as Rust writes it.
    const NAME: &'static str;

    /// The value of this type nearest to `value`.
    fn of(value: f64) -> Self;

    /// This value as an `f64`, exactly.
    fn as_f64(self) -> f64;

    /// −1, 0 or 1. Unlike `signum`, zero has sign 0, as in NumPy, PyTorch and JAX.
    fn sign(self) -> Self {
        if self > Self::zero() {
            Self::one()
        } else if self < Self::zero() {
            -Self::one()
        } else {
            Self::zero()
        }
    }
}

impl Real for f64 {
    const NAME: &'static str = "f64";

    fn of(value: f64) -> Self {
        value
    }

    fn as_f64(self) -> f64 {
        self
    }
}

impl Real for f32 {
    const NAME: &'static str = "f32";

    fn of(value: f64) -> Self {
        value as f32
    }

    fn as_f64(self) -> f64 {
        f64::from(self)
    }
}
