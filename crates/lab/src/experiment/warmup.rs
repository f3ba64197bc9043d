//! What warmup is needed for, and what not.
//!
//! **Sharp starts** ([`losses_by_rate`]). Gilmer et al. (2021) and Kalra and Barkeshli (2024) find that
//! warmup lets networks that start in a sharp place train at rates that would otherwise diverge, for SGD
//! as for Adam: the first small steps lower the sharpness. Ours, on a network whose initial weights are
//! too large: with a warmup of forty steps the best rate of gradient descent is four to sixteen times as
//! high, and the loss that it ends with a twentieth.
//!
//! **Ordinary starts** ([`losses_by_rate`] with a gain of 1). With He's initialization the best
//! rate is not twice as high, and the loss half. That is not in the papers, whose networks are deeper.
//!
//! **Transformers** ([`transformer`]). Xiong et al. (2020) find that a transformer whose norms stand
//! after each part needs warmup and that one whose norms stand before does not. Ours, with six layers of
//! width 32: without warmup, norms after each part leave the loss where letter frequencies alone would
//! bring it; with a hundred steps of warmup it learns; with norms before each part both do.

use crate::LabError;
use crate::curvature::Hessian;
use crate::data::{Corpus, DIGIT_CLASSES, Digits};
use crate::model::{Mlp, Model, NormPlace, Squared, Transformer};
use crate::parallel;
use crate::random::{Purpose, Stream};
use crate::statistics::mean;
use crate::train::Trainer;
use descent::{Adam, Rule, Sgd, Warmup};
use serde::{Deserialize, Serialize};

/// The rule whose rates are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Learner {
    /// Plain gradient descent; rates are in units of 2 over the initial sharpness.
    GradientDescent,
    /// Adam with its usual settings; rates are as they are.
    Adam,
}

/// The settings of [`losses_by_rate`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The rule.
    pub learner: Learner,
    /// What He's initial weights are multiplied by.
    pub gain: f64,
    /// The length of a straight warmup; 0 is none.
    pub warmup: u64,
    /// The rates to try.
    pub rates: Vec<f64>,
    /// The seed of the initial weights.
    pub seed: u64,
}

/// The loss at the end of a run at each rate; infinite where it diverged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// The rates.
    pub rates: Vec<f64>,
    /// The final losses.
    pub losses: Vec<f64>,
    /// The sharpness at the start.
    pub initial_sharpness: f64,
}

impl Rates {
    /// The rate with the lowest loss, and that loss.
    ///
    /// # Panics
    /// If no rate was tried.
    pub fn best(&self) -> (f64, f64) {
        let runs = self.rates.iter().copied().zip(self.losses.iter().copied());
        runs.min_by(|(_, a), (_, b)| a.total_cmp(b)).expect("there are rates")
    }
}

/// Trains a 64-32-32-32-10 ReLU network on 100 digits, all at every step, with half the squared error,
/// for 300 steps at each rate.
///
/// # Errors
/// If a setting is refused.
pub fn losses_by_rate(config: &Config) -> Result<Rates, LabError> {
    let first: Vec<usize> = (0..100).collect();
    let data = Digits::load().training.select(&first).one_hot(DIGIT_CLASSES);
    let model = Squared(Mlp::relu(&[64, 32, 32, 32, 10]).with_gain(config.gain));
    let start = model.initial(&mut Stream::new(config.seed, Purpose::Initialization));
    // Far below zero there are eigenvalues too; the sharpness is the largest above.
    let initial_sharpness = Hessian::new(&model, &data, start).largest_eigenvalues(25, 0)[0];
    let run = |&rate: &f64| match config.learner {
        Learner::GradientDescent => {
            final_loss(&model, &data, Sgd, rate * 2.0 / initial_sharpness, config)
        }
        Learner::Adam => final_loss(&model, &data, Adam::default(), rate, config),
    };
    let losses = parallel::map(&config.rates, run).into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Rates { rates: config.rates.clone(), losses, initial_sharpness })
}

fn final_loss<M: Model>(
    model: &M,
    data: &M::Data,
    rule: impl Rule<f64>,
    rate: f64,
    config: &Config,
) -> Result<f64, LabError> {
    use crate::data::Dataset;
    let schedule = Warmup::new(config.warmup, rate);
    let mut trainer = Trainer::new(model, rule, schedule, data, data.len(), config.seed)?;
    for telemetry in trainer.by_ref().take(300) {
        match telemetry {
            // Beyond this a run is lost, and it is cheaper not to watch it overflow.
            Ok(telemetry) if telemetry.loss > 1e12 => return Ok(f64::INFINITY),
            Ok(_) => {}
            Err(LabError::Step(_)) => return Ok(f64::INFINITY),
            Err(other) => return Err(other),
        }
    }
    let loss = trainer.loss(data);
    Ok(if loss.is_nan() { f64::INFINITY } else { loss })
}

/// The training loss, in nats a character, before each of `steps` steps of Adam at η = 0.006 on the
/// text, in batches of 8 windows of 32 characters, by a transformer of six layers of width 32.
///
/// # Errors
/// If a setting is refused.
pub fn transformer(
    norms: NormPlace,
    warmup: u64,
    steps: usize,
    seed: u64,
) -> Result<Vec<f64>, LabError> {
    let corpus = Corpus::load();
    let windows = corpus.training_windows(32)?;
    let model = Transformer::new(corpus.vocabulary().len(), 32).layers(6).norms(norms);
    let schedule = Warmup::new(warmup, 6e-3);
    let mut trainer = Trainer::new(&model, Adam::default(), schedule, &windows, 8, seed)?;
    Ok(trainer.run(steps, |_| ())?.into_iter().map(|telemetry| telemetry.loss).collect())
}

/// The mean of the last thirty losses.
pub fn at_the_end(losses: &[f64]) -> f64 {
    mean(&losses[losses.len().saturating_sub(30)..])
}

/// The entropy of the text's letter frequencies, in nats a character: what a model that knows
/// nothing else can reach.
pub fn entropy_of_frequencies() -> f64 {
    let corpus = Corpus::load();
    let text = corpus.training();
    let mut counts = vec![0.0; corpus.vocabulary().len()];
    text.iter().for_each(|&token| counts[token] += 1.0);
    let share = |count: &f64| count / text.len() as f64;
    counts.iter().map(share).filter(|p| *p > 0.0).map(|p| -p * libm::log(p)).sum()
}
