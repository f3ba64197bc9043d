//! Averages of a model's weights along its way.

use crate::{HyperparameterError, Mismatch, Real, Tensors};
use ndarray::Zip;
use serde::{Deserialize, Serialize};

/// An exponential moving average of the weights: a ← d a + (1 − d) θ.
///
/// It starts at the weights it is given, so it needs no bias correction: Polyak averaging with
/// forgetting, as in Tarvainen and Valpola (2017) and in PyTorch's `swa_utils` with
/// `get_ema_avg_fn`.
///
/// ```
/// use descent::{ExponentialAverage, Tensors};
/// use ndarray::array;
///
/// let weights = |x: f64| Tensors::new().with("w", array![x].into_dyn());
/// let mut average = ExponentialAverage::new(0.9, &weights(1.0))?;
/// average.update(&weights(2.0))?;
/// assert_eq!(average.weights(), &weights(1.1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct ExponentialAverage<F> {
    decay: f64,
    weights: Tensors<F>,
}

impl<F: Real> ExponentialAverage<F> {
    /// An average with this decay rate, in [0, 1), that starts at these weights.
    ///
    /// # Errors
    /// If the decay rate is outside its range.
    pub fn new(decay: f64, start: &Tensors<F>) -> Result<Self, HyperparameterError> {
        HyperparameterError::check_decay_rate("ExponentialAverage", "decay", decay)?;
        Ok(Self { decay, weights: start.clone() })
    }

    /// Moves the average towards these weights.
    ///
    /// # Errors
    /// If the tensors are not like those of the start.
    pub fn update(&mut self, weights: &Tensors<F>) -> Result<(), Mismatch> {
        approach(&mut self.weights, weights, 1.0 - self.decay)
    }

    /// The average.
    pub fn weights(&self) -> &Tensors<F> {
        &self.weights
    }
}

/// The plain mean of all weights it was shown: stochastic weight averaging.
///
/// Izmailov et al. (2018, section 3.2), SWA: show it the weights at the end of each cycle or epoch
/// of a constant or cyclical rate. Statistics of batch normalization have to be computed anew for
/// the mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct RunningAverage<F> {
    count: u64,
    weights: Tensors<F>,
}

impl<F: Real> RunningAverage<F> {
    /// The mean of one set of weights: these.
    pub fn new(start: &Tensors<F>) -> Self {
        Self { count: 1, weights: start.clone() }
    }

    /// Takes these weights into the mean.
    ///
    /// # Errors
    /// If the tensors are not like those of the start.
    pub fn update(&mut self, weights: &Tensors<F>) -> Result<(), Mismatch> {
        approach(&mut self.weights, weights, 1.0 / (self.count + 1) as f64)?;
        self.count += 1;
        Ok(())
    }

    /// How many sets of weights the mean is of.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean.
    pub fn weights(&self) -> &Tensors<F> {
        &self.weights
    }
}

fn approach<F: Real>(
    average: &mut Tensors<F>,
    weights: &Tensors<F>,
    share: f64,
) -> Result<(), Mismatch> {
    weights.check(average.shapes())?;
    let share = F::of(share);
    for ((_, average), (_, weights)) in average.iter_mut().zip(weights.iter()) {
        Zip::from(average).and(weights).for_each(|a, &x| *a += share * (x - *a));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ExponentialAverage, RunningAverage};
    use crate::{Mismatch, Tensors};
    use approx::assert_relative_eq;
    use ndarray::array;

    fn weights(x: f64) -> Tensors<f64> {
        Tensors::new().with("w", array![x].into_dyn())
    }

    #[test]
    fn averages_are_what_their_names_say() {
        let mut mean = RunningAverage::new(&weights(1.0));
        let mut moving = ExponentialAverage::new(0.5, &weights(1.0)).unwrap();
        for x in [2.0, 6.0, -1.0] {
            mean.update(&weights(x)).unwrap();
            moving.update(&weights(x)).unwrap();
        }
        assert_eq!(mean.count(), 4);
        assert_relative_eq!(mean.weights().scalars().sum::<f64>(), 2.0);
        assert_relative_eq!(moving.weights().scalars().sum::<f64>(), 1.375);
    }

    #[test]
    fn other_weights_are_refused() {
        let mut mean = RunningAverage::new(&weights(1.0));
        let other = Tensors::new().with("v", array![1.0].into_dyn());
        assert!(matches!(mean.update(&other), Err(Mismatch::Name { .. })));
        assert_eq!(mean.count(), 1);
        assert!(ExponentialAverage::new(1.0, &weights(0.0)).is_err());
    }
}
