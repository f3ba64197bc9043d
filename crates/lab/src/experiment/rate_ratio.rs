//! How far apart the best learning rates of SGD and Adam are.
//!
//! "Ten to a hundred times" is what people say. The rates have different units: SGD's turns gradients
//! into distances, Adam's is a distance. So the ratio is whatever the size of gradients makes it, and it
//! changes from problem to problem: [`ratio_on_digits`] here, and the transformer and the noisy
//! quadratic elsewhere in this crate.

use crate::LabError;
use crate::data::Digits;
use crate::model::Mlp;
use crate::statistics::geometric;
use crate::sweep::{grid, interpolated_best};
use crate::train::Trainer;
use descent::{Adam, Momentum, Rule};

/// The best rate of SGD with this momentum over the best of Adam, by training loss of a 64-64-10 ReLU
/// network after 100 steps on the digits in batches of 128.
///
/// # Errors
/// If a setting is refused.
pub fn ratio_on_digits(momentum: f64, rates: usize, seeds: &[u64]) -> Result<f64, LabError> {
    let digits = Digits::load();
    let model = Mlp::relu(&[64, 64, 10]);
    // What momentum multiplies the rate by in the long run is taken off the grid.
    let grid = |low: f64, high: f64| geometric(low, high, rates);
    let (low, high) = (0.1 * (1.0 - momentum), 20.0 * (1.0 - momentum));
    let sgd = best_rate(&digits, &model, Momentum::accumulated(momentum), &grid(low, high), seeds)?;
    let adam = best_rate(&digits, &model, Adam::default(), &grid(2e-3, 0.4), seeds)?;
    Ok(sgd / adam)
}

fn best_rate(
    digits: &Digits,
    model: &Mlp,
    rule: impl Rule<f64>,
    rates: &[f64],
    seeds: &[u64],
) -> Result<f64, LabError> {
    let run = |&rate: &f64, seed| {
        let rule = rule.clone();
        let mut trainer = Trainer::new(model, rule, rate, &digits.training, 128, seed)?;
        trainer.run(100, |_| ())?;
        Ok(libm::log(trainer.loss(&digits.training)))
    };
    let trials = grid(rates, seeds, run, |_, _| ())?;
    let means: Vec<f64> = trials
        .chunks(seeds.len())
        .map(|of_rate| of_rate.iter().map(|trial| trial.score).sum::<f64>() / seeds.len() as f64)
        .collect();
    Ok(interpolated_best(rates, &means))
}
