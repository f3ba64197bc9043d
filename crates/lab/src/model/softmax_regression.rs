//! Softmax regression: one matrix of weights and a bias for each class.

use super::{Classifier, Model, cross_entropy, matrix, sum_rows, vector};
use crate::data::{DIGIT_CLASSES, DIGIT_PIXELS, Examples};
use crate::linalg::matmul;
use crate::random::Stream;
use descent::Tensors;
use ndarray::{Array1, Array2};

/// Scores linear in the inputs; the loss is convex. Starts at zero, whatever the seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoftmaxRegression {
    features: usize,
    classes: usize,
}

impl SoftmaxRegression {
    /// A model for this many features and classes.
    pub fn new(features: usize, classes: usize) -> Self {
        Self { features, classes }
    }

    /// A model for the 8 × 8 digits: 650 parameters.
    pub fn for_digits() -> Self {
        Self::new(DIGIT_PIXELS, DIGIT_CLASSES)
    }
}

impl Model for SoftmaxRegression {
    type Data = Examples;

    fn initial(&self, _stream: &mut Stream) -> Tensors<f64> {
        Tensors::new()
            .with("weight", Array2::zeros((self.features, self.classes)).into_dyn())
            .with("bias", Array1::zeros(self.classes).into_dyn())
    }

    fn loss_and_gradient(
        &self,
        parameters: &Tensors<f64>,
        examples: &Examples,
    ) -> (f64, Tensors<f64>) {
        let scores = self.scores(parameters, &examples.inputs);
        let (loss, error) = cross_entropy(scores, &examples.labels);
        let gradient = Tensors::new()
            .with("weight", matmul(examples.inputs.t(), error.view()).into_dyn())
            .with("bias", sum_rows(&error).into_dyn());
        (loss, gradient)
    }

    fn loss(&self, parameters: &Tensors<f64>, examples: &Examples) -> f64 {
        cross_entropy(self.scores(parameters, &examples.inputs), &examples.labels).0
    }
}

impl Classifier for SoftmaxRegression {
    fn scores(&self, parameters: &Tensors<f64>, inputs: &Array2<f64>) -> Array2<f64> {
        matmul(inputs.view(), matrix(parameters, "weight")) + vector(parameters, "bias")
    }
}
