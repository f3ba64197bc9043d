//! The training loop, as an iterator over telemetry.

use crate::LabError;
use crate::data::Examples;
use crate::model::Model;
use crate::random::{Purpose, Stream};
use descent::{AnySchedule, Optimizer, Rule, Tensors};
use serde::Serialize;

/// What was measured during one training step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Telemetry {
    /// The step, from 1.
    pub step: u64,
    /// The mean loss over the step's batch, before the update.
    pub loss: f64,
    /// The Euclidean norm of the batch's gradient, over all parameters.
    pub gradient_norm: f64,
    /// The norm of the update divided by the norm of the parameters before it.
    pub update_ratio: f64,
}

/// Trains a model on batches of examples: each `next` takes one step and tells what it measured.
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
pub struct Trainer<'a, M, R: Rule<f64>> {
    model: &'a M,
    training: &'a Examples,
    batch_size: usize,
    stream: Stream,
    waiting: Vec<usize>,
    parameters: Tensors<f64>,
    optimizer: Optimizer<R, f64>,
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
        training: &'a Examples,
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
        let optimizer = Optimizer::new(rule, schedule, &parameters)?;
        Ok(Self {
            model,
            training,
            batch_size,
            stream: Stream::new(seed, Purpose::Batches),
            waiting: Vec::new(),
            parameters,
            optimizer,
        })
    }

    /// The parameters as they are now.
    pub fn parameters(&self) -> &Tensors<f64> {
        &self.parameters
    }

    /// The mean loss over `examples` with the parameters as they are now.
    pub fn loss(&self, examples: &Examples) -> f64 {
        self.model.loss(&self.parameters, examples)
    }

    /// The accuracy on `examples` with the parameters as they are now.
    pub fn accuracy(&self, examples: &Examples) -> f64 {
        self.model.accuracy(&self.parameters, examples)
    }

    fn next_batch(&mut self) -> Examples {
        while self.waiting.len() < self.batch_size {
            let epoch = self.stream.permutation(self.training.len());
            self.waiting.extend(epoch);
        }
        let indices: Vec<usize> = self.waiting.drain(..self.batch_size).collect();
        self.training.select(&indices)
    }
}

impl<M: Model, R: Rule<f64>> Iterator for Trainer<'_, M, R> {
    type Item = Result<Telemetry, LabError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.next_batch();
        let (loss, gradient) = self.model.loss_and_gradient(&self.parameters, &batch);
        let before = self.parameters.clone();
        if let Err(refusal) = self.optimizer.step(&mut self.parameters, &gradient) {
            return Some(Err(refusal.into()));
        }
        let moved = before.scalars().zip(self.parameters.scalars());
        let update_norm = moved.map(|(old, new)| (new - old) * (new - old)).sum::<f64>().sqrt();
        Some(Ok(Telemetry {
            step: self.optimizer.steps_taken(),
            loss,
            gradient_norm: gradient.norm(),
            update_ratio: update_norm / before.norm(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::Trainer;
    use crate::data::Digits;
    use crate::model::{Mlp, SoftmaxRegression};
    use descent::{Adam, Momentum, Sgd};

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
    fn an_empty_batch_is_refused() {
        let digits = Digits::load();
        let model = SoftmaxRegression::for_digits();
        let refusal = Trainer::new(&model, Sgd, 0.1, &digits.training, 0, 0).err().unwrap();
        assert_eq!(
            refusal.to_string(),
            "batch_size = 0 is outside 1..=1297; choose a value inside it"
        );
    }
}
