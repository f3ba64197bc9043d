//! Networks that predict numbers.

use super::{Model, Network};
use crate::data::Pairs;
use crate::random::Stream;
use descent::Tensors;
use ndarray::Array2;

/// A network whose loss is half the squared distance between its outputs and the targets, as a mean
/// over examples and a sum over outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Squared<N>(
    /// The network.
    pub N,
);

/// The loss, and its gradient with respect to the outputs.
fn half_squared_distance(mut outputs: Array2<f64>, targets: &Array2<f64>) -> (f64, Array2<f64>) {
    let count = targets.nrows() as f64;
    outputs -= targets;
    let loss = 0.5 * outputs.iter().map(|error| error * error).sum::<f64>() / count;
    outputs /= count;
    (loss, outputs)
}

impl<N: Network> Model for Squared<N> {
    type Data = Pairs;

    fn initial(&self, stream: &mut Stream) -> Tensors<f64> {
        self.0.initial(stream)
    }

    fn loss_and_gradient(&self, parameters: &Tensors<f64>, pairs: &Pairs) -> (f64, Tensors<f64>) {
        let (outputs, pass) = self.0.forward(parameters, &pairs.inputs);
        let (loss, error) = half_squared_distance(outputs, &pairs.targets);
        (loss, self.0.backward(parameters, pass, error))
    }

    fn loss(&self, parameters: &Tensors<f64>, pairs: &Pairs) -> f64 {
        half_squared_distance(self.0.forward(parameters, &pairs.inputs).0, &pairs.targets).0
    }

    fn for_evaluation(&self, parameters: &Tensors<f64>, training: &Pairs) -> Tensors<f64> {
        self.0.for_evaluation(parameters, &training.inputs)
    }
}
