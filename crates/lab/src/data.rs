//! The data that models are trained on.

mod corpus;
mod digits;
mod examples;
mod label_noise;
mod moving_target;
mod pairs;
mod sparse_features;
mod windows;
mod zipf;

pub use corpus::Corpus;
pub use digits::{DIGIT_CLASSES, DIGIT_PIXELS, Digits};
pub use examples::Examples;
pub use label_noise::with_label_noise;
pub use moving_target::{Change, MovingTarget};
pub use pairs::Pairs;
pub use sparse_features::sparse_features;
pub use windows::Windows;
pub use zipf::{zipf_classes, zipf_frequencies};

/// A collection of examples from which batches can be taken.
pub trait Dataset: Clone + Sync {
    /// How many examples there are.
    fn len(&self) -> usize;

    /// Whether there are no examples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The examples at these indices, in this order; an index may come more than once.
    #[must_use]
    fn select(&self, indices: &[usize]) -> Self;
}
