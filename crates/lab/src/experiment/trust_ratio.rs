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
use crate::random::{Purpose, Stream};
use crate::statistics::geometric;
use crate::sweep::{Contender, Standing, compare};
use crate::train::Trainer;
use descent::{
    AdamW, CoupledL2, Group, Lamb, Lars, Linear, Momentum, Optimizer, Rule, Tensors, Warmup, group,
};
use ndarray::{ArrayD, array};
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
    Optimizer::new(rule, learning_rate, &parameters)?.step(&mut parameters, &gradients)?;
    let norm = |array: &ndarray::ArrayD<f64>| array.iter().map(|x| x * x).sum::<f64>().sqrt();
    let mut steps = before.iter().zip(parameters.iter()).map(|((_, old), (_, new))| {
        let length = norm(old);
        norm(&(new - old)) / learning_rate / if length > 0.0 { length } else { 1.0 }
    });
    let mut next = || steps.next().unwrap_or(f64::NAN);
    Ok([next(), next(), next()])
}

/// A tensor of a network, for [`layer_steps`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    /// Its name.
    pub name: &'static str,
    /// How many rows and columns it has.
    pub shape: (usize, usize),
    /// The norm of its weights; 0 for a bias at its start.
    pub weight_norm: f64,
    /// The norm of its gradient's mean. The noise of a gradient has about the same norm.
    pub gradient_norm: f64,
}

/// The settings of [`layer_steps`].
#[derive(Clone, Debug, PartialEq)]
pub struct LayerStepsConfig {
    /// The tensors.
    pub layers: Vec<Layer>,
    /// η, of all rules.
    pub learning_rate: f64,
    /// λ, of all rules.
    pub weight_decay: f64,
    /// τ, of LARS.
    pub trust_coefficient: f64,
    /// How many gradients the rules have seen when their step is measured, that step's included.
    pub steps: usize,
    /// The seed of weights and gradients.
    pub seed: u64,
}

/// How far each rule moves each layer: norms of Δθ, in the order of the layers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerSteps {
    /// The norms of the weights.
    pub weights: Vec<f64>,
    /// The norms of the last gradients.
    pub gradients: Vec<f64>,
    /// SGD with momentum 0.9 and coupled decay: LARS without its ratio.
    pub momentum: Vec<f64>,
    /// LARS with momentum 0.9.
    pub lars: Vec<f64>,
    /// AdamW: LAMB without its ratio.
    pub adamw: Vec<f64>,
    /// LAMB.
    pub lamb: Vec<f64>,
}

impl LayerSteps {
    /// The trust ratios of LARS: its step over that of the rule without it. With momentum, a mean
    /// over the gradients in the velocity.
    pub fn lars_ratios(&self) -> Vec<f64> {
        self.lars.iter().zip(&self.momentum).map(|(with, without)| with / without).collect()
    }

    /// The trust ratios of LAMB.
    pub fn lamb_ratios(&self) -> Vec<f64> {
        self.lamb.iter().zip(&self.adamw).map(|(with, without)| with / without).collect()
    }
}

/// The step of each rule at the same weights, after the same gradients. Until the step that is
/// measured, weights are put back after each, so that the rules differ in nothing but their steps.
///
/// # Errors
/// If a rule refuses its settings, or a gradient is not finite.
pub fn layer_steps(config: &LayerStepsConfig) -> Result<LayerSteps, LabError> {
    let LayerStepsConfig { learning_rate, weight_decay, trust_coefficient, .. } = *config;
    let mut initial = Stream::new(config.seed, Purpose::Initialization);
    let mut noise = Stream::new(config.seed, Purpose::Noise);
    let (mut weights, mut means) = (Tensors::new(), Tensors::new());
    for layer in &config.layers {
        weights = weights.with(layer.name, of_norm(layer.shape, layer.weight_norm, &mut initial));
        means = means.with(layer.name, of_norm(layer.shape, layer.gradient_norm, &mut initial));
    }
    let gradients: Vec<Tensors<f64>> = (0..config.steps.max(1))
        .map(|_| {
            let mut gradient = means.clone();
            for ((_, array), layer) in gradient.iter_mut().zip(&config.layers) {
                *array += &of_norm(layer.shape, layer.gradient_norm, &mut noise);
            }
            gradient
        })
        .collect();
    let held = Held { weights: &weights, gradients: &gradients, learning_rate };
    let rule = Momentum::accumulated(0.9);
    let lars = Lars { weight_decay, trust_coefficient, eps: 0.0, momentum: 0.9 };
    let adamw = AdamW { weight_decay, ..AdamW::default() };
    // LAMB with AdamW's ε, so that the ratio is all that parts the two.
    let lamb = Lamb { weight_decay, eps: adamw.eps, ..Lamb::default() };
    Ok(LayerSteps {
        weights: norms(&weights),
        gradients: gradients.last().map(norms).unwrap_or_default(),
        momentum: held.step(CoupledL2 { weight_decay, rule })?,
        lars: held.step(lars)?,
        adamw: held.step(adamw)?,
        lamb: held.step(lamb)?,
    })
}

/// Weights that stay where they are while rules see gradients.
struct Held<'a> {
    weights: &'a Tensors<f64>,
    gradients: &'a [Tensors<f64>],
    learning_rate: f64,
}

impl Held<'_> {
    /// The norms of a rule's last step.
    fn step(&self, rule: impl Rule<f64>) -> Result<Vec<f64>, LabError> {
        let mut optimizer = Optimizer::new(rule, self.learning_rate, self.weights)?;
        let mut moved = self.weights.clone();
        for gradient in self.gradients {
            moved = self.weights.clone();
            optimizer.step(&mut moved, gradient)?;
        }
        for ((_, new), (_, old)) in moved.iter_mut().zip(self.weights.iter()) {
            *new -= old;
        }
        Ok(norms(&moved))
    }
}

fn norms(tensors: &Tensors<f64>) -> Vec<f64> {
    tensors.iter().map(|(_, array)| array.iter().map(|x| x * x).sum::<f64>().sqrt()).collect()
}

/// Normal draws, scaled to this norm.
fn of_norm((rows, columns): (usize, usize), norm: f64, stream: &mut Stream) -> ArrayD<f64> {
    let draws = ArrayD::from_shape_simple_fn(vec![rows, columns], || stream.normal());
    let length = draws.iter().map(|x| x * x).sum::<f64>().sqrt();
    draws * (norm / length)
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

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn config(steps: usize) -> LayerStepsConfig {
        let layer = |name, weight_norm, gradient_norm| Layer {
            name,
            shape: (8, 6),
            weight_norm,
            gradient_norm,
        };
        LayerStepsConfig {
            layers: vec![layer("matrix", 5.0, 0.3), layer("bias", 0.0, 0.02)],
            learning_rate: 0.01,
            weight_decay: 0.0,
            trust_coefficient: 0.5,
            steps,
            seed: 0,
        }
    }

    #[test]
    fn a_first_step_with_a_trust_ratio_is_a_fixed_share_of_the_layer() {
        let steps = layer_steps(&config(1)).unwrap();
        assert_relative_eq!(steps.weights[0], 5.0, max_relative = 1e-12);
        assert_relative_eq!(steps.lars[0], 0.01 * 0.5 * 5.0, max_relative = 1e-12);
        assert_relative_eq!(steps.lamb[0], 0.01 * 5.0, max_relative = 1e-9);
        assert_relative_eq!(steps.lars_ratios()[0], 0.5 * 5.0 / steps.gradients[0], epsilon = 1e-9);
        // Adam's first step is η in each of the 48 coordinates; a bias at zero has a ratio of 1.
        assert_relative_eq!(steps.adamw[1], 0.01 * 48.0_f64.sqrt(), max_relative = 1e-4);
        assert_relative_eq!(steps.lamb[1], steps.adamw[1], max_relative = 1e-9);
        assert_relative_eq!(steps.lars[1], 0.01 * steps.gradients[1], max_relative = 1e-9);
    }

    #[test]
    fn a_gradient_a_thousand_times_as_large_moves_only_what_has_no_ratio() {
        for steps in [1, 10] {
            let base = layer_steps(&config(steps)).unwrap();
            let mut steep = config(steps);
            steep.layers.iter_mut().for_each(|layer| layer.gradient_norm *= 1000.0);
            let steep = layer_steps(&steep).unwrap();
            for layer in 0..2 {
                let times = |of: fn(&LayerSteps) -> &Vec<f64>| of(&steep)[layer] / of(&base)[layer];
                assert_relative_eq!(times(|s| &s.momentum), 1000.0, max_relative = 1e-9);
                assert_relative_eq!(times(|s| &s.adamw), 1.0, max_relative = 1e-3);
                assert_relative_eq!(times(|s| &s.lamb), 1.0, max_relative = 1e-3);
                let lars = [1.0, 1000.0][layer];
                assert_relative_eq!(times(|s| &s.lars), lars, max_relative = 1e-9);
            }
        }
    }
}
