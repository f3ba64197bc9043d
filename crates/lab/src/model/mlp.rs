//! The multi-layer perceptron: linear maps with a nonlinearity between them.

use super::normalization::{self, Normalization};
use super::{Activation, Network, in_order, matrix, normal_matrix, sum_rows, vector};
use crate::linalg::matmul;
use crate::random::Stream;
use descent::Tensors;
use ndarray::{Array1, Array2};

/// A fully connected network with tanh or ReLU units.
///
/// Weights start as draws from a normal distribution, of variance 1 / inputs for tanh and
/// 2 / inputs for ReLU (He, Zhang, Ren and Sun 2015, section 2.2), times the square of the gain;
/// biases start at zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp {
    widths: Vec<usize>,
    activation: Activation,
    norm: Option<Normalization>,
    gain: f64,
}

/// What each layer was given, and what its norm needs.
pub struct Pass {
    inputs: Vec<Array2<f64>>,
    norms: Vec<normalization::Pass>,
}

impl Mlp {
    /// A network of tanh units; `widths` lists inputs, hidden layers and outputs.
    pub fn tanh(widths: &[usize]) -> Self {
        Self { widths: widths.to_vec(), activation: Activation::Tanh, norm: None, gain: 1.0 }
    }

    /// A network of ReLU units; `widths` lists inputs, hidden layers and outputs.
    pub fn relu(widths: &[usize]) -> Self {
        Self { activation: Activation::Relu, ..Self::tanh(widths) }
    }

    /// This network with a norm between each linear map and its nonlinearity.
    #[must_use]
    pub fn normalized(self, norm: Normalization) -> Self {
        Self { norm: Some(norm), ..self }
    }

    /// This network with initial weights `gain` times as large.
    #[must_use]
    pub fn with_gain(self, gain: f64) -> Self {
        Self { gain, ..self }
    }

    fn layers(&self) -> usize {
        self.widths.len() - 1
    }

    /// The outputs, and with them the population statistics of `inputs` where they are asked for.
    fn run(
        &self,
        parameters: &Tensors<f64>,
        inputs: &Array2<f64>,
        mut population: Option<&mut Tensors<f64>>,
    ) -> (Array2<f64>, Pass) {
        let mut pass = Pass { inputs: Vec::new(), norms: Vec::new() };
        let mut value = inputs.clone();
        for layer in 1..=self.layers() {
            let weight = matrix(parameters, &format!("weight{layer}"));
            let mut next =
                matmul(value.view(), weight) + vector(parameters, &format!("bias{layer}"));
            pass.inputs.push(value);
            if layer < self.layers() {
                if let Some(norm) = self.norm {
                    let name = layer.to_string();
                    if let Some(tensors) = population.as_deref_mut() {
                        *tensors = norm.with_population(std::mem::take(tensors), &name, &next);
                    }
                    let (normalized, kept) = norm.forward(parameters, &name, &next);
                    pass.norms.push(kept);
                    next = normalized;
                }
                self.activation.apply(&mut next);
            }
            value = next;
        }
        (value, pass)
    }
}

impl Network for Mlp {
    type Pass = Pass;

    fn initial(&self, stream: &mut Stream) -> Tensors<f64> {
        let mut parameters = Tensors::new();
        for (layer, shape) in (1..).zip(self.widths.windows(2)) {
            let (inputs, outputs) = (shape[0], shape[1]);
            let deviation = self.gain * self.activation.initial_variance(inputs).sqrt();
            let weight = normal_matrix((inputs, outputs), deviation, stream);
            parameters = parameters
                .with(&format!("weight{layer}"), weight.into_dyn())
                .with(&format!("bias{layer}"), Array1::zeros(outputs).into_dyn());
            if layer < self.layers() && self.norm.is_some() {
                parameters = Normalization::initial(parameters, &layer.to_string(), outputs);
            }
        }
        parameters
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
        mut error: Array2<f64>,
    ) -> Tensors<f64> {
        let mut found = Tensors::new();
        for layer in (1..=self.layers()).rev() {
            let input = &pass.inputs[layer - 1];
            let weight = format!("weight{layer}");
            found = found
                .with(&weight, matmul(input.t(), error.view()).into_dyn())
                .with(&format!("bias{layer}"), sum_rows(&error).into_dyn());
            if layer == 1 {
                break;
            }
            error = matmul(error.view(), matrix(parameters, &weight).t());
            self.activation.backward(input, &mut error);
            if let Some(norm) = self.norm {
                let (name, kept) = ((layer - 1).to_string(), &pass.norms[layer - 2]);
                (error, found) = norm.backward(parameters, &name, kept, error, found);
            }
        }
        in_order(parameters, found)
    }

    fn for_evaluation(&self, parameters: &Tensors<f64>, inputs: &Array2<f64>) -> Tensors<f64> {
        let mut population = parameters.clone();
        if self.norm.is_some() {
            self.run(parameters, inputs, Some(&mut population));
        }
        population
    }
}
