//! How the best learning rate and the number of steps go with the batch size.
//!
//! **Critical batch size** ([`steps_by_batch`]). McCandlish, Kaplan, Amodei et al. (2018) and Shallue et
//! al. (2019) find that doubling the batch halves the steps up to a critical size and then buys less and
//! less; Zhang et al. (2019, section 3) find both, and that momentum helps only beyond it, in the noisy
//! quadratic model. So do we, in closed form.
//!
//! **Scaling rules** ([`best_rates`]). For SGD the linear rule (Goyal et al. 2017) is exact below the
//! critical size: our exponent is within a few hundredths of 1. For Adam, Malladi et al. (2022) derive a
//! square root; ours is within a few hundredths of ½. Both saturate, and Adam's exponent rises where
//! few steps are left.

use crate::LabError;
use crate::landscape::NoisyQuadratic;
use crate::parallel;
use crate::statistics::{geometric, mean, slope};
use crate::sweep::interpolated_best;
use descent::{Adam, Sgd};
use serde::{Deserialize, Serialize};

/// How many steps a loss takes at each batch size, each with its best learning rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepsByBatch {
    /// The batch sizes.
    pub batch_sizes: Vec<f64>,
    /// The fewest steps to the target.
    pub steps: Vec<f64>,
    /// The learning rate that takes them, divided by 1 − β where there is momentum.
    pub rates: Vec<f64>,
}

/// How many steps of gradient descent with momentum β bring the expected loss of the harmonic noisy
/// quadratic with 1000 coordinates to 0.1, from 3.7.
pub fn steps_by_batch(batch_sizes: &[f64], momentum: f64, rates: usize) -> StepsByBatch {
    let model = NoisyQuadratic::harmonic(1000);
    let highest = 1.99 * (1.0 + momentum) / (1.0 - momentum);
    let grid = geometric(1e-3, highest, rates);
    let fewest = |&batch: &f64| {
        let found = model.fewest_steps_to(0.1, &grid, momentum, batch);
        found.map_or((f64::INFINITY, f64::NAN), |(steps, rate)| (steps as f64, rate))
    };
    let (steps, rates) = parallel::map(batch_sizes, fewest).into_iter().unzip();
    StepsByBatch { batch_sizes: batch_sizes.to_vec(), steps, rates }
}

/// A rule whose learning rate is to be scaled with the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scaled {
    /// Plain SGD.
    Sgd,
    /// Adam with its usual settings.
    Adam,
}

/// The settings of a [`best_rates`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The rule.
    pub rule: Scaled,
    /// How many coordinates the model has.
    pub dimension: usize,
    /// How many examples each run sees, whatever its batch size.
    pub examples: u64,
    /// The batch sizes.
    pub batch_sizes: Vec<u64>,
    /// The learning rates to choose from, in equal ratios.
    pub rates: Vec<f64>,
    /// The seeds over whose runs losses are averaged.
    pub seeds: Vec<u64>,
}

/// The best learning rate at each batch size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestRates {
    /// The batch sizes.
    pub batch_sizes: Vec<f64>,
    /// The best rate of each, between the points of the grid.
    pub best: Vec<f64>,
    /// The mean final loss at each batch size (row) and learning rate (column).
    pub losses: Vec<Vec<f64>>,
}

impl BestRates {
    /// The exponent p of the best power law η* ∝ Bᵖ over the first `count` batch sizes.
    pub fn exponent(&self, count: usize) -> f64 {
        let logs = |values: &[f64]| values.iter().map(|x| libm::log(*x)).collect::<Vec<_>>();
        slope(&logs(&self.batch_sizes[..count]), &logs(&self.best[..count]))
    }
}

/// Runs every batch size with every learning rate on the harmonic noisy quadratic.
///
/// # Errors
/// If a rate is not a finite number of at least 0.
pub fn best_rates(config: &Config) -> Result<BestRates, LabError> {
    let model = NoisyQuadratic::harmonic(config.dimension);
    let run = |&(batch, rate, seed): &(u64, f64, u64)| {
        let (size, steps) = (batch as f64, config.examples / batch);
        let loss = match config.rule {
            Scaled::Sgd => model.simulate(Sgd, rate, size, steps, seed),
            Scaled::Adam => model.simulate(Adam::default(), rate, size, steps, seed),
        };
        // A gradient that overflows is how divergence ends.
        match loss {
            Err(LabError::Step(_)) => Ok(f64::INFINITY),
            other => other,
        }
    };
    let runs: Vec<_> = config
        .batch_sizes
        .iter()
        .flat_map(|&batch| config.rates.iter().map(move |&rate| (batch, rate)))
        .flat_map(|(batch, rate)| config.seeds.iter().map(move |&seed| (batch, rate, seed)))
        .collect();
    let losses = parallel::map(&runs, run).into_iter().collect::<Result<Vec<_>, _>>()?;
    let means: Vec<f64> = losses.chunks(config.seeds.len()).map(mean).collect();
    let losses: Vec<Vec<f64>> = means.chunks(config.rates.len()).map(<[f64]>::to_vec).collect();
    let logs = |row: &Vec<f64>| row.iter().map(|loss| libm::log(*loss)).collect::<Vec<_>>();
    let best = losses.iter().map(|row| interpolated_best(&config.rates, &logs(row))).collect();
    let batch_sizes = config.batch_sizes.iter().map(|batch| *batch as f64).collect();
    Ok(BestRates { batch_sizes, best, losses })
}
