//! Gradient accumulation: one step from several micro-batches.

use crate::{Mismatch, Real, Tensors};
use ndarray::Zip;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Adds up the gradients of micro-batches until their mean is asked for.
///
/// Each gradient comes with the number of examples it is the mean of. The mean over all examples
/// weighs it by that number: the mean of the means is wrong where the last micro-batch is smaller.
///
/// ```
/// use descent::{Accumulator, Tensors};
/// use ndarray::array;
///
/// let gradient = |g: f64| Tensors::new().with("w", array![g].into_dyn());
/// let mut accumulator = Accumulator::new(&gradient(0.0));
/// accumulator.add(&gradient(1.0), 30)?;
/// accumulator.add(&gradient(4.0), 10)?;
/// assert_eq!(accumulator.mean()?, &gradient(1.75));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct Accumulator<F> {
    sum: Tensors<F>,
    examples: usize,
    /// Whether the sum has been turned into the mean, so that the next gradient begins a new sum.
    finished: bool,
}

/// The mean of no gradients was asked for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("no gradient was added since the last mean; add at least one example before a step")]
pub struct NothingAccumulated;

impl<F: Real> Accumulator<F> {
    /// An empty sum of tensors with these names and shapes.
    pub fn new(like: &Tensors<F>) -> Self {
        Self { sum: like.zeros_like(), examples: 0, finished: false }
    }

    /// Adds the mean gradient of this many examples; of none, it adds nothing.
    ///
    /// # Errors
    /// If the tensors are not like those given at the start. The sum is then as it was.
    pub fn add(&mut self, gradients: &Tensors<F>, examples: usize) -> Result<(), Mismatch> {
        gradients.check(self.sum.shapes())?;
        if self.finished {
            // Set and not multiplied by zero, which would keep what was not finite.
            self.sum.iter_mut().for_each(|(_, sum)| sum.fill(F::zero()));
            (self.examples, self.finished) = (0, false);
        }
        if examples == 0 {
            return Ok(());
        }
        let weight = F::of(examples as f64);
        self.examples = self.examples.saturating_add(examples);
        for ((_, sum), (_, gradient)) in self.sum.iter_mut().zip(gradients.iter()) {
            Zip::from(sum).and(gradient).for_each(|sum, &g| *sum += weight * g);
        }
        Ok(())
    }

    /// How many examples the sum holds.
    pub fn examples(&self) -> usize {
        if self.finished { 0 } else { self.examples }
    }

    /// The mean over all examples. The next [`add`](Self::add) begins anew.
    ///
    /// # Errors
    /// If there are no examples.
    pub fn mean(&mut self) -> Result<&Tensors<F>, NothingAccumulated> {
        if self.examples() == 0 {
            return Err(NothingAccumulated);
        }
        let examples = F::of(self.examples as f64);
        for (_, sum) in self.sum.iter_mut() {
            sum.mapv_inplace(|x| x / examples);
        }
        self.finished = true;
        Ok(&self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::{Accumulator, NothingAccumulated};
    use crate::{Mismatch, Tensors};
    use ndarray::array;

    fn gradient(g: f64) -> Tensors<f64> {
        Tensors::new().with("w", array![g, -g].into_dyn())
    }

    #[test]
    fn a_mean_begins_a_new_sum() {
        let mut accumulator = Accumulator::new(&gradient(0.0));
        assert_eq!(accumulator.mean().err(), Some(NothingAccumulated));
        accumulator.add(&gradient(2.0), 4).unwrap();
        assert_eq!(accumulator.mean().unwrap(), &gradient(2.0));
        assert_eq!(accumulator.mean().err(), Some(NothingAccumulated));
        accumulator.add(&gradient(6.0), 1).unwrap();
        accumulator.add(&gradient(8.0), 1).unwrap();
        assert_eq!(accumulator.examples(), 2);
        assert_eq!(accumulator.mean().unwrap(), &gradient(7.0));
    }

    #[test]
    fn what_was_not_finite_does_not_outlive_its_mean() {
        let mut accumulator = Accumulator::new(&gradient(0.0));
        accumulator.add(&gradient(f64::INFINITY), 1).unwrap();
        assert!(!accumulator.mean().unwrap().all_finite());
        accumulator.add(&gradient(f64::NAN), 0).unwrap();
        accumulator.add(&gradient(3.0), 2).unwrap();
        assert_eq!(accumulator.mean().unwrap(), &gradient(3.0));
    }

    #[test]
    fn other_tensors_are_refused_and_leave_the_sum() {
        let mut accumulator = Accumulator::new(&gradient(0.0));
        accumulator.add(&gradient(2.0), 1).unwrap();
        let other = Tensors::new().with("w", array![1.0].into_dyn());
        assert!(matches!(accumulator.add(&other, 1), Err(Mismatch::Shape { .. })));
        assert_eq!(accumulator.mean().unwrap(), &gradient(2.0));
    }
}
