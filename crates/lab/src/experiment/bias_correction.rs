//! What Adam's two bias corrections do to its steps.

use crate::LabError;
use crate::ablation::{Corrections, PartlyCorrectedAdam};
use crate::data::Digits;
use crate::model::Mlp;
use crate::parallel;
use crate::random::{Purpose, Stream};
use crate::statistics::rms;
use crate::train::Trainer;
use crate::walker::Walker;
use descent::Adam;
use serde::{Deserialize, Serialize};

/// The settings of a [`trace`]: one parameter, gradients with a fixed mean and noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceConfig {
    /// Adam's decay rate of the first moment, in [0, 1).
    pub beta1: f64,
    /// Adam's decay rate of the second moment, in [0, 1).
    pub beta2: f64,
    /// Which corrections are made.
    pub corrections: Corrections,
    /// The mean of the gradients.
    pub mean: f64,
    /// The standard deviation of the gradients.
    pub noise: f64,
    /// How many steps are taken, at most [`TraceConfig::MOST_STEPS`].
    pub steps: usize,
    /// The seed of the noise.
    pub seed: u64,
}

impl TraceConfig {
    /// The longest trace: where the correction of β₂ = 0.999 is within 10⁻⁴ of 1.
    pub const MOST_STEPS: usize = 10_000;
}

impl Default for TraceConfig {
    /// Adam's own settings on gradients of mean 1 and standard deviation ½, for 60 steps.
    fn default() -> Self {
        let Adam { beta1, beta2, .. } = Adam::default();
        let corrections = Corrections::BOTH;
        Self { beta1, beta2, corrections, mean: 1.0, noise: 0.5, steps: 60, seed: 0 }
    }
}

/// What Adam held and did at each step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Trace {
    /// m after the step's update.
    pub first_moment: Vec<f64>,
    /// v after the step's update.
    pub second_moment: Vec<f64>,
    /// m̂ = m / (1 − β₁ᵗ), whether or not the step used it.
    pub corrected_first_moment: Vec<f64>,
    /// v̂ = v / (1 − β₂ᵗ), whether or not the step used it.
    pub corrected_second_moment: Vec<f64>,
    /// How far the parameter moved, |Δθ| / η: in units of the learning rate.
    pub step_size: Vec<f64>,
}

/// Runs Adam, with the corrections asked for, on a stream of gradients that does not depend on the
/// parameter.
///
/// # Errors
/// If a decay rate is outside [0, 1), the mean or noise is not finite, or there are too many steps.
pub fn trace(config: &TraceConfig) -> Result<Trace, LabError> {
    for (name, value) in [("mean", config.mean), ("noise", config.noise)] {
        if !value.is_finite() {
            return Err(LabError::setting(name, value, "the finite numbers"));
        }
    }
    if !(1..=TraceConfig::MOST_STEPS).contains(&config.steps) {
        let range = format!("1..={}", TraceConfig::MOST_STEPS);
        return Err(LabError::setting("steps", config.steps, range));
    }
    let adam = Adam { beta1: config.beta1, beta2: config.beta2, ..Adam::default() };
    let rule = PartlyCorrectedAdam { adam, corrections: config.corrections };
    let mut walker = Walker::new(rule, 1.0, vec![0.0])?;
    let mut stream = Stream::new(config.seed, Purpose::Noise);
    let mut trace = Trace::default();
    for t in 1..=config.steps {
        let moved = walker.update(|_, _| [config.mean + config.noise * stream.normal()])?;
        trace.step_size.push(moved[0].abs());
        if let (Some(&[m]), Some(&[v])) =
            (walker.memory("first_moment"), walker.memory("second_moment"))
        {
            trace.first_moment.push(m);
            trace.second_moment.push(v);
            trace.corrected_first_moment.push(m / (1.0 - libm::pow(config.beta1, t as f64)));
            trace.corrected_second_moment.push(v / (1.0 - libm::pow(config.beta2, t as f64)));
        }
    }
    Ok(trace)
}

/// The size of step t without corrections, divided by its size with both:
/// (1 − β₁ᵗ) / √(1 − β₂ᵗ). The same for every gradient sequence, up to ε.
pub fn inflation(beta1: f64, beta2: f64, t: u64) -> f64 {
    (1.0 - libm::pow(beta1, t as f64)) / (1.0 - libm::pow(beta2, t as f64)).sqrt()
}

/// The first step after the peak of [`inflation`] at which it is below 1 + `margin`; looks at the
/// first 100 000 steps.
pub fn settles_at(beta1: f64, beta2: f64, margin: f64) -> Option<u64> {
    let above = (1..=100_000).rev().find(|&t| inflation(beta1, beta2, t) >= 1.0 + margin)?;
    (above < 100_000).then_some(above + 1)
}

/// The largest |m̂ₜ| / √v̂ₜ over all gradient sequences: √Σ aᵢ² / bᵢ with aᵢ and bᵢ the weights that
/// m̂ₜ and v̂ₜ give to the i-th newest gradient (Cauchy–Schwarz).
pub fn largest_possible_step(beta1: f64, beta2: f64, t: u64) -> f64 {
    let weight = |beta: f64, age: u64| {
        (1.0 - beta) * libm::pow(beta, age as f64) / (1.0 - libm::pow(beta, t as f64))
    };
    (0..t)
        .map(|age| weight(beta1, age) * weight(beta1, age) / weight(beta2, age))
        .sum::<f64>()
        .sqrt()
}

/// The updates of many coordinates whose gradients are pure noise of variance 1, at one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EarlyUpdates {
    /// The step, from 1.
    pub step: usize,
    /// m̂ / (√v̂ + ε) of each coordinate.
    pub updates: Vec<f64>,
    /// 1 / √v̂ of each coordinate: the rate by which Adam multiplies m̂.
    pub adaptive_rates: Vec<f64>,
}

impl EarlyUpdates {
    /// The root mean square update.
    pub fn rms(&self) -> f64 {
        rms(&self.updates)
    }

    /// The largest update.
    pub fn largest(&self) -> f64 {
        self.updates.iter().map(|update| update.abs()).fold(0.0, f64::max)
    }

    /// The largest adaptive rate.
    pub fn largest_rate(&self) -> f64 {
        self.adaptive_rates.iter().copied().fold(0.0, f64::max)
    }
}

/// Runs Adam on pure noise of variance 1 and reports the updates at each of `steps`.
///
/// # Errors
/// If Adam refuses a step, which it does for no seed.
pub fn early_updates(
    steps: &[usize],
    coordinates: usize,
    seed: u64,
) -> Result<Vec<EarlyUpdates>, LabError> {
    let adam = Adam::default();
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut walker = Walker::new(adam, 1.0, vec![0.0; coordinates])?;
    let mut reports = Vec::new();
    for t in 1..=steps.iter().copied().max().unwrap_or(0) {
        let noise: Vec<f64> = (0..coordinates).map(|_| stream.normal()).collect();
        let updates = walker.update(|_, _| noise)?;
        if !steps.contains(&t) {
            continue;
        }
        let correction = 1.0 - libm::pow(adam.beta2, t as f64);
        let second_moment = walker.memory("second_moment").unwrap_or_default();
        let adaptive_rates = second_moment.iter().map(|v| 1.0 / (v / correction).sqrt()).collect();
        reports.push(EarlyUpdates { step: t, updates, adaptive_rates });
    }
    Ok(reports)
}

/// How far m̂ₜ lags behind the gradient when the gradient at step t is t itself.
pub fn lag_on_a_ramp(beta1: f64, t: u64) -> f64 {
    let mut m = 0.0;
    for step in 1..=t {
        m = beta1 * m + (1.0 - beta1) * step as f64;
    }
    t as f64 - m / (1.0 - libm::pow(beta1, t as f64))
}

/// Training curves on the digits with some of Adam's corrections left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Race {
    /// The corrections that were kept.
    pub corrections: Corrections,
    /// For each seed, the training loss before the first step and after each step.
    pub losses: Vec<Vec<f64>>,
}

impl Race {
    /// For each seed, the first step after which the training loss is below `target`.
    pub fn steps_to(&self, target: f64) -> Vec<Option<usize>> {
        self.losses.iter().map(|losses| losses.iter().position(|loss| *loss < target)).collect()
    }
}

/// Trains a 64-32-10 ReLU network on the digits, in batches of 64, with each set of corrections
/// and each seed. The training loss is measured on every fourth training image.
///
/// # Errors
/// If the learning rate is not a finite number of at least 0, or a gradient overflows.
pub fn race(
    corrections: &[Corrections],
    learning_rate: f64,
    steps: usize,
    seeds: &[u64],
) -> Result<Vec<Race>, LabError> {
    let digits = Digits::load();
    let measured =
        digits.training.select(&(0..digits.training.len()).step_by(4).collect::<Vec<_>>());
    let model = Mlp::relu(&[64, 32, 10]);
    let run = |&(corrections, seed): &(Corrections, u64)| -> Result<Vec<f64>, LabError> {
        let rule = PartlyCorrectedAdam { adam: Adam::default(), corrections };
        let mut trainer = Trainer::new(&model, rule, learning_rate, &digits.training, 64, seed)?;
        let mut losses = vec![trainer.loss(&measured)];
        for _ in 0..steps {
            trainer.by_ref().take(1).collect::<Result<Vec<_>, _>>()?;
            losses.push(trainer.loss(&measured));
        }
        Ok(losses)
    };
    let runs: Vec<_> =
        corrections.iter().flat_map(|&kept| seeds.iter().map(move |&seed| (kept, seed))).collect();
    let losses = parallel::map(&runs, run).into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(corrections
        .iter()
        .zip(losses.chunks(seeds.len()))
        .map(|(&corrections, losses)| Race { corrections, losses: losses.to_vec() })
        .collect())
}
