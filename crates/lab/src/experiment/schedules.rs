//! Schedules at equal budget.
//!
//! **In theory** ([`tuned`]). On the noisy quadratic the expected loss of every schedule is known. With
//! its peak tuned, a straight line to zero is a little better than a cosine to zero, any decay to zero
//! better than one that stops at a tenth, and an average of the weights at a constant rate better than
//! all: Defazio et al. (2023) and Bergsma et al. (2025) find the first two on language models, Hägele et
//! al. (2024) the last.
//!
//! **On the digits** ([`digits`]). With the peak tuned for each, a cosine gains a point or two over a
//! constant rate where labels are wrong, and schedules that decay are not told apart by five hundred test
//! images; with a peak that is too high they rescue a run that a constant rate loses. So a comparison of
//! schedules at one shared peak measures the peak.

use crate::LabError;
use crate::data::{DIGIT_CLASSES, Digits, with_label_noise};
use crate::landscape::NoisyQuadratic;
use crate::model::Mlp;
use crate::parallel;
use crate::statistics::{geometric, mean};
use crate::train::Trainer;
use descent::{
    AdamW, AnySchedule, Cosine, Cyclic, CyclicMode, InverseSqrt, Linear, Schedule, Sequence,
    StepDecay, Table, Warmup, WarmupStableDecay,
};
use serde::{Deserialize, Serialize};

/// The shape of a schedule, of which a peak and a length make a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// The peak throughout.
    Constant,
    /// A tenth of the rate from half of the steps on, a hundredth in the last quarter.
    Step,
    /// 1/√t, over a first hundredth of the steps at the peak.
    InverseSqrt,
    /// Constant, then a straight line to zero over this share of the steps.
    StableThenDecay(f64),
    /// Half a cosine, down to this share of the peak.
    Cosine(f64),
    /// A straight line to zero.
    Linear,
    /// The same after a straight warmup over the first twentieth.
    WarmedLinear,
    /// Four triangles between a tenth of the peak and the peak, which begin and end at the tenth.
    TrianglesFromBelow,
    /// The same from peak to peak.
    TrianglesFromAbove,
}

impl Shape {
    /// The shapes that are compared, with their names.
    pub const ALL: [(&'static str, Self); 12] = [
        ("triangles that end high", Self::TrianglesFromAbove),
        ("constant", Self::Constant),
        ("triangles that end low", Self::TrianglesFromBelow),
        ("1/√t", Self::InverseSqrt),
        ("step", Self::Step),
        ("stable, 10 % decay", Self::StableThenDecay(0.1)),
        ("stable, 20 % decay", Self::StableThenDecay(0.2)),
        ("stable, 40 % decay", Self::StableThenDecay(0.4)),
        ("cosine to 10 %", Self::Cosine(0.1)),
        ("cosine to 0", Self::Cosine(0.0)),
        ("linear to 0", Self::Linear),
        ("warmup, linear to 0", Self::WarmedLinear),
    ];

    /// The schedule with this peak and this many steps.
    pub fn with(self, peak: f64, steps: u64) -> AnySchedule {
        let share = |share: f64| ((share * steps as f64).round() as u64).max(1);
        let line = |base_lr, total_steps| Linear { base_lr, min_lr: 0.0, total_steps };
        let triangles = || Cyclic {
            base_lr: 0.1 * peak,
            max_lr: peak,
            step_size_up: share(0.125),
            step_size_down: share(0.125),
            mode: CyclicMode::Triangular,
        };
        match self {
            Self::Constant => peak.into(),
            Self::Step => {
                let quarter = |base_lr, step_size| StepDecay { base_lr, step_size, gamma: 0.1 };
                let late = quarter(0.1 * peak, share(0.25));
                Sequence::new(peak, share(0.5), late).into()
            }
            Self::InverseSqrt => {
                let falling = InverseSqrt { base_lr: peak, warmup_steps: share(0.01) };
                let skipped = share(0.01);
                Table::of(steps, |t| falling.learning_rate(skipped + t)).into()
            }
            Self::StableThenDecay(part) => {
                let decay_steps = share(part);
                let stable_steps = steps - decay_steps;
                WarmupStableDecay {
                    base_lr: peak,
                    warmup_steps: 0,
                    stable_steps,
                    decay_steps,
                    min_lr: 0.0,
                }
                .into()
            }
            Self::Cosine(floor) => {
                Cosine { base_lr: peak, min_lr: floor * peak, total_steps: steps }.into()
            }
            Self::Linear => line(peak, steps).into(),
            Self::WarmedLinear => {
                let warmup = share(0.05);
                Warmup::new(warmup, line(peak, steps - warmup)).into()
            }
            Self::TrianglesFromBelow => triangles().into(),
            Self::TrianglesFromAbove => {
                let half = share(0.125);
                Table::of(steps, |t| triangles().learning_rate(half + t + 1)).into()
            }
        }
    }

    fn rates(self, peak: f64, steps: u64) -> Vec<f64> {
        let schedule = self.with(peak, steps);
        (1..=steps).map(|step| schedule.learning_rate(step)).collect()
    }
}

/// A schedule on the noisy quadratic, with the peak that serves it best.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TunedSchedule {
    /// The peak.
    pub peak: f64,
    /// The expected loss after each step.
    pub losses: Vec<f64>,
}

impl TunedSchedule {
    /// The expected loss at the end.
    pub fn final_loss(&self) -> f64 {
        self.losses.last().copied().unwrap_or(f64::NAN)
    }

    /// The share of the whole fall from `initial` that the last tenth of the steps brings, and the
    /// share by which that tenth reduces what is left.
    pub fn last_tenth(&self, initial: f64) -> (f64, f64) {
        let before = self.losses[self.losses.len() * 9 / 10 - 1];
        let end = self.final_loss();
        ((before - end) / (initial - end), 1.0 - end / before)
    }
}

/// Tunes the peak of a schedule on the harmonic noisy quadratic with 1000 coordinates; with `average`,
/// on the loss of an exponential average of the iterates with that decay rate.
pub fn tuned(
    shape: Shape,
    steps: u64,
    batch_size: f64,
    peaks: usize,
    average: Option<f64>,
) -> TunedSchedule {
    let model = NoisyQuadratic::harmonic(1000);
    let run = |&peak: &f64| TunedSchedule {
        peak,
        losses: model.expected_losses(&shape.rates(peak, steps), batch_size, average),
    };
    parallel::map(&geometric(0.01, 1.9, peaks), run)
        .into_iter()
        .min_by(|a, b| a.final_loss().total_cmp(&b.final_loss()))
        .unwrap_or(TunedSchedule { peak: f64::NAN, losses: vec![] })
}

/// The mean test accuracy on the digits, at each peak, of a 64-64-64-10 ReLU network that AdamW
/// (λ = 0.1) trained in batches of 16 on labels of which a tenth is wrong.
///
/// # Errors
/// If a peak is not a finite number of at least 0.
pub fn digits(
    shape: Shape,
    peaks: &[f64],
    steps: u64,
    seeds: &[u64],
) -> Result<Vec<f64>, LabError> {
    let digits = Digits::load();
    let training = with_label_noise(&digits.training, 0.1, DIGIT_CLASSES, 0)?;
    let model = Mlp::relu(&[64, 64, 64, 10]);
    let run = |&(peak, seed): &(f64, u64)| -> Result<f64, LabError> {
        let rule = AdamW { weight_decay: 0.1, ..AdamW::default() };
        let mut trainer = Trainer::new(&model, rule, shape.with(peak, steps), &training, 16, seed)?;
        trainer.run(steps as usize, |_| ())?;
        Ok(trainer.accuracy(&digits.test))
    };
    let runs: Vec<(f64, u64)> =
        peaks.iter().flat_map(|&peak| seeds.iter().map(move |&seed| (peak, seed))).collect();
    let accuracies = parallel::map(&runs, run).into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(accuracies.chunks(seeds.len()).map(mean).collect())
}
