//! Stretches of a text, with each character's successor as its target.

use super::Dataset;
use std::sync::Arc;

/// Sequences of one length, cut out of a text of tokens. The target of each token is the next one.
///
/// Windows hold where they start, and share the text they are cut out of.
#[derive(Clone, Debug, PartialEq)]
pub struct Windows {
    tokens: Arc<[usize]>,
    starts: Vec<usize>,
    length: usize,
}

impl Windows {
    /// Windows of `length` tokens at every `stride`-th place of a text at which one fits, together
    /// with the token after it. A `stride` of 0 is taken as 1.
    pub fn new(tokens: Arc<[usize]>, length: usize, stride: usize) -> Self {
        let starts = (0..tokens.len().saturating_sub(length)).step_by(stride.max(1)).collect();
        Self { tokens, starts, length }
    }

    /// How many tokens each window has.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Every token of every window, one window after the other.
    pub fn inputs(&self) -> Vec<usize> {
        self.shifted(0)
    }

    /// The token that follows each of [`inputs`](Self::inputs).
    pub fn targets(&self) -> Vec<usize> {
        self.shifted(1)
    }

    fn shifted(&self, by: usize) -> Vec<usize> {
        let window = |&start: &usize| &self.tokens[start + by..start + by + self.length];
        self.starts.iter().flat_map(window).copied().collect()
    }
}

impl Dataset for Windows {
    fn len(&self) -> usize {
        self.starts.len()
    }

    fn select(&self, indices: &[usize]) -> Self {
        let starts = indices.iter().map(|&index| self.starts[index]).collect();
        Self { tokens: Arc::clone(&self.tokens), starts, length: self.length }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dataset, Windows};

    #[test]
    fn the_target_of_a_token_is_its_successor() {
        let windows = Windows::new([10, 11, 12, 13, 14].into(), 2, 1);
        assert_eq!((windows.len(), windows.length()), (3, 2));
        let selected = windows.select(&[2, 0]);
        assert_eq!(selected.inputs(), [12, 13, 10, 11]);
        assert_eq!(selected.targets(), [13, 14, 11, 12]);
    }

    #[test]
    fn windows_can_lie_end_to_end_and_too_short_a_text_has_none() {
        assert_eq!(Windows::new((0..8).collect(), 3, 3).inputs(), [0, 1, 2, 3, 4, 5]);
        assert!(Windows::new([1, 2].into(), 2, 1).is_empty());
    }
}
