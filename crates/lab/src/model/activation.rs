//! Nonlinearities between layers.

use ndarray::Array2;

/// A function of one number, applied to every entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// The hyperbolic tangent.
    Tanh,
    /// max(0, x).
    Relu,
}

impl Activation {
    pub(super) fn apply(self, values: &mut Array2<f64>) {
        match self {
            Self::Tanh => values.mapv_inplace(libm::tanh),
            Self::Relu => values.mapv_inplace(|x| x.max(0.0)),
        }
    }

    /// Turns the gradient with respect to `values`, which this function gave, into that with respect
    /// to what it was given.
    pub(super) fn backward(self, values: &Array2<f64>, error: &mut Array2<f64>) {
        error.zip_mut_with(values, |e, &value| {
            *e *= match self {
                Self::Tanh => 1.0 - value * value,
                Self::Relu => f64::from(value > 0.0),
            }
        });
    }

    /// The variance of initial weights for a unit with this many inputs that keeps the size of
    /// signals: 1 / inputs for tanh, 2 / inputs for ReLU (He, Zhang, Ren and Sun 2015, section 2.2).
    pub(super) fn initial_variance(self, inputs: usize) -> f64 {
        match self {
            Self::Tanh => 1.0 / inputs as f64,
            Self::Relu => 2.0 / inputs as f64,
        }
    }
}
