//! One linear layer: a matrix of weights and a shift for each output.

use super::{Network, matrix, sum_rows, vector};
use crate::data::{DIGIT_CLASSES, DIGIT_PIXELS};
use crate::linalg::matmul;
use crate::random::Stream;
use descent::Tensors;
use ndarray::{Array1, Array2};

/// Outputs linear in the inputs. Starts at zero, whatever the seed.
///
/// As a classifier it is softmax regression, inside [`Squared`](super::Squared) linear regression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    features: usize,
    outputs: usize,
}

impl Linear {
    /// A layer from this many features to this many outputs.
    pub fn new(features: usize, outputs: usize) -> Self {
        Self { features, outputs }
    }

    /// A layer for the 8 × 8 digits: 650 parameters.
    pub fn for_digits() -> Self {
        Self::new(DIGIT_PIXELS, DIGIT_CLASSES)
    }
}

impl Network for Linear {
    type Pass = Array2<f64>;

    fn initial(&self, _stream: &mut Stream) -> Tensors<f64> {
        Tensors::new()
            .with("weight", Array2::zeros((self.features, self.outputs)).into_dyn())
            .with("bias", Array1::zeros(self.outputs).into_dyn())
    }

    fn forward(
        &self,
        parameters: &Tensors<f64>,
        inputs: &Array2<f64>,
    ) -> (Array2<f64>, Self::Pass) {
        let outputs =
            matmul(inputs.view(), matrix(parameters, "weight")) + vector(parameters, "bias");
        (outputs, inputs.clone())
    }

    fn backward(
        &self,
        _parameters: &Tensors<f64>,
        inputs: Self::Pass,
        error: Array2<f64>,
    ) -> Tensors<f64> {
        Tensors::new()
            .with("weight", matmul(inputs.t(), error.view()).into_dyn())
            .with("bias", sum_rows(&error).into_dyn())
    }
}
