//! How many steps a batch saves, with the learning rate tuned or scaled by a rule.
//!
//! The harmonic noisy quadratic of Zhang et al. (2019, section 3) in closed form, as in
//! [`scaling`](super::scaling), quick enough to be moved: the best rate of one batch size is looked for
//! around that of the one before. McCandlish, Kaplan, Amodei et al. (2018) describe the
//! bend by S = S_min (1 + B_crit / B), so that B_crit is where the steps are twice the fewest; we take
//! that as its definition, though the model's curve has not exactly that form.

use crate::landscape::{Descent, NoisyQuadratic};
use crate::statistics::geometric;

/// How finely rates are tried, over four powers of ten and more.
const RATES: usize = 48;
const LOWEST_RATE: f64 = 1e-4;
/// Every so many of them, where there is no rate to begin with.
const STRIDE: usize = 4;

/// What is to be reached, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// How many coordinates the model has.
    pub dimension: usize,
    /// What the variance of the gradient's noise is multiplied by.
    pub noise: f64,
    /// The expected loss to reach.
    pub target: f64,
    /// β: in \[0, 1). Zero is plain gradient descent.
    pub momentum: f64,
}

/// How many steps the target takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// The learning rate divided by 1 − β.
    pub rate: f64,
    /// How many steps; `None` if 2²⁴ do not reach the target.
    pub steps: Option<u64>,
}

impl Way {
    /// The number of steps for a figure: ∞ if there is none.
    pub fn count(&self) -> f64 {
        self.steps.map_or(f64::INFINITY, |steps| steps as f64)
    }
}

impl Config {
    /// The expected loss at the start.
    pub fn initial_loss(&self) -> f64 {
        NoisyQuadratic::gathered(self.dimension).initial_loss()
    }

    /// Above this rate, divided by 1 − β, no batch is large enough: 2 (1 + β) / (1 − β) at the largest
    /// curvature, which is 1.
    pub fn stability_limit(&self) -> f64 {
        2.0 * (1.0 + self.momentum) / (1.0 - self.momentum)
    }

    /// The way with this rate and this batch size, which may be infinite: then there is no noise.
    pub fn way(&self, rate: f64, batch_size: f64) -> Way {
        // Above the limit nothing arrives, and none of the doublings of steps need be tried.
        if rate >= self.stability_limit() {
            return Way { rate, steps: None };
        }
        let model = NoisyQuadratic::gathered(self.dimension);
        let steps = model.forecast(&self.descent(rate)).steps_to(self.target, 1.0 / batch_size);
        Way { rate, steps }
    }

    /// Steps with this rate and a batch of one.
    fn descent(&self, rate: f64) -> Descent {
        Descent {
            learning_rate: rate * (1.0 - self.momentum),
            momentum: self.momentum,
            batch_size: 1.0 / self.noise,
        }
    }

    /// The way of each batch size, in rising order, with its best rate of a grid.
    ///
    /// The larger the batch, the less noise forbids, so the best rate hardly ever falls; it is looked
    /// for on both sides of the previous one all the same.
    pub fn tuned(&self, batch_sizes: &[f64]) -> Vec<Way> {
        let model = NoisyQuadratic::gathered(self.dimension);
        let rates = geometric(LOWEST_RATE, 0.995 * self.stability_limit(), RATES);
        // What is costly about a rate is the same for every batch size.
        let forecast = |rate: &f64| model.forecast(&self.descent(*rate));
        let mut forecasts: Vec<_> = rates.iter().map(forecast).collect();
        let mut previous = None;
        let mut best_of = |&batch: &f64| {
            let mut way = |place: usize| Way {
                rate: rates[place],
                steps: forecasts[place].steps_to(self.target, 1.0 / batch),
            };
            let better = |a: &Way, b: &Way| a.count() < b.count();
            let start = previous.unwrap_or_else(|| {
                let tried = (0..RATES).step_by(STRIDE).map(|place| (place, way(place).count()));
                tried.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(place, _)| place)
            });
            let mut best = (start, way(start));
            // A few worse ones do not end the search: whole numbers of steps make it uneven.
            let mut look = |places: &mut dyn Iterator<Item = usize>| {
                let mut worse = 0;
                for place in places {
                    let found = way(place);
                    worse = if better(&found, &best.1) { 0 } else { worse + 1 };
                    if worse == 0 {
                        best = (place, found);
                    } else if worse > 2 {
                        break;
                    }
                }
            };
            look(&mut (start + 1..RATES));
            look(&mut (0..start).rev());
            previous = best.1.steps.map(|_| best.0);
            best.1
        };
        batch_sizes.iter().map(&mut best_of).collect()
    }
}

/// The batch size at which steps are twice the fewest, between those that were tried: in rising order,
/// with the steps of each. `None` if it lies beyond them.
pub fn critical_batch_size(batch_sizes: &[f64], ways: &[Way], fewest: u64) -> Option<f64> {
    let twice = 2.0 * fewest as f64;
    let at =
        ways.windows(2).position(|pair| pair[0].count() > twice && pair[1].count() <= twice)?;
    let log = |x: f64| libm::log(x);
    let (from, to) = (ways[at].count(), ways[at + 1].count());
    // From a batch that never arrives there is no straight line.
    let share =
        if from.is_finite() { (log(from) - log(twice)) / (log(from) - log(to)) } else { 1.0 };
    Some(batch_sizes[at] * libm::pow(batch_sizes[at + 1] / batch_sizes[at], share))
}

#[cfg(test)]
mod tests {
    use super::{Config, LOWEST_RATE, RATES, critical_batch_size};
    use crate::landscape::NoisyQuadratic;
    use crate::statistics::geometric;

    const BATCHES: [f64; 8] = [1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, f64::INFINITY];

    fn config(momentum: f64) -> Config {
        Config { dimension: 1000, noise: 1.0, target: 0.1, momentum }
    }

    #[test]
    fn the_search_finds_what_trying_every_rate_finds() {
        for momentum in [0.0, 0.9] {
            let config = config(momentum);
            let model = NoisyQuadratic::gathered(config.dimension);
            let grid = geometric(LOWEST_RATE, 0.995 * config.stability_limit(), RATES);
            for (batch, way) in BATCHES.iter().zip(config.tuned(&BATCHES)) {
                let all = model.fewest_steps_to(0.1, &grid, momentum, *batch).unwrap();
                let ratio = way.count() / all.0 as f64;
                assert!((1.0..1.05).contains(&ratio), "{momentum} {batch}: {way:?} {all:?}");
            }
        }
    }

    /// Noise enters as its variance over B alone, so c times the noise is met by c times the batch.
    #[test]
    fn the_critical_batch_size_grows_with_the_noise() {
        let batches: Vec<f64> = (0..18).map(|k| f64::from(1 << k)).collect();
        let critical = |noise| {
            let config = Config { noise, ..config(0.0) };
            let fewest = config.tuned(&[f64::INFINITY])[0].steps.unwrap();
            critical_batch_size(&batches, &config.tuned(&batches), fewest).unwrap()
        };
        assert!((critical(16.0) / critical(1.0) - 16.0).abs() < 0.5);
    }

    #[test]
    fn momentum_moves_the_bend_and_nothing_to_the_left_of_it() {
        let plain = config(0.0).tuned(&BATCHES);
        let heavy = config(0.9).tuned(&BATCHES);
        assert!((heavy[0].count() / plain[0].count() - 1.0).abs() < 0.05);
        assert!(heavy[7].count() < 0.5 * plain[7].count());
    }

    #[test]
    fn what_cannot_be_reached_is_said_to_be() {
        let config = config(0.0);
        assert_eq!(config.way(2.1, f64::INFINITY).steps, None);
        assert_eq!(config.way(1.0, 1e-3).steps, None);
        let noisy = Config { noise: 1e9, ..config };
        assert!(noisy.tuned(&[1.0])[0].steps.is_none());
        assert_eq!(critical_batch_size(&[1.0, 4.0], &config.tuned(&[1.0, 4.0]), 1), None);
    }
}
