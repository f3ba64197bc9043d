//! Inputs with numbers to predict.

use super::Dataset;
use ndarray::{Array2, Axis};

/// Examples for regression: one row of `inputs` and one row of `targets` for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs {
    /// Features: n examples × d features.
    pub inputs: Array2<f64>,
    /// What is to be predicted: n examples × c numbers.
    pub targets: Array2<f64>,
}

impl Dataset for Pairs {
    fn len(&self) -> usize {
        self.inputs.nrows()
    }

    fn select(&self, indices: &[usize]) -> Self {
        Self {
            inputs: self.inputs.select(Axis(0), indices),
            targets: self.targets.select(Axis(0), indices),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dataset, Pairs};
    use ndarray::array;

    #[test]
    fn a_selection_keeps_inputs_and_targets_together() {
        let pairs =
            Pairs { inputs: array![[1.0], [2.0], [3.0]], targets: array![[10.], [20.], [30.]] };
        let selected = pairs.select(&[2, 0, 2]);
        assert_eq!(selected.inputs, array![[3.0], [1.0], [3.0]]);
        assert_eq!(selected.targets, array![[30.0], [10.0], [30.0]]);
        assert_eq!((selected.len(), pairs.select(&[]).is_empty()), (3, true));
    }
}
