//! What 16 and 8 bits do to an optimizer's memory.
//!
//! **Stagnation** ([`second_moment`]). Zamirai, Zhang, Aberger and De Sa (2021) trace the failure of
//! training in pure bf16 to updates that round away, and mend it by stochastic rounding or by keeping
//! what was rounded off. On a second moment the effect is plain: an average with β₂ = 0.999 cannot fall,
//! since a thousandth of it is less than half the gap to the next number.
//!
//! **Underflow and loss scaling** ([`smallest_gradient`], [`lost_gradients`]). Micikevicius et al. (2018,
//! section 3.2) scale the loss because fp16 loses small gradients; in a detector of theirs a third became
//! zero. Ours loses less than one in a hundred once it has fitted the digits, and hardly any with a scale
//! of 1024.
//! The scale protects gradients, not the second moment, from which it has been divided out again.
//!
//! **Eight bits** ([`digits`]). Dettmers, Lewis, Shleifer and Zettlemoyer (2022) report parity with
//! 32-bit Adam. Ours has it too, with the one change that Li, Chen and Zhu (2023) ask for: a code for v
//! without a zero. With a linear code, runs end in NaN or at random accuracy: a v that is rounded to
//! zero beside an m that is not makes a step of m/ε.

use crate::LabError;
use crate::data::Digits;
use crate::model::{Mlp, Model};
use crate::parallel;
use crate::random::{Purpose, Stream};
use crate::single_precision::SinglePrecision;
use crate::statistics::mean;
use crate::train::Trainer;
use crate::walker::Walker;
use descent::{Adam, EightBitAdam, LowPrecision, Rounding, Rule};
use half::{bf16, f16};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// What v is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Memory {
    /// Single precision.
    F32,
    /// bf16, rounded to the nearest.
    Bf16Nearest,
    /// bf16, rounded up or down at random.
    Bf16Stochastic,
}

/// The mean of Adam's v over many coordinates, after each step, on normal gradients of variance 1 for
/// `steps` steps and of variance 10⁻⁴ for as many more.
///
/// # Errors
/// If Adam refuses its settings.
pub fn second_moment(
    memory: Memory,
    beta2: f64,
    steps: usize,
    coordinates: usize,
    seed: u64,
) -> Result<Vec<f64>, LabError> {
    let adam = Adam { beta2, ..Adam::default() };
    let follow = Following { steps, coordinates, seed };
    match memory {
        Memory::F32 => follow.run(SinglePrecision(adam), |state| {
            let v = state.get("second_moment").into_iter().flatten();
            v.map(|x| f64::from(*x)).collect()
        }),
        Memory::Bf16Nearest => follow.short(adam, Rounding::Nearest),
        Memory::Bf16Stochastic => follow.short(adam, Rounding::Stochastic { seed }),
    }
}

struct Following {
    steps: usize,
    coordinates: usize,
    seed: u64,
}

impl Following {
    fn short(&self, adam: Adam, rounding: Rounding) -> Result<Vec<f64>, LabError> {
        self.run(SinglePrecision(LowPrecision::<_, bf16>::new(adam, rounding)), |state| {
            state.arrays[1].iter().map(|x| f64::from(x.to_f32())).collect()
        })
    }

    fn run<R: Rule<f64>>(
        &self,
        rule: R,
        second_moment: impl Fn(&R::State) -> Vec<f64>,
    ) -> Result<Vec<f64>, LabError> {
        let mut stream = Stream::new(self.seed, Purpose::Noise);
        let mut walker = Walker::new(rule, 1e-3, vec![0.0; self.coordinates])?;
        let mut means = Vec::with_capacity(2 * self.steps);
        for step in 0..2 * self.steps {
            let size = if step < self.steps { 1.0 } else { 0.01 };
            let gradient: Vec<f64> =
                (0..self.coordinates).map(|_| size * stream.normal()).collect();
            walker.step(|_, _| gradient)?;
            let state = walker.optimizer().state("theta");
            means.push(state.map_or(f64::NAN, |state| mean(&second_moment(state))));
        }
        Ok(means)
    }
}

/// Where v in bf16 comes to rest when every gradient is 1: below 1, where the next step up is less
/// than half a gap.
///
/// # Errors
/// If Adam refuses its settings.
pub fn resting_place(beta2: f64) -> Result<f64, LabError> {
    let adam = Adam { beta2, ..Adam::default() };
    let rule = SinglePrecision(LowPrecision::<_, bf16>::new(adam, Rounding::Nearest));
    let mut walker = Walker::new(rule, 1e-3, vec![0.0])?;
    for _ in 0..20_000 {
        walker.step(|_, _| [1.0])?;
    }
    let state = walker.optimizer().state("theta");
    Ok(state.map_or(f64::NAN, |state| f64::from(state.arrays[1][0].to_f32())))
}

/// A format of 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Five bits of exponent, ten of fraction.
    F16,
    /// Eight bits of exponent, seven of fraction.
    Bf16,
}

impl Format {
    /// The nearest number in this format.
    pub fn round(self, x: f64) -> f64 {
        match self {
            Self::F16 => f16::from_f64(x).to_f64(),
            Self::Bf16 => bf16::from_f64(x).to_f64(),
        }
    }
}

/// The smallest gradient g for which `factor` · g² is not rounded to zero in this format, by bisection.
pub fn smallest_gradient(format: Format, factor: f64) -> f64 {
    let survives = |exponent: f64| {
        let g = libm::exp2(exponent);
        format.round(factor * g * g) > 0.0
    };
    let (mut low, mut high) = (-140.0, 0.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if survives(middle) { high = middle } else { low = middle }
    }
    libm::exp2(high)
}

/// Adam with moments that are rounded to 255 levels in equal distances in each block of 256, the code
/// that is not used in practice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearlyQuantized {
    /// The rule, which computes in double precision.
    pub adam: Adam,
}

impl Rule<f64> for LinearlyQuantized {
    type State = descent::Tensors<f64>;

    fn validate(&self) -> Result<(), descent::HyperparameterError> {
        Rule::<f64>::validate(&self.adam)
    }

    fn state(&self, parameter: &ArrayD<f64>, tensor: usize) -> Self::State {
        Rule::<f64>::state(&self.adam, parameter, tensor)
    }

    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<f64>,
        gradient: &ArrayD<f64>,
        state: &mut Self::State,
    ) {
        Rule::<f64>::update(&self.adam, step, learning_rate, parameter, gradient, state);
        for (_, moment) in state.iter_mut() {
            let values = moment.as_slice_mut().expect("moments are contiguous");
            for block in values.chunks_mut(256) {
                let largest = block.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
                if largest > 0.0 {
                    let level = |x: f64| (x / largest * 127.0).round() / 127.0 * largest;
                    block.iter_mut().for_each(|x| *x = level(*x));
                }
            }
        }
    }
}

/// How Adam keeps its moments while it learns the digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moments {
    /// In single precision.
    F32,
    /// In 8 bits, by blocks, with levels dense near zero and none at zero for v.
    Dynamic,
    /// In 8 bits, by blocks, with levels in equal distances.
    Linear,
}

/// A run on the digits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DigitsRun {
    /// The loss of each step's batch; a run that came to a gradient that is not finite is shorter.
    pub losses: Vec<f64>,
    /// The test accuracy at the end; 0 for such a run.
    pub accuracy: f64,
}

/// Trains a 64-64-64-10 ReLU network on the digits by `steps` steps of Adam in batches of 64, once for
/// each seed.
///
/// # Errors
/// If the learning rate is not a finite number of at least 0.
pub fn digits(
    moments: Moments,
    learning_rate: f64,
    steps: usize,
    seeds: &[u64],
) -> Result<Vec<DigitsRun>, LabError> {
    let digits = Digits::load();
    let model = Mlp::relu(&[64, 64, 64, 10]);
    let adam = Adam::default();
    let run = |&seed: &u64| match moments {
        Moments::F32 => learn(&model, &digits, SinglePrecision(adam), learning_rate, steps, seed),
        Moments::Dynamic => {
            let rule = SinglePrecision(EightBitAdam { adam });
            learn(&model, &digits, rule, learning_rate, steps, seed)
        }
        Moments::Linear => {
            learn(&model, &digits, LinearlyQuantized { adam }, learning_rate, steps, seed)
        }
    };
    parallel::map(seeds, run).into_iter().collect()
}

fn learn(
    model: &Mlp,
    digits: &Digits,
    rule: impl Rule<f64>,
    learning_rate: f64,
    steps: usize,
    seed: u64,
) -> Result<DigitsRun, LabError> {
    let mut trainer = Trainer::new(model, rule, learning_rate, &digits.training, 64, seed)?;
    let mut losses = Vec::new();
    for telemetry in trainer.by_ref().take(steps) {
        match telemetry {
            Ok(telemetry) => losses.push(telemetry.loss),
            Err(LabError::Step(_)) => return Ok(DigitsRun { losses, accuracy: 0.0 }),
            Err(other) => return Err(other),
        }
    }
    Ok(DigitsRun { losses, accuracy: trainer.accuracy(&digits.test) })
}

/// What becomes of gradients on their way through fp16, for each loss scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LostGradients {
    /// What the loss is multiplied by.
    pub scales: Vec<f64>,
    /// The share of the coordinates that are not zero and become zero.
    pub underflowing: Vec<f64>,
    /// The share of coordinates that become infinite.
    pub overflowing: Vec<f64>,
}

/// Trains a 64-64-64-10 ReLU network on the digits with Adam for `steps` steps of 64 examples, then rounds
/// the gradient of one more batch to fp16 at each loss scale.
///
/// # Errors
/// If Adam refuses a step, which it does for no seed.
pub fn lost_gradients(scales: &[f64], steps: usize, seed: u64) -> Result<LostGradients, LabError> {
    let digits = Digits::load();
    let model = Mlp::relu(&[64, 64, 64, 10]);
    let mut trainer = Trainer::new(&model, Adam::default(), 3e-3, &digits.training, 64, seed)?;
    trainer.run(steps, |_| ())?;
    let batch = digits.training.select(&(0..64).collect::<Vec<_>>());
    let gradient = model.loss_and_gradient(trainer.parameters(), &batch).1;
    let gradients: Vec<f64> = gradient.scalars().filter(|g| *g != 0.0).collect();
    let share = |scale: f64, lost: fn(f64) -> bool| {
        let count = gradients.iter().filter(|g| lost(Format::F16.round(scale * **g))).count();
        count as f64 / gradients.len() as f64
    };
    Ok(LostGradients {
        scales: scales.to_vec(),
        underflowing: scales.iter().map(|&scale| share(scale, |g| g == 0.0)).collect(),
        overflowing: scales.iter().map(|&scale| share(scale, f64::is_infinite)).collect(),
    })
}
