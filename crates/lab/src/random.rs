//! Seeded, portable randomness.
//!
//! Every draw in the lab comes from a [`Stream`]: the ChaCha8 generator, turned into numbers by
//! arithmetic that is the same on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A sequence of random numbers that its seed and its purpose determine.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

/// What a stream is for. Streams of one seed and different purposes are independent, so that
/// changing the batch size, say, leaves the initial weights as they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Splitting data into training and test sets.
    Split = 0,
    /// Initial parameters.
    Initialization = 1,
    /// Which examples form which batch.
    Batches = 2,
    /// Noise that an experiment adds.
    Noise = 3,
    /// Settings of a random search.
    Search = 4,
}

impl Stream {
    /// The stream of this seed for this purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(purpose as u64);
        Self(generator)
    }

    /// A number in [0, 1), uniform over the multiples of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A draw from the normal distribution with mean 0 and variance 1 (Box and Muller, 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// An integer in 0..`bound`, for bounds far below 2³².
    ///
    /// A draw's high bits are scaled to the bound; the bias this leaves is below bound / 2⁶⁴.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// The numbers 0..`count` in random order (Fisher and Yates).
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::{Purpose, Stream};
    use crate::statistics::{mean, variance};

    #[test]
    fn the_same_seed_and_purpose_repeat_and_others_differ() {
        let draw = |seed, purpose| Stream::new(seed, purpose).uniform().to_bits();
        assert_eq!(draw(7, Purpose::Noise), draw(7, Purpose::Noise));
        assert_ne!(draw(7, Purpose::Noise), draw(8, Purpose::Noise));
        assert_ne!(draw(7, Purpose::Noise), draw(7, Purpose::Split));
    }

    #[test]
    fn normal_draws_have_mean_zero_and_variance_one() {
        let mut stream = Stream::new(0, Purpose::Noise);
        let draws: Vec<f64> = (0..100_000).map(|_| stream.normal()).collect();
        // Four standard errors: of the mean 1/√n, of the variance √(2/n).
        assert!(mean(&draws).abs() < 4.0 / 316.2);
        assert!((variance(&draws) - 1.0).abs() < 4.0 * 1.414 / 316.2);
    }

    #[test]
    fn a_permutation_holds_every_index_once() {
        let mut order = Stream::new(3, Purpose::Split).permutation(100);
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }
}
