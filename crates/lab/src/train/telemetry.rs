//! What is measured while a model trains.

use crate::linalg::dot;
use crate::statistics::quantile;
use descent::{Optimizer, Rule, Tensors};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// What was measured during one training step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Telemetry {
    /// The step, from 1.
    pub step: u64,
    /// The mean loss over the step's batch, before the update.
    pub loss: f64,
    /// The learning rate of the first group.
    pub learning_rate: f64,
    /// The Euclidean norm of the step's gradient, over all parameters, before clipping.
    pub gradient_norm: f64,
    /// The norm of the update divided by the norm of the parameters before it.
    pub update_ratio: f64,
    /// The root mean square of the update's coordinates, divided by the learning rate of the first
    /// group. For Adam 1 at the first step, then 0.1 to 0.3; NaN where the rate is 0.
    pub update_rms: f64,
    /// How many gradient coordinates were infinite or not a number.
    pub non_finite: usize,
    /// The same for each tensor, and more; empty unless [detailed](super::Trainer::detailed)
    /// telemetry was asked for.
    pub layers: Vec<LayerTelemetry>,
}

/// What was measured of one tensor during one training step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerTelemetry {
    /// The tensor's name.
    pub name: String,
    /// The norm of its gradient, before clipping.
    pub gradient_norm: f64,
    /// Its norm before the step.
    pub weight_norm: f64,
    /// The norm of its update divided by its own norm before the step; infinite where that is 0.
    pub update_ratio: f64,
    /// The cosine between the update and the downhill direction −g: 1 for plain gradient descent,
    /// below 0 where the step goes uphill. NaN where one of them is 0.
    pub cosine: f64,
    /// How many of its gradient coordinates were infinite or not a number.
    pub non_finite: usize,
    /// √v̂ + ε over its coordinates, for rules that divide by it.
    pub denominator: Option<Quantiles>,
    /// η / (√v̂ + ε) over its coordinates: the rate by which each coordinate's momentum is
    /// multiplied.
    pub effective_rate: Option<Quantiles>,
}

/// Three quantiles of many values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// A twentieth of the values is below this one.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// A twentieth of the values is above this one.
    pub high: f64,
}

impl Quantiles {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let [low, median, high] = [0.05, 0.5, 0.95].map(|share| quantile(&values, share));
        Self { low, median, high }
    }
}

/// How many coordinates are infinite or not a number.
pub(super) fn non_finite(tensors: &Tensors<f64>) -> usize {
    tensors.scalars().filter(|x| !x.is_finite()).count()
}

/// Measures each tensor after a step that took `before` to `after`.
pub(super) fn layers<R: Rule<f64>>(
    optimizer: &Optimizer<R, f64>,
    gradients: &Tensors<f64>,
    before: &Tensors<f64>,
    after: &Tensors<f64>,
) -> Vec<LayerTelemetry> {
    let tensors = gradients.iter().zip(before.iter()).zip(after.iter());
    tensors
        .map(|(((name, gradient), (_, before)), (_, after))| {
            let update: Vec<f64> = after.iter().zip(before).map(|(new, old)| new - old).collect();
            let gradient: Vec<f64> = gradient.iter().copied().collect();
            let norm = |x: &[f64]| dot(x, x).sqrt();
            let (gradient_norm, update_norm) = (norm(&gradient), norm(&update));
            let weight_norm = before.iter().map(|x| x * x).sum::<f64>().sqrt();
            let denominators = optimizer.denominators(name);
            let quantiles = |value: &dyn Fn(f64) -> f64| {
                let values = |array: &ArrayD<f64>| array.iter().map(|&d| value(d)).collect();
                denominators.as_ref().map(|array| Quantiles::of(values(array)))
            };
            let rate = optimizer.learning_rate_of(name).unwrap_or(f64::NAN);
            LayerTelemetry {
                name: name.to_owned(),
                gradient_norm,
                weight_norm,
                update_ratio: update_norm / weight_norm,
                cosine: -dot(&update, &gradient) / (update_norm * gradient_norm),
                non_finite: gradient.iter().filter(|g| !g.is_finite()).count(),
                denominator: quantiles(&|d| d),
                effective_rate: quantiles(&|d| rate / d),
            }
        })
        .collect()
}
