//! A small convolutional network with batch norm.

use super::convolution::Extent;
use super::normalization::{self, Normalization};
use super::{Activation, Network, in_order, matrix, normal_matrix, sum_rows, vector};
use crate::data::{DIGIT_CLASSES, DIGIT_PIXELS};
use crate::linalg::matmul;
use crate::random::Stream;
use descent::Tensors;
use ndarray::{Array1, Array2};

/// Convolutions with 3 × 3 windows, each followed by batch norm and ReLU; then the mean over each
/// image's pixels, and a linear layer to the classes.
///
/// Weights start as He, Zhang, Ren and Sun (2015) have it, gains at 1, the last layer's weights with
/// variance 1 / channels, all shifts at 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvolutionalNetwork {
    extent: Extent,
    /// How many channels the image has and each convolution gives.
    channels: Vec<usize>,
    classes: usize,
}

const NORM: Normalization = Normalization::Batch;
const ACTIVATION: Activation = Activation::Relu;

/// What each convolution was given, as windows; what its norm needs; what it gave.
pub struct Pass {
    windows: Vec<Array2<f64>>,
    norms: Vec<normalization::Pass>,
    values: Vec<Array2<f64>>,
    means: Array2<f64>,
}

impl ConvolutionalNetwork {
    /// A network for the 8 × 8 digits with one convolution for each entry of `channels`, which gives
    /// that many channels.
    pub fn for_digits(channels: &[usize]) -> Self {
        let extent = Extent { height: 8, width: DIGIT_PIXELS / 8 };
        let channels = std::iter::once(1).chain(channels.iter().copied()).collect();
        Self { extent, channels, classes: DIGIT_CLASSES }
    }

    fn last_channels(&self) -> usize {
        self.channels[self.channels.len() - 1]
    }

    /// The outputs, and with them the population statistics of `inputs` where they are asked for.
    fn run(
        &self,
        parameters: &Tensors<f64>,
        inputs: &Array2<f64>,
        mut population: Option<&mut Tensors<f64>>,
    ) -> (Array2<f64>, Pass) {
        let (mut windows, mut norms, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let pixels: Vec<f64> = inputs.iter().copied().collect();
        let mut value =
            Array2::from_shape_vec((pixels.len(), 1), pixels).expect("one channel a pixel");
        for layer in 1..self.channels.len() {
            let gathered = self.extent.gather(&value);
            let convolved = matmul(gathered.view(), matrix(parameters, &format!("weight{layer}")));
            let name = layer.to_string();
            if let Some(tensors) = population.as_deref_mut() {
                *tensors = NORM.with_population(std::mem::take(tensors), &name, &convolved);
            }
            let (mut next, kept) = NORM.forward(parameters, &name, &convolved);
            ACTIVATION.apply(&mut next);
            windows.push(gathered);
            norms.push(kept);
            values.push(next.clone());
            value = next;
        }
        let means = self.extent.mean(&value);
        let outputs =
            matmul(means.view(), matrix(parameters, "weight")) + vector(parameters, "bias");
        (outputs, Pass { windows, norms, values, means })
    }
}

impl Network for ConvolutionalNetwork {
    type Pass = Pass;

    fn initial(&self, stream: &mut Stream) -> Tensors<f64> {
        let mut parameters = Tensors::new();
        for (layer, shape) in (1..).zip(self.channels.windows(2)) {
            let (inputs, outputs) = (9 * shape[0], shape[1]);
            let deviation = ACTIVATION.initial_variance(inputs).sqrt();
            let weight = normal_matrix((inputs, outputs), deviation, stream);
            parameters = parameters.with(&format!("weight{layer}"), weight.into_dyn());
            parameters = Normalization::initial(parameters, &layer.to_string(), outputs);
        }
        let channels = self.last_channels();
        let deviation = 1.0 / (channels as f64).sqrt();
        parameters
            .with("weight", normal_matrix((channels, self.classes), deviation, stream).into_dyn())
            .with("bias", Array1::zeros(self.classes).into_dyn())
    }

    fn forward(
        &self,
        parameters: &Tensors<f64>,
        inputs: &Array2<f64>,
    ) -> (Array2<f64>, Self::Pass) {
        self.run(parameters, inputs, None)
    }

    fn backward(
        &self,
        parameters: &Tensors<f64>,
        pass: Self::Pass,
        error: Array2<f64>,
    ) -> Tensors<f64> {
        let mut found = Tensors::new()
            .with("weight", matmul(pass.means.t(), error.view()).into_dyn())
            .with("bias", sum_rows(&error).into_dyn());
        let mean_error = matmul(error.view(), matrix(parameters, "weight").t());
        let mut error = self.extent.mean_backward(&mean_error);
        for layer in (1..self.channels.len()).rev() {
            ACTIVATION.backward(&pass.values[layer - 1], &mut error);
            let (name, kept) = (layer.to_string(), &pass.norms[layer - 1]);
            (error, found) = NORM.backward(parameters, &name, kept, error, found);
            let weight = format!("weight{layer}");
            let gradient = matmul(pass.windows[layer - 1].t(), error.view());
            found = found.with(&weight, gradient.into_dyn());
            if layer > 1 {
                let windows = matmul(error.view(), matrix(parameters, &weight).t());
                error = self.extent.scatter(&windows);
            }
        }
        in_order(parameters, found)
    }

    fn for_evaluation(&self, parameters: &Tensors<f64>, inputs: &Array2<f64>) -> Tensors<f64> {
        let mut population = parameters.clone();
        self.run(parameters, inputs, Some(&mut population));
        population
    }
}
