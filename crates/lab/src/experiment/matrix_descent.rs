//! Preconditioners that see more than the diagonal, on a problem whose parameters are a matrix.
//!
//! ½ ‖A (W − W*) B‖², with A and B of condition number 30 each, so that the Hessian's is 810 000: either
//! turned at random, or diagonal, which is what Adam's preconditioner can undo. Gupta, Koren and Singer
//! (2018) for Shampoo, Jordan et al. (2024) for Muon and Vyas et al. (2025) for SOAP report faster
//! training of language models.
//!
//! Ours, with exact gradients and each rate tuned: on the diagonal problem Adam is exact to some fourteen
//! digits, turned to three or four; Muon and SOAP are exact to six or seven either way, Shampoo to ten
//! and more. With a little noise on the gradients all end alike, plain gradient descent first. So what
//! these methods buy is visible where curvature decides and gone where noise does, and a small noisy
//! experiment says nothing about them.

use crate::LabError;
use crate::data::Digits;
use crate::either::Either;
use crate::linalg::{matmul, random_rotation};
use crate::model::Mlp;
use crate::parallel;
use crate::random::{Purpose, Stream};
use crate::statistics::geometric;
use crate::train::Trainer;
use descent::{
    Adam, AdamW, Cosine, Group, Linear, Momentum, Muon, Optimizer, Rule, ScheduleFreeAdamW, Sgd,
    Shampoo, Soap, Tensors, Warmup,
};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// A rule of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contestant {
    /// Gradient descent.
    Plain,
    /// Gradient descent with momentum 0.95.
    Momentum,
    /// Adam with β₂ = 0.99 and ε = 10⁻¹⁰.
    Adam,
    /// Muon without decay.
    Muon,
    /// Shampoo with ε = 10⁻⁸.
    Shampoo,
    /// SOAP with a basis at every step and ε = 10⁻¹⁰.
    Soap,
}

impl Contestant {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("gradient descent", Self::Plain),
        ("momentum", Self::Momentum),
        ("Adam", Self::Adam),
        ("Muon", Self::Muon),
        ("Shampoo", Self::Shampoo),
        ("SOAP", Self::Soap),
    ];

    /// The rates it may choose from.
    fn rates(self, count: usize) -> Vec<f64> {
        let (low, high) = match self {
            Self::Plain => (0.1, 2.0),
            Self::Momentum => (0.01, 1.0),
            Self::Adam | Self::Muon | Self::Soap => (1e-3, 1.0),
            Self::Shampoo => (0.1, 100.0),
        };
        geometric(low, high, count)
    }
}

/// The problem.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// How many rows and columns W has.
    pub size: usize,
    /// Whether A and B are turned, or diagonal.
    pub rotated: bool,
    /// The standard deviation of noise on every entry of the gradient.
    pub noise: f64,
    /// How many steps are taken, at a rate that falls to zero in a straight line.
    pub steps: u64,
    /// How many rates each rule may choose from.
    pub rates: usize,
    /// The seed of A, B, W* and the noise.
    pub seed: u64,
}

/// How far a rule got with its best rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The best rate.
    pub learning_rate: f64,
    /// The loss after each step, divided by the loss at the start.
    pub losses: Vec<f64>,
}

impl Outcome {
    /// The last of them.
    pub fn final_loss(&self) -> f64 {
        self.losses.last().copied().unwrap_or(f64::NAN)
    }
}

struct Problem {
    left: Array2<f64>,
    right: Array2<f64>,
    target: Array2<f64>,
}

impl Problem {
    fn new(config: &Config) -> Self {
        let mut stream = Stream::new(config.seed, Purpose::Initialization);
        let scales = ndarray::Array1::from(geometric(1.0, 1.0 / 30.0, config.size));
        let mut side = || {
            if config.rotated {
                let first = random_rotation(config.size, &mut stream) * &scales;
                matmul(first.view(), random_rotation(config.size, &mut stream).t())
            } else {
                Array2::from_diag(&scales)
            }
        };
        let (left, right) = (side(), side());
        let deviation = 1.0 / (config.size as f64).sqrt();
        let shape = (config.size, config.size);
        let target = Array2::from_shape_simple_fn(shape, || deviation * stream.normal());
        Self { left, right, target }
    }

    /// The loss and its gradient at W.
    fn loss_and_gradient(&self, weights: &Array2<f64>) -> (f64, Array2<f64>) {
        let away = weights - &self.target;
        let seen = matmul(matmul(self.left.view(), away.view()).view(), self.right.view());
        let gradient = matmul(matmul(self.left.t(), seen.view()).view(), self.right.t());
        (0.5 * seen.iter().map(|x| x * x).sum::<f64>(), gradient)
    }
}

/// Runs a contestant at each of its rates and returns the best.
///
/// # Errors
/// If a setting is refused.
pub fn race(contestant: Contestant, config: &Config) -> Result<Outcome, LabError> {
    let problem = Problem::new(config);
    let run = |&rate: &f64| match contestant {
        Contestant::Plain => descend(&problem, Sgd, rate, config),
        Contestant::Momentum => descend(&problem, Momentum::accumulated(0.95), rate, config),
        Contestant::Adam => {
            descend(&problem, Adam { beta2: 0.99, eps: 1e-10, ..Adam::default() }, rate, config)
        }
        Contestant::Muon => {
            descend(&problem, Muon { weight_decay: 0.0, ..Muon::default() }, rate, config)
        }
        Contestant::Shampoo => descend(&problem, Shampoo { eps: 1e-8, every: 1 }, rate, config),
        Contestant::Soap => {
            descend(&problem, Soap { eps: 1e-10, every: 1, ..Soap::default() }, rate, config)
        }
    };
    let outcomes = parallel::map(&contestant.rates(config.rates), run);
    let outcomes = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
    let finite = |outcome: &Outcome| {
        if outcome.final_loss().is_nan() { f64::INFINITY } else { outcome.final_loss() }
    };
    let best = outcomes.into_iter().min_by(|a, b| finite(a).total_cmp(&finite(b)));
    best.ok_or_else(|| LabError::setting("rates", 0, "1 and more"))
}

fn descend(
    problem: &Problem,
    rule: impl Rule<f64>,
    learning_rate: f64,
    config: &Config,
) -> Result<Outcome, LabError> {
    let shape = (config.size, config.size);
    let mut parameters = Tensors::new().with("w", Array2::zeros(shape).into_dyn());
    let line = Linear { base_lr: learning_rate, min_lr: 0.0, total_steps: config.steps };
    let mut optimizer = Optimizer::new(rule, line, &parameters)?;
    let mut stream = Stream::new(config.seed, Purpose::Noise);
    let mut losses = Vec::new();
    let at = |parameters: &Tensors<f64>| {
        let weights = parameters.get("w").cloned().expect("there is one tensor");
        problem.loss_and_gradient(&weights.into_dimensionality().expect("it is a matrix"))
    };
    let (start, mut gradient) = at(&parameters);
    for _ in 0..config.steps {
        if config.noise > 0.0 {
            gradient.mapv_inplace(|g| g + config.noise * stream.normal());
        }
        let gradients = Tensors::new().with("w", gradient.into_dyn());
        if optimizer.step(&mut parameters, &gradients).is_err() {
            losses.push(f64::INFINITY);
            break;
        }
        let (loss, next) = at(&parameters);
        losses.push(loss / start);
        gradient = next;
    }
    Ok(Outcome { learning_rate, losses })
}

/// A way to train on the digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnDigits {
    /// AdamW at a constant rate.
    Constant,
    /// AdamW with a cosine to zero.
    Cosine,
    /// AdamW with a straight line to zero.
    Linear,
    /// Schedule-Free AdamW, with a short warmup and no schedule.
    ScheduleFree,
    /// Muon for the hidden matrices and AdamW at a tenth of the rate for the rest, with a straight
    /// line to zero.
    Muon,
}

impl OnDigits {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("AdamW, constant", Self::Constant),
        ("AdamW, cosine", Self::Cosine),
        ("AdamW, linear", Self::Linear),
        ("Schedule-Free AdamW", Self::ScheduleFree),
        ("Muon and AdamW", Self::Muon),
    ];
}

/// The loss on the test images of a 64-64-64-10 ReLU network after 300 steps in batches of 64.
///
/// # Errors
/// If a setting is refused.
pub fn digits(way: OnDigits, peak: f64, seed: u64) -> Result<f64, LabError> {
    const STEPS: u64 = 300;
    let digits = Digits::load();
    let model = Mlp::relu(&[64, 64, 64, 10]);
    let adamw = AdamW { weight_decay: 0.0, ..AdamW::default() };
    let line = |base_lr| Linear { base_lr, min_lr: 0.0, total_steps: STEPS };
    let training = &digits.training;
    let with = |schedule: descent::AnySchedule| -> Result<f64, LabError> {
        let mut trainer = Trainer::new(&model, adamw, schedule, training, 64, seed)?;
        trainer.run(STEPS as usize, |_| ())?;
        Ok(trainer.loss(&digits.test))
    };
    match way {
        OnDigits::Constant => with(peak.into()),
        OnDigits::Cosine => with(Cosine { base_lr: peak, min_lr: 0.0, total_steps: STEPS }.into()),
        OnDigits::Linear => with(line(peak).into()),
        OnDigits::ScheduleFree => {
            let rule = ScheduleFreeAdamW::default();
            let schedule = Warmup::new(STEPS / 20, peak);
            let mut trainer = Trainer::new(&model, rule, schedule, training, 64, seed)?;
            trainer.run(STEPS as usize, |_| ())?;
            // The model to evaluate is the average, not the point where gradients are taken.
            let mut averaged = Tensors::new();
            for (name, array) in trainer.parameters().iter() {
                let state = trainer.optimizer().state(name).expect("every tensor has a state");
                let average = rule.average(array, state);
                averaged = averaged.with(name, average.expect("a state of this tensor"));
            }
            Ok(crate::model::Model::loss(&model, &averaged, &digits.test))
        }
        OnDigits::Muon => {
            let muon = Either::First(Muon { weight_decay: 0.0, ..Muon::default() });
            let groups = vec![
                Group::new("hidden", muon, line(peak)),
                Group::new("rest", Either::Second(adamw), line(0.1 * peak)),
            ];
            let assign = |name: &str, _: &[usize]| match name {
                "weight1" | "weight2" => "hidden",
                _ => "rest",
            };
            let mut trainer = Trainer::grouped(&model, groups, assign, training, 64, seed)?;
            trainer.run(STEPS as usize, |_| ())?;
            Ok(trainer.loss(&digits.test))
        }
    }
}
