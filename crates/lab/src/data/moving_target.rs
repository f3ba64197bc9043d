//! A distribution that does not stay what it was.

use super::Pairs;
use crate::LabError;
use crate::linalg::matmul;
use crate::random::{Purpose, Stream};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// How the weights behind a [`MovingTarget`] change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// At this step, counted from 1, they are drawn afresh.
    Shift {
        /// The first step with the new weights.
        step: u64,
    },
    /// Before every step but the first, each moves by a normal draw of this standard deviation.
    Drift {
        /// The standard deviation of a weight's move.
        per_step: f64,
    },
}

/// An endless sequence of batches for linear regression, one a step, whose weights change.
///
/// Inputs are normal with mean 0 and variance 1; the target is their product with the weights, plus
/// normal noise. The weights start as normal draws of variance 1 / features, so that targets have
/// variance 1.
#[derive(Clone, Debug)]
pub struct MovingTarget {
    weights: Array2<f64>,
    batch_size: usize,
    noise: f64,
    change: Change,
    step: u64,
    moves: Stream,
    draws: Stream,
}

impl MovingTarget {
    /// The sequence of this seed, before its first batch. `noise` is a standard deviation.
    ///
    /// # Errors
    /// If there are no features, or the noise or the drift is not a finite number of at least 0.
    pub fn new(
        features: usize,
        batch_size: usize,
        noise: f64,
        change: Change,
        seed: u64,
    ) -> Result<Self, LabError> {
        if features == 0 {
            return Err(LabError::setting("features", features, "1.."));
        }
        let drift = if let Change::Drift { per_step } = change { per_step } else { 0.0 };
        for (name, value) in [("noise", noise), ("per_step", drift)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(LabError::setting(name, value, "the finite numbers of at least 0"));
            }
        }
        let mut moves = Stream::new(seed, Purpose::Noise);
        let weights = draw_weights(features, &mut moves);
        let draws = Stream::new(seed, Purpose::Batches);
        Ok(Self { weights, batch_size, noise, change, step: 0, moves, draws })
    }

    /// The weights behind the latest batch: features × 1.
    pub fn weights(&self) -> &Array2<f64> {
        &self.weights
    }
}

fn draw_weights(features: usize, stream: &mut Stream) -> Array2<f64> {
    let scale = 1.0 / (features as f64).sqrt();
    Array2::from_shape_simple_fn((features, 1), || scale * stream.normal())
}

impl Iterator for MovingTarget {
    type Item = Pairs;

    fn next(&mut self) -> Option<Pairs> {
        self.step += 1;
        match self.change {
            Change::Shift { step } if step == self.step => {
                self.weights = draw_weights(self.weights.nrows(), &mut self.moves);
            }
            Change::Drift { per_step } if self.step > 1 => {
                self.weights.mapv_inplace(|weight| weight + per_step * self.moves.normal());
            }
            _ => {}
        }
        let shape = (self.batch_size, self.weights.nrows());
        let inputs = Array2::from_shape_simple_fn(shape, || self.draws.normal());
        let mut targets = matmul(inputs.view(), self.weights.view());
        targets.mapv_inplace(|target| target + self.noise * self.draws.normal());
        Some(Pairs { inputs, targets })
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, MovingTarget};
    use crate::linalg::matmul;
    use ndarray::Array2;

    fn weights(change: Change, steps: usize) -> Vec<Array2<f64>> {
        let mut target = MovingTarget::new(50, 2, 0.0, change, 0).unwrap();
        let mut seen = Vec::new();
        for _ in 0..steps {
            let batch = target.next().unwrap();
            assert_eq!(batch.targets, matmul(batch.inputs.view(), target.weights().view()));
            seen.push(target.weights().clone());
        }
        seen
    }

    #[test]
    fn a_shift_happens_once_and_at_its_step() {
        let seen = weights(Change::Shift { step: 3 }, 4);
        assert_eq!(seen[0], seen[1]);
        assert_ne!(seen[1], seen[2]);
        assert_eq!(seen[2], seen[3]);
    }

    #[test]
    fn a_drift_moves_as_a_random_walk() {
        let seen = weights(Change::Drift { per_step: 0.1 }, 101);
        let moved = (&seen[100] - &seen[0]).mapv(|d| d * d).sum();
        // 50 weights × 100 steps × 0.01; the sum of 50 squares scatters by a fifth.
        assert!((moved - 50.0).abs() < 40.0, "{moved}");
    }

    #[test]
    fn impossible_settings_are_refused() {
        assert!(MovingTarget::new(0, 1, 0.0, Change::Shift { step: 1 }, 0).is_err());
        assert!(MovingTarget::new(1, 1, -1.0, Change::Shift { step: 1 }, 0).is_err());
        assert!(MovingTarget::new(1, 1, 0.0, Change::Drift { per_step: f64::NAN }, 0).is_err());
    }
}
