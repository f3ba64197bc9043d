//! The multi-layer perceptron: linear maps with a nonlinearity between them.

use super::{Classifier, Model, cross_entropy, matrix, sum_rows, vector};
use crate::data::Examples;
use crate::linalg::matmul;
use crate::random::Stream;
use descent::Tensors;
use ndarray::{Array1, Array2};

/// A fully connected network with tanh or ReLU units.
///
/// Weights start as draws from a normal distribution, of variance 1 / inputs for tanh and
/// 2 / inputs for ReLU (He, Zhang, Ren and Sun 2015, section 2.2); biases start at zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp {
    widths: Vec<usize>,
    activation: Activation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activation {
    Tanh,
    Relu,
}

impl Activation {
    fn value(self, x: f64) -> f64 {
        match self {
            Self::Tanh => libm::tanh(x),
            Self::Relu => x.max(0.0),
        }
    }

    /// The derivative, written in terms of the value, which is what the forward pass kept.
    fn slope(self, value: f64) -> f64 {
        match self {
            Self::Tanh => 1.0 - value * value,
            Self::Relu => f64::from(value > 0.0),
        }
    }

    fn initial_variance(self, inputs: usize) -> f64 {
        match self {
            Self::Tanh => 1.0 / inputs as f64,
            Self::Relu => 2.0 / inputs as f64,
        }
    }
}

impl Mlp {
    /// A network of tanh units; `widths` lists inputs, hidden layers and classes.
    pub fn tanh(widths: &[usize]) -> Self {
        Self { widths: widths.to_vec(), activation: Activation::Tanh }
    }

    /// A network of ReLU units; `widths` lists inputs, hidden layers and classes.
    pub fn relu(widths: &[usize]) -> Self {
        Self { widths: widths.to_vec(), activation: Activation::Relu }
    }

    fn layers(&self) -> usize {
        self.widths.len() - 1
    }

    /// The inputs, then what each layer passes on; the last entry holds the scores.
    fn forward(&self, parameters: &Tensors<f64>, inputs: &Array2<f64>) -> Vec<Array2<f64>> {
        let mut values = vec![inputs.clone()];
        for layer in 1..=self.layers() {
            let weight = matrix(parameters, &weight_name(layer));
            let bias = vector(parameters, &bias_name(layer));
            let mut value = matmul(values[layer - 1].view(), weight) + bias;
            if layer < self.layers() {
                value.mapv_inplace(|x| self.activation.value(x));
            }
            values.push(value);
        }
        values
    }
}

fn weight_name(layer: usize) -> String {
    format!("weight{layer}")
}

fn bias_name(layer: usize) -> String {
    format!("bias{layer}")
}

impl Model for Mlp {
    type Data = Examples;

    fn initial(&self, stream: &mut Stream) -> Tensors<f64> {
        let mut parameters = Tensors::new();
        for (layer, shape) in self.widths.windows(2).enumerate() {
            let (inputs, outputs) = (shape[0], shape[1]);
            let scale = self.activation.initial_variance(inputs).sqrt();
            let weight =
                Array2::from_shape_simple_fn((inputs, outputs), || scale * stream.normal());
            parameters = parameters
                .with(&weight_name(layer + 1), weight.into_dyn())
                .with(&bias_name(layer + 1), Array1::zeros(outputs).into_dyn());
        }
        parameters
    }

    fn loss_and_gradient(
        &self,
        parameters: &Tensors<f64>,
        examples: &Examples,
    ) -> (f64, Tensors<f64>) {
        let mut values = self.forward(parameters, &examples.inputs);
        let scores = values.pop().unwrap_or_else(|| examples.inputs.clone());
        let (loss, mut error) = cross_entropy(scores, &examples.labels);
        let mut gradients = Vec::new();
        for layer in (1..=self.layers()).rev() {
            let input = &values[layer - 1];
            let weight_gradient = matmul(input.t(), error.view());
            gradients.push((layer, weight_gradient, sum_rows(&error)));
            if layer > 1 {
                error = matmul(error.view(), matrix(parameters, &weight_name(layer)).t());
                error.zip_mut_with(input, |e, &value| *e *= self.activation.slope(value));
            }
        }
        let gradient =
            gradients.into_iter().rev().fold(Tensors::new(), |tensors, (layer, weight, bias)| {
                tensors
                    .with(&weight_name(layer), weight.into_dyn())
                    .with(&bias_name(layer), bias.into_dyn())
            });
        (loss, gradient)
    }

    fn loss(&self, parameters: &Tensors<f64>, examples: &Examples) -> f64 {
        cross_entropy(self.scores(parameters, &examples.inputs), &examples.labels).0
    }
}

impl Classifier for Mlp {
    fn scores(&self, parameters: &Tensors<f64>, inputs: &Array2<f64>) -> Array2<f64> {
        self.forward(parameters, inputs).pop().unwrap_or_else(|| inputs.clone())
    }
}
