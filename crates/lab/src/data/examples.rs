//! Examples with a class each.

use super::{Dataset, Pairs};
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
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        Self {
            inputs: self.inputs.select(Axis(0), indices),
            labels: indices.iter().map(|&index| self.labels[index]).collect(),
        }
    }

    /// The same inputs with the label as a target of `classes` numbers: 1 at the label, 0 elsewhere.
    ///
    /// # Panics
    /// If a label is not below `classes`.
    pub fn one_hot(&self, classes: usize) -> Pairs {
        let mut targets = Array2::zeros((self.len(), classes));
        for (mut row, &label) in targets.rows_mut().into_iter().zip(&self.labels) {
            assert!(label < classes, "the label {label} is not one of {classes} classes");
            row[label] = 1.0;
        }
        Pairs { inputs: self.inputs.clone(), targets }
    }
}

/// The trait's functions are the type's own, so that examples can be used without importing it.
impl Dataset for Examples {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn select(&self, indices: &[usize]) -> Self {
        Self::select(self, indices)
    }
}

#[cfg(test)]
mod tests {
    use super::Examples;
    use ndarray::array;

    #[test]
    fn a_label_becomes_a_one_among_zeros() {
        let examples = Examples { inputs: array![[5.0], [6.0]], labels: vec![2, 0] };
        let pairs = examples.one_hot(3);
        assert_eq!(pairs.inputs, examples.inputs);
        assert_eq!(pairs.targets, array![[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
    }

    #[test]
    #[should_panic(expected = "the label 2 is not one of 2 classes")]
    fn a_label_beyond_the_classes_is_refused() {
        let examples = Examples { inputs: array![[5.0]], labels: vec![2] };
        let _ = examples.one_hot(2);
    }
}
