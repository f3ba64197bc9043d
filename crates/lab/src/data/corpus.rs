//! A text to predict character by character: the beginning of *Alice's Adventures in Wonderland*.
//!
//! `crates/lab/data/README.md` states the source. Thirty-eight thousand characters are enough for
//! frequent and rare characters, and few enough to train on within seconds.

use super::Windows;
use crate::LabError;
use std::sync::Arc;

const TEXT: &str = include_str!("../../data/alice.txt");

/// The characters of the text as tokens: the first 90 % for training, the last 10 % held out.
#[derive(Clone, Debug, PartialEq)]
pub struct Corpus {
    vocabulary: Vec<char>,
    training: Arc<[usize]>,
    held_out: Arc<[usize]>,
}

impl Corpus {
    /// Loads the text.
    pub fn load() -> Self {
        let mut vocabulary: Vec<char> = TEXT.chars().collect();
        vocabulary.sort_unstable();
        vocabulary.dedup();
        let token = |c| vocabulary.partition_point(|&known| known < c);
        let tokens: Vec<usize> = TEXT.chars().map(token).collect();
        let (training, held_out) = tokens.split_at(tokens.len() / 10 * 9);
        Self { training: training.into(), held_out: held_out.into(), vocabulary }
    }

    /// The 67 characters that occur, in the order of their codes. A token is an index into them.
    pub fn vocabulary(&self) -> &[char] {
        &self.vocabulary
    }

    /// The tokens to train on.
    pub fn training(&self) -> &[usize] {
        &self.training
    }

    /// The tokens to judge by.
    pub fn held_out(&self) -> &[usize] {
        &self.held_out
    }

    /// Training windows of `length` tokens, one from every place at which one fits.
    ///
    /// # Errors
    /// If `length` is 0 or a window and its last target do not fit into the held-out text.
    pub fn training_windows(&self, length: usize) -> Result<Windows, LabError> {
        self.windows(&self.training, length, 1)
    }

    /// Held-out windows of `length` tokens, end to end, so that no token is a target twice.
    ///
    /// # Errors
    /// As [`training_windows`](Self::training_windows).
    pub fn held_out_windows(&self, length: usize) -> Result<Windows, LabError> {
        self.windows(&self.held_out, length, length)
    }

    fn windows(
        &self,
        text: &Arc<[usize]>,
        length: usize,
        stride: usize,
    ) -> Result<Windows, LabError> {
        if !(1..self.held_out.len()).contains(&length) {
            let range = format!("1..={}", self.held_out.len() - 1);
            return Err(LabError::setting("length", length, range));
        }
        Ok(Windows::new(Arc::clone(text), length, stride))
    }
}

#[cfg(test)]
mod tests {
    use super::{Corpus, TEXT};
    use crate::data::Dataset;

    #[test]
    fn tokens_spell_the_text() {
        let corpus = Corpus::load();
        let tokens = corpus.training().iter().chain(corpus.held_out());
        assert!(tokens.map(|&token| corpus.vocabulary()[token]).eq(TEXT.chars()));
        assert!(TEXT.is_ascii());
        assert_eq!(corpus.vocabulary().len(), 67);
    }

    #[test]
    fn a_tenth_is_held_out_and_holds_no_unknown_character() {
        let corpus = Corpus::load();
        assert_eq!((corpus.training().len(), corpus.held_out().len()), (34_200, 3806));
        assert!(corpus.held_out().iter().all(|token| corpus.training().contains(token)));
    }

    #[test]
    fn windows_cover_each_part() {
        let corpus = Corpus::load();
        assert_eq!(corpus.training_windows(32).unwrap().len(), 34_200 - 32);
        assert_eq!(corpus.held_out_windows(32).unwrap().len(), 3806 / 32);
        let refusal = corpus.held_out_windows(0).unwrap_err().to_string();
        assert_eq!(refusal, "length = 0 is outside 1..=3805; choose a value inside it");
    }
}
