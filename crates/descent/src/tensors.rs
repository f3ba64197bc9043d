//! Named tensors: a model's parameters, or their gradients.

use crate::Real;
use ndarray::ArrayD;

/// An ordered collection of named arrays.
///
/// A model's parameters and their gradients are both `Tensors`, with the same names in the same
/// order, so that an error can say which tensor it is about.
#[derive(Clone, Debug, Default, PartialEq)]
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
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ArrayD<F>)> {
        self.entries.iter().map(|(name, array)| (name.as_str(), array))
    }

    /// Names and arrays, in order, to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut ArrayD<F>)> {
        self.entries.iter_mut().map(|(name, array)| (name.as_str(), array))
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
        self.scalars().fold(F::zero(), |sum, x| sum + x * x).sqrt()
    }
}
