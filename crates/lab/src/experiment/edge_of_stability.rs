//! Full-batch training at the edge of stability.
//!
//! Cohen, Kaur, Li, Kolter and Talwalkar (2021) find that gradient descent with rate η raises the
//! largest eigenvalue of the Hessian, the sharpness, until it is 2/η and then keeps it there, while the
//! loss goes down without being monotone. Cohen et al. (2022) find the same for Adam, of the Hessian
//! preconditioned by what Adam divides by, at 2 (1 + β₁) / ((1 − β₁) η), which is 38/η. They train on
//! thousands of images of CIFAR-10, for hours.
//!
//! Ours, on 200 digits and on twenty points of a polynomial, for a second: the sharpness hovers within
//! a few percent of 2/η, also with momentum and Nesterov's look-ahead at their own limits; Adam's within
//! a tenth of 38/η. What does not reproduce: the *progressive* sharpening before. On the digits the
//! sharpness rises only from five to seven, so η has to be chosen such that 2/η is in that range; with a
//! small η the edge is never reached. The polynomial sharpens further, from ten to forty.

use crate::LabError;
use crate::curvature::Hessian;
use crate::data::{DIGIT_CLASSES, Dataset, Digits, Pairs};
use crate::experiment::momentum::Method;
use crate::model::{Mlp, Model, Squared};
use crate::statistics::{linear, mean};
use crate::train::Trainer;
use descent::{Adam, Momentum, Nesterov, Rule, Sgd};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// What is learned, with a network of tanh units and half the squared error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// The first 200 training digits, by a 64-32-32-10 network.
    Digits,
    /// Chebyshev's polynomial of degree four at twenty points, by a 1-32-32-1 network.
    Polynomial,
}

/// What learns it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Learner {
    /// Gradient descent, with momentum or without.
    Descent(Method),
    /// Adam with these decay rates and ε = 10⁻⁷.
    Adam {
        /// β₁.
        beta1: f64,
        /// β₂.
        beta2: f64,
    },
}

/// The settings of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// What is learned.
    pub subject: Subject,
    /// What learns it.
    pub learner: Learner,
    /// η.
    pub learning_rate: f64,
    /// How many steps are taken.
    pub steps: usize,
    /// How many steps pass between two measurements of the sharpness.
    pub every: usize,
    /// The seed of the initial weights.
    pub seed: u64,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The loss before each step.
    pub losses: Vec<f64>,
    /// After which step each sharpness was measured.
    pub steps: Vec<usize>,
    /// The largest eigenvalue of the Hessian.
    pub sharpness: Vec<f64>,
    /// The same of the Hessian preconditioned by what Adam divides by; for gradient descent, the
    /// sharpness again.
    pub preconditioned: Vec<f64>,
    /// The sharpness above which a quadratic would diverge.
    pub limit: f64,
}

impl Edge {
    /// The preconditioned sharpness over the limit in the second half of the run: its mean, lowest and
    /// highest.
    pub fn hovering(&self) -> (f64, f64, f64) {
        let tail: Vec<f64> = self.preconditioned[self.preconditioned.len() / 2..]
            .iter()
            .map(|sharpness| sharpness / self.limit)
            .collect();
        let over = |start, f: fn(f64, f64) -> f64| tail.iter().copied().fold(start, f);
        (mean(&tail), over(f64::INFINITY, f64::min), over(f64::NEG_INFINITY, f64::max))
    }

    /// The share of steps at which the loss rose.
    pub fn share_rising(&self) -> f64 {
        let rising = self.losses.windows(2).filter(|pair| pair[1] > pair[0]).count();
        rising as f64 / (self.losses.len() - 1) as f64
    }

    /// The loss after the run.
    pub fn final_loss(&self) -> f64 {
        self.losses.last().copied().unwrap_or(f64::NAN)
    }
}

/// Trains on all of the data at every step and watches the sharpness.
///
/// # Errors
/// If a setting is refused or the run diverges.
pub fn run(config: &Config) -> Result<Edge, LabError> {
    run_watched(config, |_| ControlFlow::Continue(()))
}

/// As [`run`], and tells after every step what has been measured so far; the run ends where it is
/// told to break, with what there is.
///
/// At the edge a run is chaotic: a difference in the last digit of a weight grows until the losses
/// of two runs have nothing in common but their course. All sums here have a fixed order, and all
/// transcendental functions are `libm`'s, so one machine's run is another's to the last bit, a
/// processor's and WebAssembly's alike.
///
/// # Errors
/// As [`run`].
pub fn run_watched(
    config: &Config,
    mut watcher: impl FnMut(&Edge) -> ControlFlow<()>,
) -> Result<Edge, LabError> {
    let watcher = &mut watcher;
    if config.every == 0 {
        return Err(LabError::setting("every", 0, "1 and more"));
    }
    let (model, data) = match config.subject {
        Subject::Digits => {
            let first: Vec<usize> = (0..200).collect();
            let digits = Digits::load().training.select(&first).one_hot(DIGIT_CLASSES);
            (Squared(Mlp::tanh(&[64, 32, 32, 10])), digits)
        }
        Subject::Polynomial => {
            let x = linear(-1.0, 1.0, 20);
            let y = x.iter().map(|x| 8.0 * x * x * x * x - 8.0 * x * x + 1.0).collect();
            let column = |values| Array2::from_shape_vec((20, 1), values).expect("twenty values");
            let pairs = Pairs { inputs: column(x), targets: column(y) };
            (Squared(Mlp::tanh(&[1, 32, 32, 1]).with_gain(5.0 / 3.0)), pairs)
        }
    };
    match config.learner {
        Learner::Descent(Method::Plain) => watch(config, &model, &data, Sgd, watcher),
        Learner::Descent(Method::HeavyBall { beta }) => {
            watch(config, &model, &data, Momentum::accumulated(beta), watcher)
        }
        Learner::Descent(Method::Nesterov { beta }) => {
            watch(config, &model, &data, Nesterov { beta }, watcher)
        }
        Learner::Adam { beta1, beta2 } => {
            watch(config, &model, &data, Adam { beta1, beta2, eps: 1e-7 }, watcher)
        }
    }
}

impl Learner {
    /// The sharpness, preconditioned where the learner preconditions, above which it diverges on a
    /// quadratic.
    fn limit(self, learning_rate: f64) -> f64 {
        match self {
            // The limit of η for a curvature of 1 is that of the curvature for η = 1.
            Self::Descent(method) => method.stability_limit(1.0) / learning_rate,
            Self::Adam { beta1, .. } => 2.0 * (1.0 + beta1) / ((1.0 - beta1) * learning_rate),
        }
    }
}

fn watch<M: Model>(
    config: &Config,
    model: &M,
    data: &M::Data,
    rule: impl Rule<f64>,
    watcher: &mut dyn FnMut(&Edge) -> ControlFlow<()>,
) -> Result<Edge, LabError> {
    // Vectors are kept from one measurement to the next, so few iterations bring them up to date.
    const ITERATIONS: usize = 20;
    let mut trainer =
        Trainer::new(model, rule, config.learning_rate, data, data.len(), config.seed)?;
    let mut edge = Edge {
        losses: Vec::new(),
        steps: Vec::new(),
        sharpness: Vec::new(),
        preconditioned: Vec::new(),
        limit: config.learner.limit(config.learning_rate),
    };
    let hessian = |trainer: &Trainer<_, _>| Hessian::new(model, data, trainer.parameters().clone());
    let mut direction = hessian(&trainer).random_direction(config.seed);
    let mut scaled_direction = direction.clone();
    for step in 1..=config.steps {
        edge.losses.extend(trainer.run(1, |_| ())?.iter().map(|telemetry| telemetry.loss));
        if step % config.every != 0 {
            if watcher(&edge).is_break() {
                break;
            }
            continue;
        }
        let plain = hessian(&trainer).power_iteration(&mut direction, ITERATIONS);
        edge.steps.push(step);
        edge.sharpness.push(plain);
        edge.preconditioned.push(match config.learner {
            Learner::Descent(_) => plain,
            Learner::Adam { beta1, .. } => {
                // Early on m̂ is larger than the m of a settled run, as if the rate were.
                let correction = 1.0 - libm::pow(beta1, step as f64);
                let names = trainer.parameters().iter().map(|(name, _)| name);
                let denominators: Vec<f64> = names
                    .filter_map(|name| trainer.optimizer().denominators(name))
                    .flatten()
                    .map(|d| correction * d)
                    .collect();
                let scaled = hessian(&trainer).preconditioned(&denominators)?;
                scaled.power_iteration(&mut scaled_direction, ITERATIONS)
            }
        });
        if watcher(&edge).is_break() {
            break;
        }
    }
    Ok(edge)
}

#[cfg(test)]
mod tests {
    use super::{Config, Learner, Subject, run, run_watched};
    use crate::experiment::momentum::Method;
    use std::ops::ControlFlow;

    const CONFIG: Config = Config {
        subject: Subject::Polynomial,
        learner: Learner::Descent(Method::Plain),
        learning_rate: 0.1,
        steps: 60,
        every: 20,
        seed: 0,
    };

    #[test]
    fn a_watched_run_is_the_run_and_ends_where_it_is_told_to() {
        let whole = run(&CONFIG).unwrap();
        assert_eq!(whole.limit, 20.0);
        let mut seen = Vec::new();
        let watched = run_watched(&CONFIG, |edge| {
            seen.push((edge.losses.len(), edge.steps.len()));
            ControlFlow::Continue(())
        });
        assert_eq!(watched.unwrap(), whole);
        assert_eq!((seen.len(), seen[18], seen[19], seen[59]), (60, (19, 0), (20, 1), (60, 3)));
        let part = run_watched(&CONFIG, |edge| match edge.losses.len() {
            30 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        let part = part.unwrap();
        assert_eq!((&part.losses[..], &part.steps[..]), (&whole.losses[..30], &whole.steps[..1]));
    }

    #[test]
    fn a_run_without_measurements_is_refused() {
        let refusal = run(&Config { every: 0, ..CONFIG }).unwrap_err().to_string();
        assert!(refusal.contains("every"), "{refusal}");
    }
}
