//! Models with exact gradients.

mod mlp;
mod softmax_regression;

pub use mlp::Mlp;
pub use softmax_regression::SoftmaxRegression;

use crate::data::{Dataset, Examples};
use crate::random::Stream;
use descent::Tensors;
use ndarray::{Array1, Array2, Axis};

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

/// The mean of −log softmax(scores)[label] over the rows, and its gradient with respect to the
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
fn matrix<'a>(parameters: &'a Tensors<f64>, name: &str) -> ndarray::ArrayView2<'a, f64> {
    parameters
        .get(name)
        .and_then(|array| array.view().into_dimensionality().ok())
        .unwrap_or_else(|| panic!("the parameters hold no matrix `{name}`: use Model::initial"))
}

/// The tensor of this name as a vector.
fn vector<'a>(parameters: &'a Tensors<f64>, name: &str) -> ndarray::ArrayView1<'a, f64> {
    parameters
        .get(name)
        .and_then(|array| array.view().into_dimensionality().ok())
        .unwrap_or_else(|| panic!("the parameters hold no vector `{name}`: use Model::initial"))
}

/// The sum of all rows, added in order.
fn sum_rows(matrix: &Array2<f64>) -> Array1<f64> {
    let mut sum = Array1::zeros(matrix.ncols());
    for row in matrix.axis_iter(Axis(0)) {
        sum += &row;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::{Classifier, Mlp, SoftmaxRegression};
    use crate::data::Digits;
    use crate::random::{Purpose, Stream};

    /// Directional derivatives along random directions: exact gradient against central difference.
    fn assert_gradient_is_exact(model: &impl Classifier, seed: u64) {
        let examples = Digits::load().training.select(&[0, 1, 2, 3, 4, 5, 6]);
        let mut stream = Stream::new(seed, Purpose::Initialization);
        let parameters = model.initial(&mut stream);
        let (loss, gradient) = model.loss_and_gradient(&parameters, &examples);
        assert_eq!(loss, model.loss(&parameters, &examples));
        for _ in 0..10 {
            let mut direction = parameters.clone();
            for (_, array) in direction.iter_mut() {
                array.mapv_inplace(|_| stream.normal());
            }
            let along = |h: f64| {
                let mut moved = parameters.clone();
                for ((_, array), (_, step)) in moved.iter_mut().zip(direction.iter()) {
                    array.scaled_add(h, step);
                }
                model.loss(&moved, &examples)
            };
            let h = 1e-5;
            let difference = (along(h) - along(-h)) / (2.0 * h);
            let exact: f64 = gradient.scalars().zip(direction.scalars()).map(|(g, d)| g * d).sum();
            // Rounding costs about 10⁻¹⁶ / h, curvature h²: both below 10⁻⁹, times a margin.
            assert!(
                (exact - difference).abs() < 1e-7 * (1.0 + exact.abs()),
                "{exact} {difference}"
            );
        }
    }

    #[test]
    fn softmax_regression_has_an_exact_gradient() {
        assert_gradient_is_exact(&SoftmaxRegression::for_digits(), 0);
    }

    #[test]
    fn multi_layer_perceptrons_have_exact_gradients() {
        assert_gradient_is_exact(&Mlp::tanh(&[64, 12, 10]), 1);
        assert_gradient_is_exact(&Mlp::relu(&[64, 16, 12, 10]), 2);
    }
}
