//! Training runs with one thing wrong each, and what shows it.
//!
//! The base run is a 64-64-64-10 ReLU network on the digits, in batches of 64, by Adam at a peak of 0.003
//! with twenty steps of warmup and a cosine, for 400 steps. Each [`Scenario`] changes one thing; the two
//! kinds of [`Scenario::Decay`] are to be compared with each other.
//! The loss alone finds few of them: several faults leave it where it was, some lower it. The root mean
//! square update in units of the rate tells most of them apart: 1 at the first step of a healthy run and
//! again after a state is lost, 3.2 without bias correction, far below 0.1 where v̂ is stale.

use crate::LabError;
use crate::ablation::{Corrections, InterruptedAdam, Lost, PartlyCorrectedAdam};
use crate::data::Digits;
use crate::model::Mlp;
use crate::single_precision::SinglePrecision;
use crate::train::{Fault, Telemetry, Trainer};
use descent::{
    Adam, AdamW, AnySchedule, CoupledL2, LowPrecision, Rounding, Rule, Scaled, Table, WarmupCosine,
};
use half::bf16;
use serde::{Deserialize, Serialize};

/// What is wrong with a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// Nothing.
    Healthy,
    /// Bias correction is made for these moments only.
    Corrections(Corrections),
    /// Weights decay with λ = 0.1.
    Decay {
        /// Whether the decay is added to the gradient, or taken beside the step as in AdamW.
        coupled: bool,
    },
    /// Half-way, a part of Adam's state is lost.
    Resumed(Lost),
    /// The first steps have the full rate.
    NoWarmup,
    /// The warmup counts steps from zero, so that the first update is wasted.
    WarmupFromZero,
    /// The cosine is told half of the true length, and rises again after it.
    ScheduleTooShort,
    /// The rate is ten times too high.
    RateTooHigh,
    /// v̂ and m are kept in bf16, rounded to the nearest.
    Bf16State,
    /// A fault of the trainer, with gradients clipped to a norm or not.
    Planted {
        /// The fault.
        fault: Fault,
        /// The norm that gradients are clipped to.
        clip: Option<f64>,
    },
}

/// How many steps a run has; faults in the middle happen at the step after half of them.
pub const STEPS: u64 = 400;
const WARMUP: u64 = 20;
const PEAK: f64 = 3e-3;

/// What a run looked like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What was measured at each step.
    pub telemetry: Vec<Telemetry>,
    /// The loss on the training images at the end.
    pub training_loss: f64,
    /// The accuracy on the test images at the end.
    pub accuracy: f64,
    /// Why the run ended early, if it did.
    pub ended_by: Option<String>,
}

impl Run {
    /// Lets a trainer take this many steps on the digits, or as many as its optimizer does not refuse,
    /// and tells `watch` after each what has been measured.
    pub(super) fn of<R: Rule<f64>>(
        mut trainer: Trainer<'_, Mlp, R>,
        steps: u64,
        digits: &Digits,
        watch: &mut dyn FnMut(&[Telemetry]),
    ) -> Result<Self, LabError> {
        let (mut telemetry, mut ended_by) = (Vec::new(), None);
        for step in trainer.by_ref().take(steps as usize) {
            match step {
                Ok(measured) => {
                    telemetry.push(measured);
                    watch(&telemetry);
                }
                Err(LabError::Step(refusal)) => {
                    ended_by = Some(refusal.to_string());
                    break;
                }
                Err(other) => return Err(other),
            }
        }
        Ok(Self {
            telemetry,
            training_loss: trainer.loss(&digits.training),
            accuracy: trainer.accuracy(&digits.test),
            ended_by,
        })
    }

    /// The root mean square update in units of the rate at this step, from 1.
    pub fn update_rms(&self, step: u64) -> f64 {
        let telemetry = self.telemetry.get(step as usize - 1);
        telemetry.map_or(f64::NAN, |telemetry| telemetry.update_rms)
    }
}

/// Runs a scenario. `detailed` measures every tensor by itself, too.
///
/// # Errors
/// If a setting is refused; a run that cannot go on is a result.
pub fn run(scenario: &Scenario, detailed: bool, seed: u64) -> Result<Run, LabError> {
    first_steps(scenario, STEPS, detailed, seed)
}

/// The first `steps` steps of a scenario.
///
/// # Errors
/// As [`run`].
pub fn first_steps(
    scenario: &Scenario,
    steps: u64,
    detailed: bool,
    seed: u64,
) -> Result<Run, LabError> {
    let (digits, model) = (Digits::load(), Mlp::relu(&[64, 64, 64, 10]));
    let bench = Bench { digits, model, steps, detailed, seed };
    let adam = Adam::default();
    match scenario {
        Scenario::Healthy => bench.run(adam, healthy(), None, None),
        Scenario::Corrections(corrections) => {
            let rule = PartlyCorrectedAdam { adam, corrections: *corrections };
            bench.run(rule, healthy(), None, None)
        }
        Scenario::Decay { coupled: true } => {
            bench.run(CoupledL2 { weight_decay: 0.1, rule: adam }, healthy(), None, None)
        }
        Scenario::Decay { coupled: false } => {
            let adamw = AdamW { weight_decay: 0.1, ..AdamW::default() };
            bench.run(adamw, healthy(), None, None)
        }
        Scenario::Resumed(lost) => {
            let rule = InterruptedAdam { adam, after: STEPS / 2, lost: *lost };
            bench.run(rule, healthy(), None, None)
        }
        Scenario::NoWarmup => bench.run(adam, cosine(0, STEPS), None, None),
        Scenario::WarmupFromZero => {
            let late = |t: u64| {
                if t == 0 { 0.0 } else { descent::Schedule::learning_rate(&healthy(), t) }
            };
            bench.run(adam, Table::of(STEPS, late).into(), None, None)
        }
        Scenario::ScheduleTooShort => {
            // What the formula of a cosine gives when nobody stops it at the end.
            let unclamped = |t: u64| {
                let step = t as f64;
                let half = (STEPS / 2 - WARMUP) as f64;
                let angle = std::f64::consts::PI * (step - WARMUP as f64).max(0.0) / half;
                let warmup = ((step + 1.0) / WARMUP as f64).min(1.0);
                PEAK * warmup * 0.5 * (1.0 + libm::cos(angle))
            };
            bench.run(adam, Table::of(STEPS, unclamped).into(), None, None)
        }
        Scenario::RateTooHigh => {
            let schedule = Scaled { factor: 10.0, schedule: Box::new(healthy()) };
            bench.run(adam, schedule.into(), None, None)
        }
        Scenario::Bf16State => {
            let rule = LowPrecision::<_, bf16>::new(adam, Rounding::Nearest);
            bench.run(SinglePrecision(rule), healthy(), None, None)
        }
        Scenario::Planted { fault, clip } => bench.run(adam, healthy(), Some(fault.clone()), *clip),
    }
}

fn healthy() -> AnySchedule {
    cosine(WARMUP, STEPS)
}

fn cosine(warmup_steps: u64, total_steps: u64) -> AnySchedule {
    WarmupCosine {
        initial_lr: PEAK / WARMUP as f64,
        base_lr: PEAK,
        warmup_steps,
        total_steps,
        min_lr: 0.0,
    }
    .into()
}

struct Bench {
    digits: Digits,
    model: Mlp,
    steps: u64,
    detailed: bool,
    seed: u64,
}

impl Bench {
    fn run(
        &self,
        rule: impl Rule<f64>,
        schedule: AnySchedule,
        fault: Option<Fault>,
        clip: Option<f64>,
    ) -> Result<Run, LabError> {
        let training = &self.digits.training;
        let mut trainer = Trainer::new(&self.model, rule, schedule, training, 64, self.seed)?;
        if let Some(fault) = fault {
            trainer = trainer.with_fault(fault)?;
        }
        if let Some(limit) = clip {
            trainer = trainer.clipped(limit)?;
        }
        if self.detailed {
            trainer = trainer.detailed();
        }
        Run::of(trainer, self.steps, &self.digits, &mut |_| ())
    }
}

/// The share of examples that are never seen in an epoch that is interrupted after this share of it
/// and gone on with in a fresh random order, as a run does that forgets its place in the data.
pub fn share_never_seen(examples: usize, interrupted_at: f64, seed: u64) -> f64 {
    use crate::random::{Purpose, Stream};
    let mut stream = Stream::new(seed, Purpose::Batches);
    let before = (interrupted_at * examples as f64).round() as usize;
    let mut seen = vec![false; examples];
    let first = stream.permutation(examples);
    let again = stream.permutation(examples);
    let visited = first.into_iter().take(before).chain(again.into_iter().take(examples - before));
    visited.for_each(|example| seen[example] = true);
    seen.iter().filter(|seen| !**seen).count() as f64 / examples as f64
}
