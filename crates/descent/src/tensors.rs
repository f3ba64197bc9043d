//! Named tensors: a model's parameters, or their gradients.

use crate::{Mismatch, Real, reduce};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// An ordered collection of named arrays.
///
/// A model's parameters and their gradients are both `Tensors`, with the same names in the same
/// order, so that an error can say which tensor it is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct Tensors<F> {
    entries: Vec<(String, ArrayD<F>)>,
}

impl<F: Real> Tensors<F> {
    /// An empty collection.
    pub fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// This collection with one more tensor at its end.
    #[must_use]
    pub fn with(mut self, name: &str, array: ArrayD<F>) -> Self {
        self.entries.push((name.to_owned(), array));
        self
    }

    /// The tensor of this name.
    pub fn get(&self, name: &str) -> Option<&ArrayD<F>> {
        self.iter().find(|(entry, _)| *entry == name).map(|(_, array)| array)
    }

    /// Names and arrays, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ArrayD<F>)> + Clone {
        self.entries.iter().map(|(name, array)| (name.as_str(), array))
    }

    /// Names and arrays, in order, to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut ArrayD<F>)> {
        self.entries.iter_mut().map(|(name, array)| (name.as_str(), array))
    }

    /// Names and shapes, in order.
    pub fn shapes(&self) -> impl ExactSizeIterator<Item = (&str, &[usize])> {
        self.entries.iter().map(|(name, array)| (name.as_str(), array.shape()))
    }

    /// Passes tensors with these names and shapes, in this order.
    ///
    /// # Errors
    /// The first difference.
    pub fn check<'a>(
        &'a self,
        expected: impl ExactSizeIterator<Item = (&'a str, &'a [usize])>,
    ) -> Result<(), Mismatch> {
        check_shapes(self.shapes(), expected)
    }

    /// How many tensors there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no tensors.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every scalar of every tensor, in order.
    pub fn scalars(&self) -> impl Iterator<Item = F> {
        self.entries.iter().flat_map(|(_, array)| array.iter().copied())
    }

    /// The Euclidean norm over all tensors together.
    pub fn norm(&self) -> F {
        let square = |array| reduce::sum([array], |[x]: [F; 1]| x.as_f64() * x.as_f64());
        F::of(self.entries.iter().map(|(_, array)| square(array)).sum::<f64>().sqrt())
    }

    /// Whether every coordinate of every tensor is a finite number.
    pub fn all_finite(&self) -> bool {
        self.entries.iter().all(|(_, array)| reduce::all_finite(array))
    }

    /// These tensors' names and shapes, with every coordinate at zero.
    #[must_use]
    pub fn zeros_like(&self) -> Self {
        let zeros =
            |(name, array): &(String, ArrayD<F>)| (name.clone(), ArrayD::zeros(array.shape()));
        Self { entries: self.entries.iter().map(zeros).collect() }
    }

    /// The entries, to be shared among cores.
    pub(crate) fn entries_mut(&mut self) -> &mut [(String, ArrayD<F>)] {
        &mut self.entries
    }

    /// The entries, to be shared among cores.
    pub(crate) fn entries(&self) -> &[(String, ArrayD<F>)] {
        &self.entries
    }

    /// The arrays of a collection that is known to have N.
    pub(crate) fn arrays_mut<const N: usize>(&mut self) -> [&mut ArrayD<F>; N] {
        let entries: &mut [_; N] =
            self.entries.as_mut_slice().try_into().expect("a rule names what it remembers");
        entries.each_mut().map(|(_, array)| array)
    }
}

/// Passes names and shapes that are the expected ones, in this order.
pub(crate) fn check_shapes<'a>(
    found: impl ExactSizeIterator<Item = (&'a str, &'a [usize])>,
    expected: impl ExactSizeIterator<Item = (&'a str, &'a [usize])>,
) -> Result<(), Mismatch> {
    if found.len() != expected.len() {
        return Err(Mismatch::Count { found: found.len(), expected: expected.len() });
    }
    for ((name, shape), (expected_name, expected)) in found.zip(expected) {
        if name != expected_name {
            let (found, expected) = (name.to_owned(), expected_name.to_owned());
            return Err(Mismatch::Name { found, expected });
        }
        if shape != expected {
            let (found, expected) = (shape.to_vec(), expected.to_vec());
            return Err(Mismatch::Shape { name: name.to_owned(), found, expected });
        }
    }
    Ok(())
}
