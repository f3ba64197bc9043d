//! The training loop, as an iterator over telemetry.

mod batches;
mod fault;
mod telemetry;

pub use fault::Fault;
pub use telemetry::{LayerTelemetry, Quantiles, Telemetry};

use crate::LabError;
use crate::data::{Dataset, Examples};
use crate::model::{Classifier, Model};
use crate::random::{Purpose, Stream};
use batches::Batches;
use descent::{
    Accumulator, AnySchedule, Checkpoint, Group, NonFinite, Optimizer, Rule, Tensors, clip,
};
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;

/// Trains a model on batches of data: each `next` takes one step and tells what it measured.
///
/// Examples are visited in a fresh random order every epoch; a batch that an epoch's end would
/// cut short is filled from the next one.
///
/// ```
/// use descent::Sgd;
/// use lab::data::Digits;
/// use lab::model::SoftmaxRegression;
/// use lab::train::Trainer;
///
/// let digits = Digits::load();
/// let model = SoftmaxRegression::for_digits();
/// let mut trainer = Trainer::new(&model, Sgd, 0.5, &digits.training, 32, 0)?;
/// let telemetry = trainer.by_ref().take(100).collect::<Result<Vec<_>, _>>()?;
/// assert!(telemetry[99].loss < telemetry[0].loss);
/// assert!(trainer.accuracy(&digits.test) > 0.85);
/// # Ok::<(), lab::LabError>(())
/// ```
#[derive(Clone)]
pub struct Trainer<'a, M: Model, R: Rule<f64>> {
    model: &'a M,
    training: &'a M::Data,
    batch_size: usize,
    micro_batches: usize,
    /// How many steps have begun, which the optimizer's own count does not tell after a fault.
    step: u64,
    batches: Batches,
    parameters: Tensors<f64>,
    optimizer: Optimizer<R, f64>,
    clip: Option<f64>,
    detailed: bool,
    faults: Vec<Fault>,
    /// The optimizer as it was made, for the faults that go back to it.
    fresh: Optimizer<R, f64>,
}

impl<'a, M: Model, R: Rule<f64>> Trainer<'a, M, R> {
    /// A trainer at step 0. The seed determines initial parameters and batches, independently.
    ///
    /// # Errors
    /// If the batch size is 0 or larger than the training set, or the rule refuses its settings.
    pub fn new(
        model: &'a M,
        rule: R,
        schedule: impl Into<AnySchedule>,
        training: &'a M::Data,
        batch_size: usize,
        seed: u64,
    ) -> Result<Self, LabError> {
        let all = vec![Group::new("all", rule, schedule)];
        Self::grouped(model, all, |_, _| "all", training, batch_size, seed)
    }

    /// A trainer whose tensors are assigned to groups by their names and shapes, as
    /// [`Optimizer::grouped`] does.
    ///
    /// # Errors
    /// As [`Trainer::new`], and if a tensor is assigned to a group that does not exist.
    pub fn grouped<'g>(
        model: &'a M,
        groups: Vec<Group<R>>,
        assign: impl Fn(&str, &[usize]) -> &'g str,
        training: &'a M::Data,
        batch_size: usize,
        seed: u64,
    ) -> Result<Self, LabError> {
        if !(1..=training.len()).contains(&batch_size) {
            return Err(LabError::setting(
                "batch_size",
                batch_size,
                format!("1..={}", training.len()),
            ));
        }
        let parameters = model.initial(&mut Stream::new(seed, Purpose::Initialization));
        let optimizer = Optimizer::grouped(groups, assign, &parameters)?;
        Ok(Self {
            model,
            training,
            batch_size,
            micro_batches: 1,
            step: 0,
            batches: Batches::new(seed, training.len()),
            parameters,
            fresh: optimizer.clone(),
            optimizer,
            clip: None,
            detailed: false,
            faults: Vec::new(),
        })
    }

    /// Starts from these parameters instead of freshly drawn ones.
    ///
    /// # Errors
    /// If they are not those of this model, by name and shape.
    pub fn starting_from(self, parameters: Tensors<f64>) -> Result<Self, LabError> {
        parameters.check(self.parameters.shapes())?;
        Ok(Self { parameters, ..self })
    }

    /// Shortens each gradient to this norm, over all parameters together, if it is longer.
    ///
    /// # Errors
    /// If the limit is not a finite number above 0.
    pub fn clipped(self, limit: f64) -> Result<Self, LabError> {
        if !(limit.is_finite() && limit > 0.0) {
            return Err(LabError::setting("clip", limit, "the finite numbers above 0"));
        }
        Ok(Self { clip: Some(limit), ..self })
    }

    /// Takes each step with the mean gradient of this many batches.
    ///
    /// # Errors
    /// If it is 0.
    pub fn accumulated(self, micro_batches: usize) -> Result<Self, LabError> {
        if micro_batches == 0 {
            return Err(LabError::setting("micro_batches", 0, "1 and more"));
        }
        Ok(Self { micro_batches, ..self })
    }

    /// Measures every tensor by itself, too. It sorts every tensor at every step; a small network
    /// then takes about twice as long.
    #[must_use]
    pub fn detailed(self) -> Self {
        Self { detailed: true, ..self }
    }

    /// Treats gradients that are not finite by this policy; without it, they end the run.
    #[must_use]
    pub fn with_non_finite(mut self, policy: NonFinite) -> Self {
        self.optimizer = self.optimizer.with_non_finite(policy);
        self.fresh = self.fresh.with_non_finite(policy);
        self
    }

    /// Plants a fault.
    ///
    /// # Errors
    /// If a layer is to be frozen that the model does not have.
    pub fn with_fault(mut self, fault: Fault) -> Result<Self, LabError> {
        match &fault {
            Fault::FrozenLayer { name } if self.parameters.get(name).is_none() => {
                let known = self.parameters.iter().map(|(name, _)| name).collect::<Vec<_>>();
                return Err(LabError::setting("name", name, format!("[{}]", known.join(", "))));
            }
            Fault::SameOrder => self.batches = self.batches.in_the_same_order(),
            _ => {}
        }
        self.faults.push(fault);
        Ok(self)
    }

    /// The model that is trained.
    pub fn model(&self) -> &'a M {
        self.model
    }

    /// The parameters as they are now.
    pub fn parameters(&self) -> &Tensors<f64> {
        &self.parameters
    }

    /// The optimizer, with its state.
    pub fn optimizer(&self) -> &Optimizer<R, f64> {
        &self.optimizer
    }

    /// The mean loss over `data` with the parameters as they are now.
    pub fn loss(&self, data: &M::Data) -> f64 {
        self.model.loss(&self.model.for_evaluation(&self.parameters, self.training), data)
    }

    /// The accuracy on `examples` with the parameters as they are now.
    pub fn accuracy(&self, examples: &Examples) -> f64
    where
        M: Classifier,
    {
        let parameters = self.model.for_evaluation(&self.parameters, self.training);
        self.model.accuracy(&parameters, examples)
    }

    /// Takes this many steps; after each, `progress` is told how many have been taken.
    ///
    /// # Errors
    /// The first step's that fails.
    pub fn run(
        &mut self,
        steps: usize,
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<Telemetry>, LabError> {
        let counted = self.by_ref().take(steps).enumerate();
        counted
            .map(|(taken, telemetry)| {
                progress(taken + 1);
                telemetry
            })
            .collect()
    }

    /// The mean loss and gradient of the next batch, or of the next batches together.
    fn next_gradient(&mut self) -> (f64, Tensors<f64>) {
        let (mut loss, gradient) = self.on_next_batch();
        if self.micro_batches == 1 {
            return (loss, gradient);
        }
        const SAME: &str = "a model's gradients have the same names and shapes every time";
        let mut accumulator = Accumulator::new(&gradient);
        accumulator.add(&gradient, self.batch_size).expect(SAME);
        for _ in 1..self.micro_batches {
            let (part, gradient) = self.on_next_batch();
            accumulator.add(&gradient, self.batch_size).expect(SAME);
            loss += part;
        }
        let mean = accumulator.mean().expect("at least two batches were added").clone();
        (loss / self.micro_batches as f64, mean)
    }

    fn on_next_batch(&mut self) -> (f64, Tensors<f64>) {
        let mut indices = self.batches.next(self.batch_size);
        if self.faults.contains(&Fault::BadBatch { step: self.step }) {
            let repeated = indices[0];
            indices.fill(repeated);
        }
        self.model.loss_and_gradient(&self.parameters, &self.training.select(&indices))
    }

    fn step(&mut self) -> Result<Telemetry, LabError> {
        self.step += 1;
        let step = self.step;
        if self.faults.contains(&Fault::StateLost { before: step }) {
            self.optimizer = self.fresh.clone();
        }
        let (loss, mut gradient) = self.next_gradient();
        self.faults.iter().for_each(|fault| fault.spoil(step, &mut gradient));
        let gradient_norm = gradient.norm();
        let unclipped = (self.detailed && self.clip.is_some()).then(|| gradient.clone());
        if let Some(limit) = self.clip {
            clip::by_global_norm(&mut gradient, limit).map_err(descent::SetupError::from)?;
        }
        let before = self.parameters.clone();
        self.optimizer.step(&mut self.parameters, &gradient)?;
        let moved = before.scalars().zip(self.parameters.scalars());
        let update_norm = moved.map(|(old, new)| (new - old) * (new - old)).sum::<f64>().sqrt();
        let gradient = unclipped.unwrap_or(gradient);
        let layers = if self.detailed {
            telemetry::layers(&self.optimizer, &gradient, &before, &self.parameters)
        } else {
            Vec::new()
        };
        let first = before.iter().next().map_or("", |(name, _)| name);
        let learning_rate = self.optimizer.learning_rate_of(first).unwrap_or(f64::NAN);
        let coordinates = before.iter().map(|(_, array)| array.len()).sum::<usize>() as f64;
        Ok(Telemetry {
            step,
            loss,
            learning_rate,
            gradient_norm,
            update_ratio: update_norm / before.norm(),
            update_rms: update_norm / coordinates.sqrt() / learning_rate,
            non_finite: telemetry::non_finite(&gradient),
            layers,
        })
    }
}

impl<M: Model, R> Trainer<'_, M, R>
where
    R: Rule<f64, State: Serialize + DeserializeOwned> + Serialize + DeserializeOwned,
{
    /// Saves all that the run needs to go on as if it had not stopped. Clipping, accumulation and
    /// faults are settings and not in the file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), LabError> {
        let (parameters, optimizer) = (self.parameters.clone(), self.optimizer.clone());
        let extra = (self.step, self.batches.clone());
        Checkpoint { parameters, optimizer, extra }.save(path).map_err(LabError::checkpoint)
    }

    /// Goes on where the run that saved the file stood.
    ///
    /// # Errors
    /// If the file cannot be read, or is not of a run with this model and rule.
    pub fn resume(self, path: &Path) -> Result<Self, LabError> {
        let Checkpoint { parameters, optimizer, extra: (step, batches) } =
            Checkpoint::load(path, &self.parameters).map_err(LabError::checkpoint)?;
        Ok(Self { parameters, optimizer, step, batches, ..self })
    }
}

impl<M: Model, R: Rule<f64>> Iterator for Trainer<'_, M, R> {
    type Item = Result<Telemetry, LabError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.step())
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Trainer};
    use crate::data::Digits;
    use crate::model::{Mlp, SoftmaxRegression};
    use descent::{Adam, Momentum, Sgd, WarmupCosine};

    #[test]
    fn the_same_seed_repeats_to_the_last_bit() {
        let digits = Digits::load();
        let model = Mlp::relu(&[64, 16, 10]);
        let run = |seed| -> Vec<_> {
            let trainer =
                Trainer::new(&model, Adam::default(), 1e-3, &digits.training, 32, seed).unwrap();
            trainer.take(5).map(Result::unwrap).collect()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn every_rule_learns_the_digits() {
        let digits = Digits::load();
        let model = Mlp::relu(&[64, 32, 10]);
        let mut sgd = Trainer::new(&model, Sgd, 0.2, &digits.training, 32, 0).unwrap();
        let rule = Momentum::accumulated(0.9);
        let mut momentum = Trainer::new(&model, rule, 0.02, &digits.training, 32, 0).unwrap();
        let mut adam =
            Trainer::new(&model, Adam::default(), 3e-3, &digits.training, 32, 0).unwrap();
        sgd.by_ref().take(200).for_each(|step| assert!(step.is_ok()));
        momentum.by_ref().take(200).for_each(|step| assert!(step.is_ok()));
        adam.by_ref().take(200).for_each(|step| assert!(step.is_ok()));
        for accuracy in [
            sgd.accuracy(&digits.test),
            momentum.accuracy(&digits.test),
            adam.accuracy(&digits.test),
        ] {
            assert!(accuracy > 0.9, "{accuracy}");
        }
    }

    #[test]
    fn a_run_may_start_from_given_parameters_but_not_from_those_of_another_model() {
        let (digits, model, other) = (Digits::load(), network(), Mlp::relu(&[64, 9, 10]));
        let trainer = |model| Trainer::new(model, Sgd, 0.1, &digits.training, 32, 0).unwrap();
        let mut trained = trainer(&model);
        trained.run(5, |_| ()).unwrap();
        let further = trainer(&model).starting_from(trained.parameters().clone()).unwrap();
        assert_eq!(further.parameters(), trained.parameters());
        let refusal = trainer(&other).starting_from(trained.parameters().clone()).err().unwrap();
        assert!(refusal.to_string().contains("weight1"), "{refusal}");
    }

    #[test]
    fn an_empty_batch_is_refused() {
        let digits = Digits::load();
        let model = SoftmaxRegression::for_digits();
        let refusal = Trainer::new(&model, Sgd, 0.1, &digits.training, 0, 0).err().unwrap();
        assert_eq!(
            refusal.to_string(),
            "batch_size = 0 is outside 1..=1297; choose a value inside it"
        );
    }

    fn network() -> Mlp {
        Mlp::relu(&[64, 8, 10])
    }

    #[test]
    fn a_resumed_run_goes_on_to_the_last_bit() {
        let (digits, model) = (Digits::load(), network());
        let trainer = || {
            let (warmup_steps, total_steps) = (5, 60);
            let (initial_lr, base_lr, min_lr) = (0.0, 3e-3, 0.0);
            let schedule = WarmupCosine { initial_lr, base_lr, warmup_steps, total_steps, min_lr };
            Trainer::new(&model, Adam::default(), schedule, &digits.training, 300, 4).unwrap()
        };
        let path = std::env::temp_dir().join(format!("lab-{}.checkpoint", std::process::id()));
        let mut whole = trainer();
        whole.run(20, |_| ()).unwrap();
        whole.save(&path).unwrap();
        let mut resumed = trainer().resume(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(whole.run(20, |_| ()).unwrap(), resumed.run(20, |_| ()).unwrap());
        assert_eq!(whole.parameters(), resumed.parameters());
    }

    #[test]
    fn four_accumulated_batches_are_one_of_four_times_the_size() {
        let (digits, model) = (Digits::load(), network());
        let run = |batch_size, micro_batches| {
            Trainer::new(&model, Sgd, 0.1, &digits.training, batch_size, 0)
                .and_then(|trainer| trainer.accumulated(micro_batches))
                .unwrap()
                .run(8, |_| ())
                .unwrap()
        };
        for (one, four) in run(64, 1).iter().zip(run(16, 4)) {
            assert!((one.loss - four.loss).abs() < 1e-12 * one.loss);
            assert!((one.gradient_norm - four.gradient_norm).abs() < 1e-12);
        }
    }

    #[test]
    fn each_layer_is_measured() {
        let (digits, model) = (Digits::load(), network());
        let adam = Adam::default();
        let trainer = Trainer::new(&model, adam, 1e-3, &digits.training, 32, 0).unwrap();
        let first = trainer.detailed().next().unwrap().unwrap();
        let square = |f: fn(&super::LayerTelemetry) -> f64| {
            first.layers.iter().map(|layer| f(layer) * f(layer)).sum::<f64>().sqrt()
        };
        assert!((square(|layer| layer.gradient_norm) - first.gradient_norm).abs() < 1e-12);
        let last = first.layers.last().unwrap();
        assert_eq!((last.name.as_str(), last.weight_norm), ("bias2", 0.0));
        // At step 1 √v̂ is |g|, so the update is the gradient's sign times η, downhill.
        let denominator = last.denominator.unwrap();
        assert!((last.effective_rate.unwrap().median * denominator.median - 1e-3).abs() < 1e-4);
        assert!(last.cosine > 0.5, "{}", last.cosine);
        let sgd = Trainer::new(&model, Sgd, 0.1, &digits.training, 32, 0).unwrap();
        let first = sgd.detailed().next().unwrap().unwrap();
        assert!(first.layers.iter().all(|layer| (layer.cosine - 1.0).abs() < 1e-9));
        assert!(first.layers.iter().all(|layer| layer.denominator.is_none()));
    }

    #[test]
    fn planted_faults_show() {
        let (digits, model) = (Digits::load(), network());
        let run = |faults: &[Fault]| {
            let healthy =
                Trainer::new(&model, Adam::default(), 1e-3, &digits.training, 32, 0).unwrap();
            let trainer =
                faults.iter().fold(healthy, |run, fault| run.with_fault(fault.clone()).unwrap());
            trainer.detailed().take(90).collect::<Result<Vec<_>, _>>().unwrap()
        };
        let healthy = run(&[]);
        let spiked = run(&[Fault::GradientSpike { step: 20, factor: 1e3 }]);
        assert_eq!(spiked[..19], healthy[..19]);
        assert!((spiked[19].gradient_norm / healthy[19].gradient_norm - 1e3).abs() < 1e-6);
        let forgetful = run(&[Fault::StateLost { before: 50 }]);
        assert_eq!(forgetful[..49], healthy[..49]);
        let jump = forgetful[49].update_ratio / healthy[49].update_ratio;
        assert!(jump > 1.2, "{jump}");
        assert_eq!(forgetful[89].step, 90);
        let frozen = run(&[Fault::FrozenLayer { name: "weight1".into() }]);
        assert_eq!(frozen[89].layers[0].update_ratio, 0.0);
        let scaled = run(&[Fault::GradientScale { from: 50, factor: 0.01 }]);
        assert!(scaled[54].update_ratio < 0.7 * healthy[54].update_ratio);
        let bad = run(&[Fault::BadBatch { step: 30 }]);
        assert_eq!(bad[..29], healthy[..29]);
        assert!(bad[29].loss != healthy[29].loss);
        let half = run(&[Fault::HalfPrecisionGradients { loss_scale: 1e-9 }]);
        assert_eq!(half[0].gradient_norm, 0.0);
        // 41 batches of 32 are 15 examples more than an epoch, which then begins as the first did.
        assert_ne!(run(&[Fault::SameOrder])[60], healthy[60]);
        let missing = Fault::FrozenLayer { name: "weight9".into() };
        let healthy = Trainer::new(&model, Sgd, 0.1, &digits.training, 32, 0).unwrap();
        let refusal = healthy.with_fault(missing).err().unwrap().to_string();
        assert!(refusal.contains("weight9") && refusal.contains("weight1"), "{refusal}");
    }

    #[test]
    fn clipping_bounds_what_the_rule_sees_and_not_what_is_reported() {
        let (digits, model) = (Digits::load(), network());
        let trainer = Trainer::new(&model, Sgd, 1.0, &digits.training, 32, 0).unwrap();
        let norm = trainer.parameters().norm();
        let first = trainer.clipped(1e-3).unwrap().next().unwrap().unwrap();
        assert!((first.update_ratio * norm - 1e-3).abs() < 1e-12);
        assert!(first.gradient_norm > 0.1);
    }
}
