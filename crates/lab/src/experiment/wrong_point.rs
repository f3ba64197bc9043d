//! Convex problems on which Adam goes to the worst point.
//!
//! Reddi, Kale and Kumar (2018) give losses on [−1, 1], each linear, whose mean is lowest at −1, and
//! prove that Adam ends at +1 where β₂ is small for them (theorems 1 to 3). The rare large gradient,
//! which points to −1, is divided by its own size; the many small ones, which point to +1, are not.
//!
//! | run | the paper | ours |
//! | --- | --- | --- |
//! | C = 3 every third step, β₁ = 0, β₂ = 0.1 | Adam at +1 (theorem 1, proof) | the same |
//! | 1010 x every 101st step, −10 x else, β₁ = 0.9, β₂ = 0.99 | Adam at +1, AMSGrad at −1 (figure 1) | the same |
//! | the same with probability 0.01 | the same (figure 1) | the same |
//!
//! The paper's figure shows five million steps; a hundred thousand suffice to tell the two apart. What
//! the paper does not show: on the same problem β₂ = 0.9999 brings Adam to −1 as well. Its theorem 3
//! lets the problem depend on β₂.

use crate::LabError;
use crate::random::{Purpose, Stream};
use crate::walker::Walker;
use descent::{Adam, InverseSqrt, Rule};
use serde::{Deserialize, Serialize};

/// Losses f(x) = g x on [−1, 1]: `rare` for g at one step in `period`, `common` at all others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The gradient of the rare loss: above 0.
    pub rare: f64,
    /// The gradient of the common loss: below 0.
    pub common: f64,
    /// One step in this many has the rare loss.
    pub period: u64,
    /// Whether the rare loss comes at random, with probability 1 / `period`, instead of at the first
    /// of every `period` steps.
    pub stochastic: bool,
    /// The seed of the draws, if it does.
    pub seed: u64,
}

impl Problem {
    /// The set of theorem 1: C = 3.
    pub const THEOREM_1: Self =
        Self { rare: 3.0, common: -1.0, period: 3, stochastic: false, seed: 0 };
    /// The synthetic experiment of section 5.
    pub const SYNTHETIC: Self =
        Self { rare: 1010.0, common: -10.0, period: 101, stochastic: false, seed: 0 };

    /// The stochastic variant of the synthetic experiment.
    pub fn stochastic(seed: u64) -> Self {
        Self { period: 100, stochastic: true, seed, ..Self::SYNTHETIC }
    }
}

/// Where a rule went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Descent {
    /// Some of the steps, in equal ratios.
    pub steps: Vec<u64>,
    /// x after each of them. −1 is best, +1 is worst.
    pub positions: Vec<f64>,
    /// The mean regret at each of them: how much more the losses so far have been than they would
    /// have been at −1.
    pub regret: Vec<f64>,
}

impl Descent {
    /// x at the end.
    pub fn end(&self) -> f64 {
        self.positions.last().copied().unwrap_or(f64::NAN)
    }
}

/// How far Adam goes in one period, in units of a constant learning rate and up to the edges of the
/// interval, once its averages have settled: above 0 if it climbs, toward the worst point.
///
/// # Errors
/// If Adam refuses its settings, or gradients are drawn at random: their order is what drift is about.
pub fn drift(problem: &Problem, adam: Adam) -> Result<f64, LabError> {
    if problem.stochastic {
        return Err(LabError::setting("stochastic", true, "what drift can be computed for: false"));
    }
    let mut walker = Walker::new(adam, 1.0, vec![0.0])?;
    let settled = (20.0 / (1.0 - adam.beta2)) as u64 / problem.period + 1;
    let counted = 20;
    let mut start = 0.0;
    for period in 0..settled + counted {
        if period == settled {
            start = walker.position()[0];
        }
        for place in 0..problem.period {
            let gradient = if place == 0 { problem.rare } else { problem.common };
            walker.step(|_, _| [gradient])?;
        }
    }
    Ok((walker.position()[0] - start) / counted as f64)
}

/// Runs `rule` for `steps` steps from x = 0 with learning rate `base` / √t, projected onto [−1, 1].
///
/// # Errors
/// If the rule refuses its settings.
pub fn descend(
    problem: &Problem,
    rule: impl Rule<f64>,
    base: f64,
    steps: u64,
) -> Result<Descent, LabError> {
    let mut stream = Stream::new(problem.seed, Purpose::Noise);
    let rate = InverseSqrt { base_lr: base, warmup_steps: 1 };
    let mut walker = Walker::new(rule, rate, vec![0.0])?;
    let mut descent = Descent { steps: vec![], positions: vec![], regret: vec![] };
    let (mut total, mut next) = (0.0, 1.0);
    for step in 1..=steps {
        let is_rare = if problem.stochastic {
            stream.uniform() < 1.0 / problem.period as f64
        } else {
            step % problem.period == 1
        };
        let gradient = if is_rare { problem.rare } else { problem.common };
        total += gradient * (walker.position()[0] + 1.0);
        walker.step(|_, _| [gradient])?;
        walker.relocate(|x| x.clamp(-1.0, 1.0));
        if step as f64 >= next || step == steps {
            next = (step as f64 * 1.05).max(step as f64 + 1.0);
            descent.steps.push(step);
            descent.positions.push(walker.position()[0]);
            descent.regret.push(total / step as f64);
        }
    }
    Ok(descent)
}
