//! Training runs to diagnose: each has one thing wrong, and settings that can put it right.
//!
//! The run is that of [`planted_faults`](super::planted_faults): a 64-64-64-10 ReLU network on the
//! digits, in batches of 64, by Adam, for 400 steps. A [`Case`] says what its settings were, and what
//! happens to the run that no setting can prevent. Changed settings are not judged by comparison
//! with a key: the run is executed with them, and has to [recover](Case::recovery).

use crate::LabError;
use crate::ablation::{Corrections, FaultyAdam, PartlyCorrectedAdam};
use crate::data::Digits;
use crate::experiment::planted_faults::{Run, STEPS};
use crate::model::{Mlp, Normalization};
use crate::statistics::mean;
use crate::train::{Fault, Telemetry, Trainer};
use descent::{Adam, AnySchedule, Group, WarmupCosine, group};
use serde::{Deserialize, Serialize};

/// What can be set in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The peak of the schedule.
    pub learning_rate: f64,
    /// Over how many steps the rate rises to its peak.
    pub warmup_steps: u64,
    /// At which step the cosine reaches zero.
    pub schedule_steps: u64,
    /// The decay rate of the second moment.
    pub beta2: f64,
    /// Whether the moments are corrected for their start at zero.
    pub bias_correction: bool,
    /// λ.
    pub weight_decay: f64,
    /// Whether the decay is added to the gradient instead of taken beside the step.
    pub coupled: bool,
    /// Whether biases and the gains of norms decay as well as matrices.
    pub decay_gains: bool,
    /// The norm that gradients are clipped to.
    pub clip: Option<f64>,
    /// Whether a resumed run finds the optimizer's state as well as the weights.
    pub restore_state: bool,
    /// Whether weights and moments are kept in bf16 instead of f32.
    pub bf16_state: bool,
    /// What the loss is multiplied by before gradients pass through fp16.
    pub loss_scale: f64,
    /// The tensor that is excluded from training.
    pub frozen: Option<String>,
    /// Whether every epoch visits the examples in a fresh order.
    pub shuffle: bool,
    /// The step whose batch is read anew from its source.
    pub reread_batch: Option<u64>,
}

impl Default for Settings {
    /// Settings with which the run is healthy.
    fn default() -> Self {
        Self {
            learning_rate: 3e-3,
            warmup_steps: 20,
            schedule_steps: STEPS,
            beta2: 0.999,
            bias_correction: true,
            weight_decay: 0.0,
            coupled: false,
            decay_gains: false,
            clip: None,
            restore_state: true,
            bf16_state: false,
            loss_scale: 1.0,
            frozen: None,
            shuffle: true,
            reread_batch: None,
        }
    }
}

/// The names by which settings are changed, each with the values it takes.
pub const NAMES: [(&str, &str); 15] = [
    ("learning_rate", "a number above 0 and at most 10"),
    ("warmup_steps", "a whole number from 0 to 400"),
    ("schedule_steps", "a whole number from 1 to 4000"),
    ("beta2", "a number from 0 up to, but not, 1"),
    ("bias_correction", "on or off"),
    ("weight_decay", "a number from 0 to 100"),
    ("decay", "coupled or decoupled"),
    ("decay_gains", "on or off"),
    ("clip", "off, or a number above 0"),
    ("restore", "weights or everything"),
    ("state", "bf16 or f32"),
    ("loss_scale", "a number from 1 to 1e12"),
    ("frozen", "none or weight1"),
    ("shuffle", "on or off"),
    ("reread_batch", "none, or a step from 1 to 400"),
];

impl Settings {
    /// Changes the setting of this name.
    ///
    /// # Errors
    /// If there is none, or it does not take this value; says which it takes.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), LabError> {
        let Some((name, takes)) = NAMES.iter().find(|(known, _)| *known == name) else {
            let known = NAMES.map(|(name, _)| name).join(", ");
            return Err(LabError::setting("setting", name, known));
        };
        let refused = || LabError::setting(name, value, takes);
        let number = || value.parse::<f64>().ok().filter(|x| x.is_finite()).ok_or_else(refused);
        let within = |low: f64, high: f64| {
            number().and_then(|x| if (low..=high).contains(&x) { Ok(x) } else { Err(refused()) })
        };
        let whole = |low: u64, high: u64| {
            let whole = value.parse::<u64>().ok();
            whole.filter(|x| (low..=high).contains(x)).ok_or_else(refused)
        };
        let either = |no: &str, yes: &str| match value {
            _ if value == yes => Ok(true),
            _ if value == no => Ok(false),
            _ => Err(refused()),
        };
        match *name {
            "learning_rate" => self.learning_rate = within(f64::MIN_POSITIVE, 10.0)?,
            "warmup_steps" => self.warmup_steps = whole(0, STEPS)?,
            "schedule_steps" => self.schedule_steps = whole(1, 10 * STEPS)?,
            "beta2" => self.beta2 = within(0.0, 1.0 - f64::EPSILON)?,
            "bias_correction" => self.bias_correction = either("off", "on")?,
            "weight_decay" => self.weight_decay = within(0.0, 100.0)?,
            "decay" => self.coupled = either("decoupled", "coupled")?,
            "decay_gains" => self.decay_gains = either("off", "on")?,
            "clip" if value == "off" => self.clip = None,
            // Far below, ε would shape the steps, and the run would look mended by what it is not.
            "clip" => self.clip = Some(within(1e-3, f64::MAX)?),
            "restore" => self.restore_state = either("weights", "everything")?,
            "state" => self.bf16_state = either("f32", "bf16")?,
            "loss_scale" => self.loss_scale = within(1.0, 1e12)?,
            "frozen" => {
                let frozen = either("none", "weight1")?;
                self.frozen = frozen.then(|| value.to_owned());
            }
            "shuffle" => self.shuffle = either("off", "on")?,
            "reread_batch" if value == "none" => self.reread_batch = None,
            _ => self.reread_batch = Some(whole(1, STEPS)?),
        }
        Ok(())
    }

    fn schedule(&self) -> AnySchedule {
        WarmupCosine {
            initial_lr: self.learning_rate / self.warmup_steps.max(1) as f64,
            base_lr: self.learning_rate,
            warmup_steps: self.warmup_steps,
            total_steps: self.schedule_steps,
            min_lr: 0.0,
        }
        .into()
    }

    /// The value of the setting of this name, as [`set`](Self::set) takes it; empty if there is none.
    pub fn get(&self, name: &str) -> String {
        let either = |yes: bool, no: &str, named: &str| if yes { named } else { no }.to_owned();
        match name {
            "learning_rate" => self.learning_rate.to_string(),
            "warmup_steps" => self.warmup_steps.to_string(),
            "schedule_steps" => self.schedule_steps.to_string(),
            "beta2" => self.beta2.to_string(),
            "bias_correction" => either(self.bias_correction, "off", "on"),
            "weight_decay" => self.weight_decay.to_string(),
            "decay" => either(self.coupled, "decoupled", "coupled"),
            "decay_gains" => either(self.decay_gains, "off", "on"),
            "clip" => self.clip.map_or_else(|| "off".to_owned(), |limit| limit.to_string()),
            "restore" => either(self.restore_state, "weights", "everything"),
            "state" => either(self.bf16_state, "f32", "bf16"),
            "loss_scale" => self.loss_scale.to_string(),
            "frozen" => self.frozen.clone().unwrap_or_else(|| "none".to_owned()),
            "shuffle" => either(self.shuffle, "off", "on"),
            "reread_batch" => {
                self.reread_batch.map_or_else(|| "none".to_owned(), |s| s.to_string())
            }
            _ => String::new(),
        }
    }
}

/// Something that is wrong with a run, by the name problems call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// The rate is too high, and the warmup too short to hide it.
    RateTooHigh,
    /// A trained network goes on with a fresh optimizer, and the first steps have the full, high rate.
    NoWarmup,
    /// The schedule reaches zero long before the run ends.
    ScheduleEndsEarly,
    /// The moments are not corrected.
    NoBiasCorrection,
    /// Weight decay is added to the gradient.
    CoupledDecay,
    /// The run was interrupted half-way and resumed from its weights alone.
    StateLost,
    /// One gradient is ten thousand times too large, and nothing clips it.
    ExplodingGradient,
    /// One batch holds a single example over and over.
    BadBatch,
    /// Gradients shrink tenfold half-way, and v̂ remembers.
    StaleSecondMoment,
    /// Weights and moments are kept in bf16, where small changes are lost.
    Bf16State,
    /// Small gradients pass through fp16 without loss scaling.
    Fp16Underflow,
    /// Weight decay takes the gains of norms with it.
    DecayedGains,
    /// The first layer does not train.
    FrozenLayer,
    /// Every epoch has the same order.
    SameOrder,
}

/// Every case.
pub const CASES: [Case; 14] = [
    Case::RateTooHigh,
    Case::NoWarmup,
    Case::ScheduleEndsEarly,
    Case::NoBiasCorrection,
    Case::CoupledDecay,
    Case::StateLost,
    Case::ExplodingGradient,
    Case::BadBatch,
    Case::StaleSecondMoment,
    Case::Bf16State,
    Case::Fp16Underflow,
    Case::DecayedGains,
    Case::FrozenLayer,
    Case::SameOrder,
];

/// The step at which what happens in the middle of a run happens.
const MIDDLE: u64 = STEPS / 2;
/// The step of the bad batch and of the exploding gradient.
const EVENT: u64 = 150;

impl Case {
    /// The settings of the run that is to be diagnosed.
    pub fn settings(self) -> Settings {
        let healthy = Settings::default();
        match self {
            Self::RateTooHigh => Settings { learning_rate: 1.0, warmup_steps: 5, ..healthy },
            Self::NoWarmup => Settings { learning_rate: 0.06, warmup_steps: 0, ..healthy },
            Self::ScheduleEndsEarly => Settings { schedule_steps: 60, ..healthy },
            Self::NoBiasCorrection => Settings { bias_correction: false, ..healthy },
            Self::CoupledDecay => Settings { weight_decay: 0.1, coupled: true, ..healthy },
            Self::StateLost => Settings { restore_state: false, ..healthy },
            Self::Bf16State => Settings { bf16_state: true, ..healthy },
            Self::DecayedGains => Settings { weight_decay: 10.0, decay_gains: true, ..healthy },
            Self::FrozenLayer => Settings { frozen: Some("weight1".to_owned()), ..healthy },
            Self::SameOrder => Settings { shuffle: false, ..healthy },
            Self::ExplodingGradient
            | Self::BadBatch
            | Self::StaleSecondMoment
            | Self::Fp16Underflow => healthy,
        }
    }

    /// What is wrong, in a sentence for those who have found it.
    pub fn fault(self) -> &'static str {
        match self {
            Self::RateTooHigh => "The peak of the learning rate was far too high.",
            Self::NoWarmup => {
                "A trained network went on with a fresh optimizer, at the full, high rate from its \
                 first step on."
            }
            Self::ScheduleEndsEarly => "The schedule reached zero long before the run's end.",
            Self::NoBiasCorrection => "The moments were not corrected for their start at zero.",
            Self::CoupledDecay => {
                "Weight decay was added to the gradient, and divided by its size with it."
            }
            Self::StateLost => {
                "The run was resumed half-way from its weights alone, without the optimizer's state."
            }
            Self::ExplodingGradient => {
                "Three gradients were ten thousand times too large, and nothing clipped them."
            }
            Self::BadBatch => "One batch was damaged on its way from the source.",
            Self::StaleSecondMoment => {
                "Gradients shrank tenfold half-way, and the second moment remembered the larger ones."
            }
            Self::Bf16State => {
                "Weights and moments were kept in bf16, in which small changes are rounded away."
            }
            Self::Fp16Underflow => {
                "Small gradients passed through fp16, where most of them became zero."
            }
            Self::DecayedGains => "Weight decay shrank the gains of the norms.",
            Self::FrozenLayer => "The first layer was excluded from training.",
            Self::SameOrder => "Every epoch visited the examples in the same order.",
        }
    }

    /// What happens to the run that is no setting.
    fn events(self, settings: &Settings) -> Vec<Fault> {
        let mut events = match self {
            Self::ExplodingGradient => [0, 70, 140]
                .map(|later| Fault::GradientSpike { step: EVENT + later, factor: 1e4 })
                .to_vec(),
            Self::BadBatch if settings.reread_batch != Some(EVENT) => {
                vec![Fault::GradientSpike { step: EVENT, factor: 100.0 }]
            }
            Self::StaleSecondMoment => {
                vec![Fault::GradientScale { from: MIDDLE, factor: 0.1 }]
            }
            // The loss is a mean over so many terms that its gradient is this small.
            Self::Fp16Underflow => vec![
                Fault::GradientScale { from: 1, factor: 3e-6 },
                Fault::HalfPrecisionGradients { loss_scale: settings.loss_scale },
            ],
            _ => Vec::new(),
        };
        events.extend(settings.frozen.clone().map(|name| Fault::FrozenLayer { name }));
        if !settings.shuffle {
            events.push(Fault::SameOrder);
        }
        events
    }

    /// Executes the run with these settings.
    ///
    /// # Errors
    /// If a setting is refused, or the warmup is no shorter than the schedule; a run that cannot go on is
    /// a result.
    pub fn run(self, settings: &Settings, seed: u64) -> Result<Run, LabError> {
        self.run_watched(settings, seed, |_| ())
    }

    /// As [`run`](Self::run), and tells after every step what has been measured so far.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_watched(
        self,
        settings: &Settings,
        seed: u64,
        mut watch: impl FnMut(&[Telemetry]),
    ) -> Result<Run, LabError> {
        if settings.warmup_steps >= settings.schedule_steps {
            let steps = settings.schedule_steps;
            let range = format!("what leaves some of the schedule's {steps} steps");
            return Err(LabError::setting("warmup_steps", settings.warmup_steps, range));
        }
        let digits = Digits::load();
        let mut model = Mlp::relu(&[64, 64, 64, 10]);
        if self == Self::DecayedGains {
            model = model.normalized(Normalization::Layer);
        }
        let interrupted = self == Self::StateLost && !settings.restore_state;
        let rule = FaultyAdam {
            // The small gradients of fp16 would be lost beside the usual ε.
            adam: PartlyCorrectedAdam {
                adam: Adam { beta2: settings.beta2, eps: 1e-16, ..Adam::default() },
                corrections: match settings.bias_correction {
                    true => Corrections::BOTH,
                    false => Corrections::NEITHER,
                },
            },
            coupled_decay: if settings.coupled { settings.weight_decay } else { 0.0 },
            decoupled_decay: if settings.coupled { 0.0 } else { settings.weight_decay },
            forgets_after: interrupted.then_some(MIDDLE),
            bf16: settings.bf16_state,
        };
        let spared = FaultyAdam { coupled_decay: 0.0, decoupled_decay: 0.0, ..rule };
        let schedule = settings.schedule();
        let groups = vec![
            Group::new("decayed", rule, schedule.clone()),
            Group::new("spared", spared, schedule),
        ];
        let decayed = |_: &str, shape: &[usize]| {
            if settings.decay_gains || group::is_matrix(shape) { "decayed" } else { "spared" }
        };
        let training = &digits.training;
        let mut trainer = Trainer::grouped(&model, groups, decayed, training, 64, seed)?.detailed();
        if self == Self::NoWarmup {
            let schedule = Self::StateLost.settings().schedule();
            let mut before = Trainer::new(&model, Adam::default(), schedule, training, 64, seed)?;
            before.run(STEPS as usize, |_| ())?;
            trainer = trainer.starting_from(before.parameters().clone())?;
        }
        for event in self.events(settings) {
            trainer = trainer.with_fault(event)?;
        }
        if let Some(limit) = settings.clip {
            trainer = trainer.clipped(limit)?;
        }
        Run::of(trainer, STEPS, &digits, &mut watch)
    }

    /// Whether a run with these settings has recovered from what was wrong.
    ///
    /// # Errors
    /// What still shows that it has not, with the number.
    pub fn recovery(self, settings: &Settings, run: &Run) -> Result<(), String> {
        if let Some(reason) = &run.ended_by {
            return Err(format!("the run ended early: {reason}"));
        }
        let at_most = |what: &str, value: f64, bound: f64| {
            // NaN has not recovered either.
            if value <= bound {
                return Ok(());
            }
            Err(format!("{what} {}; a healthy run stays below {bound}", stated(value, 3)))
        };
        let at_least = |what: &str, value: f64, bound: f64| {
            if value >= bound {
                return Ok(());
            }
            Err(format!("{what} {}; a healthy run stays above {bound}", stated(value, 4)))
        };
        let loss = at_most("the training loss at the end", run.training_loss, 0.03);
        let updates = |from: u64, to: u64| {
            mean(&(from..to).map(|step| run.update_rms(step)).collect::<Vec<_>>())
        };
        let layer = |name: &str| {
            run.telemetry
                .last()
                .and_then(|last| last.layers.iter().find(|l| l.name == name).cloned())
        };
        match self {
            Self::RateTooHigh
            | Self::ScheduleEndsEarly
            | Self::CoupledDecay
            | Self::Bf16State
            | Self::Fp16Underflow => loss,
            Self::NoWarmup => {
                let losses = run.telemetry.iter().take(20).map(|step| step.loss);
                loss?;
                at_most(
                    "the largest loss of the first twenty steps",
                    losses.fold(0.0, f64::max),
                    1.0,
                )
            }
            Self::NoBiasCorrection => {
                loss?;
                at_most("the first step, in units of the rate,", run.update_rms(1), 1.05)
            }
            Self::StateLost => {
                loss?;
                at_most(
                    &format!("step {}, in units of the rate,", MIDDLE + 1),
                    run.update_rms(MIDDLE + 1),
                    0.5,
                )
            }
            Self::ExplodingGradient => {
                loss?;
                at_most(
                    &format!("the largest of five steps from {EVENT} on, in units of the rate,"),
                    (EVENT..EVENT + 5).map(|step| run.update_rms(step)).fold(0.0, f64::max),
                    1.0,
                )
            }
            Self::BadBatch => {
                loss?;
                at_most(
                    &format!("the largest of five steps from {EVENT} on, in units of the rate,"),
                    (EVENT..EVENT + 5).map(|step| run.update_rms(step)).fold(0.0, f64::max),
                    0.4,
                )
            }
            Self::StaleSecondMoment => {
                loss?;
                at_least(
                    "the mean step in units of the rate, at steps 300 to 340,",
                    updates(300, 340),
                    0.08,
                )
            }
            Self::DecayedGains => {
                let gain = layer("gain1").map_or(f64::NAN, |gain| gain.weight_norm / 8.0);
                at_most("the training loss at the end", run.training_loss, 0.3)?;
                at_least("the root mean square gain of the first norm", gain, 0.8)
            }
            Self::FrozenLayer => {
                let ratio = run.telemetry[MIDDLE as usize]
                    .layers
                    .iter()
                    .find(|layer| layer.name == "weight1")
                    .map_or(0.0, |layer| layer.update_ratio);
                loss?;
                at_least("the update of weight1 beside its size, half-way,", ratio, 1e-5)
            }
            Self::SameOrder => {
                loss?;
                at_most(
                    "the correlation of the loss with that of an epoch before",
                    echo(run),
                    0.4,
                )?;
                if !settings.shuffle {
                    return Err("every epoch still visits the examples in one order".to_owned());
                }
                Ok(())
            }
        }
    }
}

/// A number in a sentence, without all the digits of one that has diverged.
fn stated(value: f64, decimals: usize) -> String {
    match value.abs() {
        size if size < 1e6 => format!("is {value:.decimals$}"),
        size if size.is_finite() => format!("has diverged, to {value:.1e}"),
        _ => "is no longer a number".to_owned(),
    }
}

/// The correlation between the logarithm of a step's loss and that of twenty steps before, an epoch
/// of 1297 examples, after the trend is taken away.
pub fn echo(run: &Run) -> f64 {
    const EPOCH: usize = 20;
    const WINDOW: usize = 10;
    let logs: Vec<f64> =
        run.telemetry.iter().map(|step| libm::log(step.loss.max(1e-300))).collect();
    let around = |i: usize| mean(&logs[i - WINDOW..=i + WINDOW]);
    let residuals: Vec<f64> =
        (WINDOW..logs.len().saturating_sub(WINDOW)).map(|i| logs[i] - around(i)).collect();
    let Some(pairs) = residuals.len().checked_sub(EPOCH) else { return f64::NAN };
    let products = |offset: usize| {
        mean(&(0..pairs).map(|i| residuals[i] * residuals[i + offset]).collect::<Vec<_>>())
    };
    products(EPOCH) / products(0)
}

#[cfg(test)]
mod tests {
    use super::{CASES, Case, NAMES, Settings};

    fn cure(case: Case) -> (&'static str, &'static str) {
        match case {
            Case::RateTooHigh => ("learning_rate", "0.003"),
            Case::NoWarmup => ("warmup_steps", "40"),
            Case::ScheduleEndsEarly => ("schedule_steps", "400"),
            Case::NoBiasCorrection => ("bias_correction", "on"),
            Case::CoupledDecay => ("decay", "decoupled"),
            Case::StateLost => ("restore", "everything"),
            Case::ExplodingGradient => ("clip", "1"),
            Case::BadBatch => ("reread_batch", "150"),
            Case::StaleSecondMoment => ("beta2", "0.95"),
            Case::Bf16State => ("state", "f32"),
            Case::Fp16Underflow => ("loss_scale", "65536"),
            Case::DecayedGains => ("decay_gains", "off"),
            Case::FrozenLayer => ("frozen", "none"),
            Case::SameOrder => ("shuffle", "on"),
        }
    }

    #[test]
    fn every_case_is_ill_and_recovers_with_its_cure_whatever_the_seed() {
        for case in CASES {
            for seed in [0, 1] {
                let mut settings = case.settings();
                let ill = case.recovery(&settings, &case.run(&settings, seed).unwrap());
                assert!(ill.is_err(), "{case:?} is not ill with seed {seed}");
                let (name, value) = cure(case);
                settings.set(name, value).unwrap();
                let cured = case.recovery(&settings, &case.run(&settings, seed).unwrap());
                assert_eq!(cured, Ok(()), "{case:?} with seed {seed}");
            }
        }
    }

    #[test]
    fn a_watched_run_is_the_run() {
        let settings = Case::RateTooHigh.settings();
        let mut seen = Vec::new();
        let watch = |so_far: &[crate::train::Telemetry]| seen.push(so_far.len());
        let watched = Case::RateTooHigh.run_watched(&settings, 1, watch).unwrap();
        let run = Case::RateTooHigh.run(&settings, 1).unwrap();
        assert_eq!(watched.training_loss, run.training_loss);
        assert_eq!(seen, (1..=watched.telemetry.len()).collect::<Vec<_>>());
    }

    #[test]
    fn what_has_diverged_is_told_without_all_its_digits() {
        let settings = Case::CoupledDecay.settings();
        let mut run = Case::CoupledDecay.run(&settings, 0).unwrap();
        for (loss, told) in [(1.5e87, "has diverged, to 1.5e87"), (f64::NAN, "no longer a number")]
        {
            run.training_loss = loss;
            let symptom = Case::CoupledDecay.recovery(&settings, &run).unwrap_err();
            assert!(symptom.contains(told) && symptom.len() < 100, "{symptom}");
        }
    }

    #[test]
    fn a_cure_for_another_fault_does_not_help() {
        for case in [Case::StateLost, Case::FrozenLayer, Case::SameOrder, Case::Fp16Underflow] {
            let mut settings = case.settings();
            settings.set("clip", "1").unwrap();
            settings.set("warmup_steps", "40").unwrap();
            let run = case.run(&settings, 0).unwrap();
            assert!(case.recovery(&settings, &run).is_err(), "{case:?}");
        }
    }

    #[test]
    fn settings_read_back_as_they_were_written_and_refuse_what_they_cannot_take() {
        let mut settings = Settings::default();
        for (name, _) in NAMES {
            let value = settings.get(name);
            settings.set(name, &value).unwrap();
            let refusal = settings.set(name, "perhaps").unwrap_err().to_string();
            assert!(refusal.contains(name), "{refusal}");
        }
        assert_eq!(settings, Settings::default());
        let unknown = settings.set("speed", "1").unwrap_err().to_string();
        assert!(unknown.contains("learning_rate"), "{unknown}");
        assert!(settings.set("beta2", "1").is_err());
        assert!(settings.set("learning_rate", "NaN").is_err());
        assert!(settings.set("clip", "1e-14").is_err());
        settings.set("warmup_steps", "400").unwrap();
        assert!(Case::StateLost.run(&settings, 0).is_err());
    }
}
