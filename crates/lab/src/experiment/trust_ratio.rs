//! LARS and LAMB: what a trust ratio does, and what it does not do here.
//!
//! You, Gitman and Ginsburg (2017) and You et al. (2020) train with batches of tens of thousands by
//! giving every layer a step in proportion to its norm. Nado et al. (2021) then match both with tuned
//! Nesterov momentum and Adam.
//!
//! Ours, on 1297 digits with batches up to all of them, rates tuned for each: AdamW and LAMB within a
//! point of each other at every size, momentum and LARS likewise. So the *benefit* does not reproduce at
//! this scale, as it should not: our largest batch is far below the sizes these methods were made for.
//! What does reproduce is the *mechanism*: each layer's step is η times its norm ([`relative_steps`]).

use crate::LabError;
use crate::data::Digits;
use crate::model::Mlp;
use crate::statistics::geometric;
use crate::sweep::{Contender, Standing, compare};
use crate::train::Trainer;
use descent::{AdamW, Group, Lamb, Lars, Linear, Momentum, Rule, Tensors, Warmup, group};
use ndarray::array;
use serde::{Deserialize, Serialize};

/// The norm of each tensor's first step divided by the tensor's norm and by η, under LAMB, for a
/// large matrix with tiny gradients, a small one with huge gradients, and a bias at zero.
///
/// The last is divided by η alone, since its norm is 0: the trust ratio is then 1.
///
/// # Errors
/// If the rule refuses its settings.
pub fn relative_steps(rule: Lamb) -> Result<[f64; 3], LabError> {
    let mut parameters = Tensors::new()
        .with("large", array![[30.0, -40.0], [10.0, 20.0]].into_dyn())
        .with("small", array![[0.003, 0.004]].into_dyn())
        .with("bias", array![0.0, 0.0].into_dyn());
    let gradients = Tensors::new()
        .with("large", array![[1e-4, 2e-4], [-1e-4, 3e-4]].into_dyn())
        .with("small", array![[500.0, -20.0]].into_dyn())
        .with("bias", array![0.3, -0.4].into_dyn());
    let learning_rate = 0.01;
    let before = parameters.clone();
    descent::Optimizer::new(rule, learning_rate, &parameters)?.step(&mut parameters, &gradients)?;
    let norm = |array: &ndarray::ArrayD<f64>| array.iter().map(|x| x * x).sum::<f64>().sqrt();
    let mut steps = before.iter().zip(parameters.iter()).map(|((_, old), (_, new))| {
        let length = norm(old);
        norm(&(new - old)) / learning_rate / if length > 0.0 { length } else { 1.0 }
    });
    let mut next = || steps.next().unwrap_or(f64::NAN);
    Ok([next(), next(), next()])
}

/// The settings of a [`large_batches`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// How many examples a batch has.
    pub batch_size: usize,
    /// How many passes over the digits are made.
    pub epochs: usize,
    /// How many rates each rule may choose from.
    pub rates: usize,
    /// The seeds that rates are chosen on.
    pub tuning_seeds: Vec<u64>,
    /// The seeds that rules are judged on.
    pub seeds: Vec<u64>,
}

/// AdamW, LAMB, SGD with momentum and LARS on a 64-64-64-10 ReLU network, each with its best rate; scores
/// are shares of test images that are misclassified. `progress` is told after each run how many of how
/// many are done.
///
/// # Errors
/// If a setting is refused.
pub fn large_batches(
    config: &Config,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<Vec<Standing>, LabError> {
    let digits = Digits::load();
    let model = Mlp::relu(&[64, 64, 64, 10]);
    let task = Task { digits: &digits, model: &model, config };
    let adamw = AdamW { eps: 1e-6, weight_decay: 0.01, ..AdamW::default() };
    let lamb = Lamb { weight_decay: 0.01, ..Lamb::default() };
    let lars = Lars { weight_decay: 1e-4, trust_coefficient: 1.0, eps: 1e-9, momentum: 0.9 };
    let grid = |low: f64, high: f64| geometric(low, high, config.rates);
    let contenders = [
        Contender::new("AdamW", grid(1e-3, 0.1), |rate, seed| task.error(adamw, adamw, rate, seed)),
        Contender::new("LAMB", grid(0.01, 1.0), |rate, seed| task.error(lamb, lamb, rate, seed)),
        Contender::new("SGD, momentum 0.9", grid(0.03, 3.0), |rate, seed| {
            let rule = Momentum::accumulated(0.9);
            task.error(rule, rule, rate, seed)
        }),
        Contender::new("LARS", grid(3e-3, 0.3), |rate, seed| task.error(lars, lars, rate, seed)),
    ];
    compare(&contenders, &config.tuning_seeds, &config.seeds, progress)
}

struct Task<'a> {
    digits: &'a Digits,
    model: &'a Mlp,
    config: &'a Config,
}

impl Task<'_> {
    /// The share of test images that are misclassified; 1 where the run diverged.
    fn error<R: Rule<f64>>(
        &self,
        weights: R,
        biases: R,
        peak: f64,
        seed: u64,
    ) -> Result<f64, LabError> {
        let training = &self.digits.training;
        let batch_size = self.config.batch_size.min(training.len());
        let steps = (self.config.epochs * training.len() / batch_size).max(1) as u64;
        let warmup = steps / 10;
        let line = Linear { base_lr: peak, min_lr: 0.0, total_steps: steps - warmup };
        let schedule = Warmup::new(warmup, line);
        let groups = vec![
            Group::new("weights", weights, schedule.clone()),
            Group::new("biases", biases, schedule),
        ];
        let assign =
            |_: &str, shape: &[usize]| if group::is_matrix(shape) { "weights" } else { "biases" };
        let mut trainer = Trainer::grouped(self.model, groups, assign, training, batch_size, seed)?;
        match trainer.run(steps as usize, |_| ()) {
            Ok(_) => Ok(1.0 - trainer.accuracy(&self.digits.test)),
            Err(LabError::Step(_)) => Ok(1.0),
            Err(other) => Err(other),
        }
    }
}
