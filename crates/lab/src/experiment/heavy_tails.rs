//! Classes of which many are rare, where Adam outruns gradient descent.
//!
//! Kunstner, Milligan, Yadav, Schmidt and Bietti (2024) find that gradient descent learns rare classes
//! slowly and Adam learns them as fast as frequent ones, and that this explains much of the gap on
//! language: it shows with full batches, with convex models, and goes away when classes are balanced.
//!
//! **Pairs of tokens** ([`pairs`]). Ours, with 256 tokens whose frequencies follow Zipf's law and exact
//! gradients: after 300 steps at its best rate gradient descent is hundreds of times farther from the
//! optimum than Adam, nearly all of it on rare tokens; with equal frequencies both get close.
//!
//! **A caveat the papers do not stress** ([`classes`]). With labels that are rare and inputs that have a
//! mean, the gap is there; subtract the mean from the inputs and it all but vanishes. The gap needs
//! imbalance *and* directions that all examples share.

use crate::LabError;
use crate::data::zipf_frequencies;
use crate::model::{Linear, Model};
use crate::parallel;
use crate::random::{Purpose, Stream};
use crate::walker::Walker;
use descent::{Adam, Momentum, Rule, Sgd, Signum};
use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

/// A rule of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contestant {
    /// Gradient descent.
    Plain,
    /// Gradient descent with momentum 0.9.
    Momentum,
    /// The sign of momentum 0.9.
    Sign,
    /// Adam with its usual settings and ε = 10⁻³⁰, since rare tokens have tiny gradients.
    Adam,
}

/// How far a run is from the optimum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Excess {
    /// The rate that brought it closest.
    pub learning_rate: f64,
    /// The loss above the lowest possible one, in nats a token.
    pub loss: f64,
    /// The same for each token by itself, from the most frequent to the rarest.
    pub tokens: Vec<f64>,
}

impl Excess {
    /// The mean over the tokens from rank `from` to rank `to`, both counted from 1 and included, each
    /// with its frequency.
    pub fn of_ranks(&self, from: usize, to: usize, exponent: f64) -> f64 {
        let frequencies = zipf_frequencies(self.tokens.len(), exponent);
        let chosen = from - 1..to;
        let total: f64 = frequencies[chosen.clone()].iter().sum();
        let weighted = frequencies[chosen.clone()].iter().zip(&self.tokens[chosen]);
        weighted.map(|(p, excess)| p * excess).sum::<f64>() / total
    }
}

/// Learns which of 256 tokens follows which, from zero, in 300 steps with exact gradients, at each
/// rate; returns the best. Token k comes with a frequency proportional to k^−`exponent`, and what follows
/// it has those frequencies too, each times the exponential of a normal draw of deviation 2.
///
/// # Errors
/// If a rate is not a finite number of at least 0.
pub fn pairs(
    contestant: Contestant,
    exponent: f64,
    rates: &[f64],
    seed: u64,
) -> Result<Excess, LabError> {
    const TOKENS: usize = 256;
    let frequencies = zipf_frequencies(TOKENS, exponent);
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut next = Array2::from_shape_fn((TOKENS, TOKENS), |(_, following)| {
        frequencies[following] * libm::exp(2.0 * stream.normal())
    });
    for mut row in next.rows_mut() {
        let total: f64 = row.iter().sum();
        row /= total;
    }
    let task = Pairs { frequencies, next };
    let run = |&rate: &f64| match contestant {
        Contestant::Plain => task.learn(Sgd, rate),
        Contestant::Momentum => task.learn(Momentum::accumulated(0.9), rate),
        Contestant::Sign => task.learn(Signum::default(), rate),
        Contestant::Adam => task.learn(Adam { eps: 1e-30, ..Adam::default() }, rate),
    };
    let runs = parallel::map(rates, run).into_iter().collect::<Result<Vec<_>, _>>()?;
    let best = runs.into_iter().min_by(|a, b| a.loss.total_cmp(&b.loss));
    best.ok_or_else(|| LabError::setting("rates", "[]", "one rate or more"))
}

struct Pairs {
    frequencies: Vec<f64>,
    /// The distribution of what follows each token: one row each.
    next: Array2<f64>,
}

impl Pairs {
    fn learn(&self, rule: impl Rule<f64>, learning_rate: f64) -> Result<Excess, LabError> {
        const STEPS: u64 = 300;
        // The rate falls to zero, so that the sign method does not end in a box of its own size.
        let schedule = descent::Linear { base_lr: learning_rate, min_lr: 0.0, total_steps: STEPS };
        let mut walker = Walker::new(rule, schedule, vec![0.0; self.next.len()])?;
        for _ in 0..STEPS {
            if walker.step(|_, scores| self.gradient(scores)).is_err() {
                break;
            }
        }
        let tokens = self.excess(walker.position());
        let loss = tokens.iter().zip(&self.frequencies).map(|(excess, p)| p * excess).sum::<f64>();
        let loss = if loss.is_finite() { loss } else { f64::INFINITY };
        Ok(Excess { learning_rate, loss, tokens })
    }

    fn gradient(&self, scores: &[f64]) -> Vec<f64> {
        let tokens = self.frequencies.len();
        let mut gradient = scores.to_vec();
        let rows = gradient.chunks_mut(tokens).zip(self.next.rows()).zip(&self.frequencies);
        for ((row, next), frequency) in rows {
            softmax(row);
            row.iter_mut().zip(next).for_each(|(g, p)| *g = frequency * (*g - p));
        }
        gradient
    }

    /// The Kullback–Leibler divergence of each token's predictions from the truth.
    fn excess(&self, scores: &[f64]) -> Vec<f64> {
        let tokens = self.frequencies.len();
        let divergence = |(row, next): (&[f64], ndarray::ArrayView1<f64>)| {
            let mut predicted = row.to_vec();
            softmax(&mut predicted);
            let terms = predicted.iter().zip(next).filter(|(_, p)| **p > 0.0);
            terms.map(|(q, p)| p * libm::log(p / q)).sum()
        };
        scores.chunks(tokens).zip(self.next.rows()).map(divergence).collect()
    }
}

fn softmax(scores: &mut [f64]) {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    scores.iter_mut().for_each(|score| *score = libm::exp(*score - highest));
    let total: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= total);
}

/// The settings of a [`classes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classes {
    /// Whether classes are as unequal as can be, or all alike.
    pub balanced: bool,
    /// Whether the mean is subtracted from the inputs.
    pub centered: bool,
    /// The seed of the inputs.
    pub seed: u64,
}

/// The lowest training loss of softmax regression over these rates, after 300 full-batch steps.
///
/// There are 127 classes in seven groups: one class of 64 examples, two of 32, and so on to sixty-four
/// of one; or, balanced, 127 classes of 4. Inputs have 64 features, uniform in [0, 1), and say nothing
/// about the class.
///
/// # Errors
/// If a rate is not a finite number of at least 0.
pub fn classes(contestant: Contestant, config: Classes, rates: &[f64]) -> Result<f64, LabError> {
    const GROUPS: u32 = 7;
    const FEATURES: usize = 16;
    let sizes: Vec<usize> = (0..GROUPS)
        .flat_map(|group| {
            let (count, size) = (1 << group, 1 << (GROUPS - 1 - group));
            std::iter::repeat_n(if config.balanced { 4 } else { size }, count)
        })
        .collect();
    let labels: Vec<usize> = sizes
        .iter()
        .enumerate()
        .flat_map(|(class, &size)| std::iter::repeat_n(class, size))
        .collect();
    let mut stream = Stream::new(config.seed, Purpose::Noise);
    let mut inputs = Array2::from_shape_simple_fn((labels.len(), FEATURES), || stream.uniform());
    if config.centered {
        let mean = inputs.sum_axis(Axis(0)) / labels.len() as f64;
        inputs -= &mean;
    }
    let examples = crate::data::Examples { inputs, labels };
    let model = Linear::new(FEATURES, sizes.len());
    let run = |&rate: &f64| match contestant {
        Contestant::Plain => descend(&model, &examples, Sgd, rate),
        Contestant::Momentum => descend(&model, &examples, Momentum::accumulated(0.9), rate),
        Contestant::Sign => descend(&model, &examples, Signum::default(), rate),
        Contestant::Adam => descend(&model, &examples, Adam::default(), rate),
    };
    let losses = parallel::map(rates, run).into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(losses.into_iter().fold(f64::INFINITY, f64::min))
}

fn descend(
    model: &Linear,
    examples: &crate::data::Examples,
    rule: impl Rule<f64>,
    learning_rate: f64,
) -> Result<f64, LabError> {
    let mut parameters = Model::initial(model, &mut Stream::new(0, Purpose::Initialization));
    let mut optimizer = descent::Optimizer::new(rule, learning_rate, &parameters)?;
    for _ in 0..300 {
        let (_, gradient) = model.loss_and_gradient(&parameters, examples);
        if optimizer.step(&mut parameters, &gradient).is_err() {
            return Ok(f64::INFINITY);
        }
    }
    let loss = model.loss(&parameters, examples);
    Ok(if loss.is_finite() { loss } else { f64::INFINITY })
}
