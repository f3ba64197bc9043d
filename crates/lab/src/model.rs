//! Models with exact gradients.
//!
//! A [`Network`] turns rows of inputs into rows of outputs and can be run backward. As it stands it
//! is a [`Classifier`]: its outputs are scores of classes, its loss the cross-entropy. Inside
//! [`Squared`] the same network predicts numbers. The [`Transformer`] predicts a text.
//!
//! Parameters are named [`Tensors`]; a forward and a backward pass are functions of them, so a model
//! itself holds nothing but its shape.

mod activation;
mod attention;
mod convolution;
mod convolutional_network;
mod linear;
mod mlp;
mod normalization;
mod squared;
mod transformer;

pub use activation::Activation;
pub use convolutional_network::ConvolutionalNetwork;
pub use linear::Linear;
pub use mlp::Mlp;
pub use normalization::Normalization;
pub use squared::Squared;
pub use transformer::{NormPlace, Transformer};

use crate::data::{Dataset, Examples};
use crate::random::Stream;
use descent::Tensors;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

/// Softmax regression: scores linear in the inputs, and a convex loss.
pub type SoftmaxRegression = Linear;

/// Linear regression: predictions linear in the inputs, and a quadratic loss.
pub type LinearRegression = Squared<Linear>;

/// Parameters and data in, a mean loss and its gradient out.
pub trait Model: Sync {
    /// What the model is fitted to.
    type Data: Dataset;

    /// Initial parameters, drawn from `stream`.
    fn initial(&self, stream: &mut Stream) -> Tensors<f64>;

    /// The mean loss over `data`, and its gradient with the parameters' names and shapes.
    fn loss_and_gradient(
        &self,
        parameters: &Tensors<f64>,
        data: &Self::Data,
    ) -> (f64, Tensors<f64>);

    /// The mean loss over `data`.
    fn loss(&self, parameters: &Tensors<f64>, data: &Self::Data) -> f64;

    /// Parameters fit for evaluation.
    ///
    /// A network with batch norm adds the population statistics of each norm, measured on
    /// `training` (Ioffe and Szegedy 2015, Algorithm 2). For all others these are the parameters.
    fn for_evaluation(&self, parameters: &Tensors<f64>, _training: &Self::Data) -> Tensors<f64> {
        parameters.clone()
    }
}

/// A model that scores classes.
pub trait Classifier: Model<Data = Examples> {
    /// One score for each example (row) and class (column).
    fn scores(&self, parameters: &Tensors<f64>, inputs: &Array2<f64>) -> Array2<f64>;

    /// The share of `examples` whose highest score is that of their label.
    fn accuracy(&self, parameters: &Tensors<f64>, examples: &Examples) -> f64 {
        let scores = self.scores(parameters, &examples.inputs);
        let hits = scores
            .rows()
            .into_iter()
            .zip(&examples.labels)
            .filter(|(row, label)| row.iter().all(|score| *score <= row[**label]));
        hits.count() as f64 / examples.len() as f64
    }
}

/// Rows of inputs in, rows of outputs out, and back.
pub trait Network: Sync {
    /// What the way back needs to know of the way forward.
    type Pass;

    /// Initial parameters, drawn from `stream`.
    fn initial(&self, stream: &mut Stream) -> Tensors<f64>;

    /// The outputs for `inputs`, one row an example.
    fn forward(&self, parameters: &Tensors<f64>, inputs: &Array2<f64>)
    -> (Array2<f64>, Self::Pass);

    /// The gradient of a loss with respect to the parameters, given that with respect to the
    /// outputs of the pass.
    fn backward(
        &self,
        parameters: &Tensors<f64>,
        pass: Self::Pass,
        error: Array2<f64>,
    ) -> Tensors<f64>;

    /// As [`Model::for_evaluation`].
    fn for_evaluation(&self, parameters: &Tensors<f64>, _inputs: &Array2<f64>) -> Tensors<f64> {
        parameters.clone()
    }
}

impl<N: Network> Model for N {
    type Data = Examples;

    fn initial(&self, stream: &mut Stream) -> Tensors<f64> {
        Network::initial(self, stream)
    }

    fn loss_and_gradient(
        &self,
        parameters: &Tensors<f64>,
        examples: &Examples,
    ) -> (f64, Tensors<f64>) {
        let (scores, pass) = self.forward(parameters, &examples.inputs);
        let (loss, error) = cross_entropy(scores, &examples.labels);
        (loss, self.backward(parameters, pass, error))
    }

    fn loss(&self, parameters: &Tensors<f64>, examples: &Examples) -> f64 {
        cross_entropy(self.scores(parameters, &examples.inputs), &examples.labels).0
    }

    fn for_evaluation(&self, parameters: &Tensors<f64>, training: &Examples) -> Tensors<f64> {
        Network::for_evaluation(self, parameters, &training.inputs)
    }
}

impl<N: Network> Classifier for N {
    fn scores(&self, parameters: &Tensors<f64>, inputs: &Array2<f64>) -> Array2<f64> {
        self.forward(parameters, inputs).0
    }
}

/// The mean of −log softmax(scores)\[label\] over the rows, and its gradient with respect to the
/// scores: (softmax − one-hot) / rows.
fn cross_entropy(mut scores: Array2<f64>, labels: &[usize]) -> (f64, Array2<f64>) {
    let count = labels.len() as f64;
    let mut loss = 0.0;
    for (mut row, &label) in scores.rows_mut().into_iter().zip(labels) {
        let highest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        loss -= row[label] - highest;
        row.mapv_inplace(|score| libm::exp(score - highest));
        let total = row.iter().sum::<f64>();
        loss += libm::log(total);
        row /= total;
        row[label] -= 1.0;
        row /= count;
    }
    (loss / count, scores)
}

/// The tensor of this name as a matrix. A model is only ever given parameters of its own making.
fn matrix<'a>(parameters: &'a Tensors<f64>, name: &str) -> ArrayView2<'a, f64> {
    parameters
        .get(name)
        .and_then(|array| array.view().into_dimensionality().ok())
        .unwrap_or_else(|| panic!("the parameters hold no matrix `{name}`: use Model::initial"))
}

/// The tensor of this name as a vector.
fn vector<'a>(parameters: &'a Tensors<f64>, name: &str) -> ArrayView1<'a, f64> {
    parameters
        .get(name)
        .and_then(|array| array.view().into_dimensionality().ok())
        .unwrap_or_else(|| panic!("the parameters hold no vector `{name}`: use Model::initial"))
}

/// A matrix of normal draws with this standard deviation.
fn normal_matrix(shape: (usize, usize), deviation: f64, stream: &mut Stream) -> Array2<f64> {
    Array2::from_shape_simple_fn(shape, || deviation * stream.normal())
}

/// The sum of all rows, added in order.
fn sum_rows(matrix: &Array2<f64>) -> Array1<f64> {
    let mut sum = Array1::zeros(matrix.ncols());
    for row in matrix.axis_iter(Axis(0)) {
        sum += &row;
    }
    sum
}

/// Gradients that were found from the last layer to the first, in the parameters' order.
fn in_order(parameters: &Tensors<f64>, mut found: Tensors<f64>) -> Tensors<f64> {
    let mut take = |name: &str| {
        let array = found.iter_mut().find(|(entry, _)| *entry == name).map(|(_, array)| array);
        array.map(std::mem::take).unwrap_or_else(|| panic!("no gradient was found for `{name}`"))
    };
    parameters.iter().fold(Tensors::new(), |ordered, (name, _)| ordered.with(name, take(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Corpus, Digits, Pairs};
    use crate::random::Purpose;

    /// Directional derivatives along random directions, exact against central difference, for each
    /// tensor by itself and for all together, at the initial parameters moved by a random step.
    fn assert_gradient_is_exact<M: Model>(model: &M, data: &M::Data, seed: u64) {
        let mut stream = Stream::new(seed, Purpose::Initialization);
        let mut parameters = model.initial(&mut stream);
        // Away from the start, where gains are 1 and shifts are 0, nothing cancels by chance.
        for (_, array) in parameters.iter_mut() {
            array.mapv_inplace(|x| x + 0.1 * stream.normal());
        }
        let (loss, gradient) = model.loss_and_gradient(&parameters, data);
        assert_eq!(loss, model.loss(&parameters, data));
        gradient.check(parameters.shapes()).unwrap();
        let names: Vec<String> = parameters.iter().map(|(name, _)| name.to_owned()).collect();
        for subject in names.iter().map(Some).chain([None]) {
            let mut direction = parameters.zeros_like();
            for (name, array) in direction.iter_mut() {
                if subject.is_none_or(|subject| subject == name) {
                    array.mapv_inplace(|_| stream.normal());
                }
            }
            let along = |h: f64| {
                let mut moved = parameters.clone();
                for ((_, array), (_, step)) in moved.iter_mut().zip(direction.iter()) {
                    array.scaled_add(h, step);
                }
                model.loss(&moved, data)
            };
            let h = 1e-6;
            let difference = (along(h) - along(-h)) / (2.0 * h);
            let exact: f64 = gradient.scalars().zip(direction.scalars()).map(|(g, d)| g * d).sum();
            // Rounding costs about 10⁻¹⁶ / h and curvature h², times third derivatives of a thousand.
            assert!(
                (exact - difference).abs() < 1e-7 * (1.0 + exact.abs()),
                "{subject:?}: {exact} by backward pass, {difference} by difference"
            );
        }
    }

    fn digits(count: usize) -> Examples {
        Digits::load().training.select(&(0..count).collect::<Vec<_>>())
    }

    #[test]
    fn linear_models_have_exact_gradients() {
        assert_gradient_is_exact(&SoftmaxRegression::for_digits(), &digits(7), 0);
        let targets = Array2::from_shape_fn((7, 3), |(i, j)| (i as f64 - 3.0) * (j as f64 + 0.5));
        let pairs = Pairs { inputs: digits(7).inputs, targets };
        assert_gradient_is_exact(&Squared(Linear::new(64, 3)), &pairs, 1);
    }

    #[test]
    fn perceptrons_have_exact_gradients_with_and_without_norms() {
        assert_gradient_is_exact(&Mlp::tanh(&[64, 12, 10]), &digits(7), 1);
        assert_gradient_is_exact(&Mlp::relu(&[64, 16, 12, 10]), &digits(7), 2);
        for norm in [Normalization::Batch, Normalization::Layer] {
            let normalized = Mlp::relu(&[64, 16, 12, 10]).normalized(norm);
            assert_gradient_is_exact(&normalized, &digits(7), 3);
        }
        let pairs = digits(7).one_hot(10);
        assert_gradient_is_exact(&Squared(Mlp::tanh(&[64, 12, 10])), &pairs, 4);
    }

    #[test]
    fn the_convolutional_network_has_an_exact_gradient() {
        assert_gradient_is_exact(&ConvolutionalNetwork::for_digits(&[3, 5]), &digits(5), 5);
    }

    #[test]
    fn the_transformer_has_an_exact_gradient_wherever_its_norms_stand() {
        let corpus = Corpus::load();
        let windows = corpus.training_windows(6).unwrap().select(&[0, 500, 9000]);
        let vocabulary = corpus.vocabulary().len();
        for place in [NormPlace::Before, NormPlace::After] {
            let model = Transformer::new(vocabulary, 6).layers(2).width(8).norms(place);
            assert_gradient_is_exact(&model, &windows, 6);
        }
    }

    #[test]
    fn batch_statistics_of_all_of_the_data_evaluate_as_population_statistics() {
        let all = digits(200);
        let network = Mlp::relu(&[64, 16, 10]).normalized(Normalization::Batch);
        let parameters = Model::initial(&network, &mut Stream::new(0, Purpose::Initialization));
        let fixed = Model::for_evaluation(&network, &parameters, &all);
        assert!((network.loss(&parameters, &all) - network.loss(&fixed, &all)).abs() < 1e-12);
        // One example by itself has no variance, but with population statistics it has its score.
        let one = all.select(&[7]);
        let alone = network.scores(&fixed, &one.inputs);
        let among = network.scores(&parameters, &all.inputs);
        assert!((&alone.row(0) - &among.row(7)).iter().all(|d| d.abs() < 1e-9));
        assert_ne!(network.scores(&parameters, &one.inputs), alone);
    }
}
