//! The data that models are trained on.

mod digits;

pub use digits::{DIGIT_CLASSES, DIGIT_PIXELS, Digits};

use ndarray::{Array2, Axis};

/// Labelled examples: one row of `inputs` and one entry of `labels` for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    /// Features, one row an example.
    pub inputs: Array2<f64>,
    /// The class of each example.
    pub labels: Vec<usize>,
}

impl Examples {
    /// How many examples there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no examples.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The examples at these indices, in this order; an index may come more than once.
    pub fn select(&self, indices: &[usize]) -> Self {
        Self {
            inputs: self.inputs.select(Axis(0), indices),
            labels: indices.iter().map(|&index| self.labels[index]).collect(),
        }
    }
}
