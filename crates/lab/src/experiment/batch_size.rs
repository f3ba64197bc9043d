//! What the size of a batch does to the noise of its gradient, and to training.

use crate::LabError;
use crate::data::Digits;
use crate::model::{Model, SoftmaxRegression};
use crate::parallel;
use crate::random::{Purpose, Stream};
use crate::statistics::{mean, variance};
use crate::train::Trainer;
use crate::walker::Walker;
use descent::{Sgd, Tensors};
use serde::Serialize;

/// How gradients of one batch size scatter around the gradient over all of the data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GradientNoise {
    /// How many examples a batch has.
    pub batch_size: usize,
    /// The root of the mean squared distance between a batch's gradient and the full one, divided
    /// by the norm of the full one.
    pub relative_error: f64,
    /// Of each batch, the component of its gradient along the full gradient, divided by the norm
    /// of the full one: 1 on average; a negative one points uphill.
    pub components: Vec<f64>,
}

impl GradientNoise {
    /// The share of batches whose gradient points uphill.
    pub fn uphill_share(&self) -> f64 {
        let uphill = self.components.iter().filter(|component| **component < 0.0).count();
        uphill as f64 / self.components.len() as f64
    }
}

/// Measures gradient noise on the digits, for softmax regression after `trained_steps` steps of
/// SGD (batch 32, learning rate 0.5), over `draws` batches a size, each drawn with replacement.
///
/// # Errors
/// If the training before the measurement is refused.
pub fn gradient_noise(
    batch_sizes: &[usize],
    trained_steps: usize,
    draws: usize,
    seed: u64,
) -> Result<Vec<GradientNoise>, LabError> {
    let digits = Digits::load();
    let model = SoftmaxRegression::for_digits();
    let mut trainer = Trainer::new(&model, Sgd, 0.5, &digits.training, 32, seed)?;
    trainer.by_ref().take(trained_steps).collect::<Result<Vec<_>, _>>()?;

    let flat = |gradient: Tensors<f64>| gradient.scalars().collect::<Vec<f64>>();
    let gradient_over = |indices: &[usize]| {
        flat(model.loss_and_gradient(trainer.parameters(), &digits.training.select(indices)).1)
    };
    let everything: Vec<usize> = (0..digits.training.len()).collect();
    let full = gradient_over(&everything);
    let squared_norm: f64 = full.iter().map(|g| g * g).sum();
    let single: Vec<Vec<f64>> = everything.iter().map(|&index| gradient_over(&[index])).collect();

    Ok(parallel::map(batch_sizes, |&batch_size| {
        let mut stream = Stream::new(seed, Purpose::Noise);
        let mut squared_error = 0.0;
        let mut components = Vec::with_capacity(draws);
        for _ in 0..draws {
            let mut gradient = vec![0.0; full.len()];
            for _ in 0..batch_size {
                let example = &single[stream.below(single.len())];
                for (sum, g) in gradient.iter_mut().zip(example) {
                    *sum += g / batch_size as f64;
                }
            }
            squared_error +=
                gradient.iter().zip(&full).map(|(g, mean)| (g - mean) * (g - mean)).sum::<f64>();
            components.push(
                gradient.iter().zip(&full).map(|(g, mean)| g * mean).sum::<f64>() / squared_norm,
            );
        }
        let relative_error = (squared_error / draws as f64 / squared_norm).sqrt();
        GradientNoise { batch_size, relative_error, components }
    }))
}

/// The largest difference, over all coordinates, between the gradient of one batch of 64 digits
/// and the mean of the gradients of the batches that make it up, whose `sizes` add up to 64.
pub fn accumulation_error(sizes: &[usize]) -> f64 {
    let digits = Digits::load();
    let model = SoftmaxRegression::for_digits();
    let parameters = model.initial(&mut Stream::new(0, Purpose::Initialization));
    let gradient = |range: std::ops::Range<usize>| {
        let batch = digits.training.select(&range.collect::<Vec<_>>());
        model.loss_and_gradient(&parameters, &batch).1.scalars().collect::<Vec<f64>>()
    };
    let whole = gradient(0..64);
    let mut accumulated = vec![0.0; whole.len()];
    let mut start = 0;
    for size in sizes {
        for (sum, g) in accumulated.iter_mut().zip(gradient(start..start + size)) {
            *sum += g / sizes.len() as f64;
        }
        start += size;
    }
    whole.iter().zip(&accumulated).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// SGD on `½ x²` with gradient noise of variance 1: the positions visited after the first
/// tenth of the steps, started at 0.
///
/// # Errors
/// If the learning rate is not a finite number of at least 0.
pub fn noise_ball(learning_rate: f64, steps: usize, seed: u64) -> Result<Vec<f64>, LabError> {
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut walker = Walker::new(Sgd, learning_rate, vec![0.0])?;
    let mut visited = Vec::with_capacity(steps);
    for _ in 0..steps {
        walker.step(|_, x| [x[0] + stream.normal()])?;
        visited.push(walker.position()[0]);
    }
    Ok(visited.split_off(steps / 10))
}

/// The variance of [`noise_ball`]'s positions.
///
/// # Errors
/// If the learning rate is not a finite number of at least 0.
pub fn noise_ball_variance(learning_rate: f64, steps: usize, seed: u64) -> Result<f64, LabError> {
    Ok(variance(&noise_ball(learning_rate, steps, seed)?))
}

/// Training on the digits for a fixed number of epochs, that is, of gradients of single examples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Race {
    /// How many examples a batch has.
    pub batch_size: usize,
    /// The learning rate with the lowest final training loss, from the grid.
    pub learning_rate: f64,
    /// How many epochs had passed at each measurement.
    pub epochs: Vec<f64>,
    /// For each seed, the loss over the whole training set at each measurement.
    pub losses: Vec<Vec<f64>>,
}

/// Lets softmax regression race on the digits, one entry a batch size, every one with the learning
/// rate of the grid that serves it best on the first seed.
///
/// # Errors
/// If a batch size is 0 or larger than the training set.
pub fn race(
    batch_sizes: &[usize],
    learning_rates: &[f64],
    epochs: usize,
    seeds: &[u64],
) -> Result<Vec<Race>, LabError> {
    let digits = Digits::load();
    let model = SoftmaxRegression::for_digits();
    let measurements = 8 * epochs;
    let run = |batch_size: usize, learning_rate: f64, seed: u64| -> Result<_, LabError> {
        let mut trainer =
            Trainer::new(&model, Sgd, learning_rate, &digits.training, batch_size, seed)?;
        let (mut passed, mut losses) = (vec![0.0], vec![trainer.loss(&digits.training)]);
        let steps = epochs * digits.training.len() / batch_size;
        for step in 1..=steps {
            trainer.by_ref().take(1).collect::<Result<Vec<_>, _>>()?;
            if step * measurements / steps != (step - 1) * measurements / steps {
                passed.push((step * batch_size) as f64 / digits.training.len() as f64);
                losses.push(trainer.loss(&digits.training));
            }
        }
        Ok((passed, losses))
    };
    let final_loss = |(_, losses): &(Vec<f64>, Vec<f64>)| losses[losses.len() - 1];
    let race_of = |&batch_size: &usize| -> Result<Race, LabError> {
        let mut best: Option<(f64, f64)> = None;
        for &learning_rate in learning_rates {
            let reached = final_loss(&run(batch_size, learning_rate, seeds[0])?);
            if best.is_none_or(|(_, lowest)| reached < lowest) {
                best = Some((learning_rate, reached));
            }
        }
        let (learning_rate, _) =
            best.ok_or_else(|| LabError::setting("learning_rates", "[]", "one rate or more"))?;
        let runs = seeds
            .iter()
            .map(|&seed| run(batch_size, learning_rate, seed))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Race {
            batch_size,
            learning_rate,
            epochs: runs[0].0.clone(),
            losses: runs.into_iter().map(|(_, losses)| losses).collect(),
        })
    };
    parallel::map(batch_sizes, race_of).into_iter().collect()
}

/// The training loss of softmax regression on the digits after `epochs` epochs, for every batch
/// size (row) and learning rate (column), averaged over the seeds. A run that diverges or is
/// refused counts as infinite.
pub fn loss_map(
    batch_sizes: &[usize],
    learning_rates: &[f64],
    epochs: usize,
    seeds: &[u64],
) -> Vec<Vec<f64>> {
    let digits = Digits::load();
    let model = SoftmaxRegression::for_digits();
    let final_loss = |batch_size: usize, learning_rate: f64, seed: u64| -> Result<f64, LabError> {
        let mut trainer =
            Trainer::new(&model, Sgd, learning_rate, &digits.training, batch_size, seed)?;
        let steps = epochs * digits.training.len() / batch_size;
        trainer.by_ref().take(steps).collect::<Result<Vec<_>, _>>()?;
        Ok(trainer.loss(&digits.training))
    };
    parallel::map(batch_sizes, |&batch_size| {
        let over_seeds = |&learning_rate: &f64| {
            let losses: Vec<f64> = seeds
                .iter()
                .map(|&seed| final_loss(batch_size, learning_rate, seed).unwrap_or(f64::INFINITY))
                .collect();
            mean(&losses)
        };
        learning_rates.iter().map(over_seeds).collect()
    })
}
