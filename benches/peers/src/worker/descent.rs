//! Our own optimizers.

use super::{Peer, timed};
use crate::case::{Case, Rule};
use crate::data;
use anyhow::Result;
use descent::ndarray::Array1;
use descent::{Adam, AdamW, Momentum, NonFinite, Optimizer, Sgd, Tensors};
use std::time::Duration;

/// As it comes: gradients are scanned for values that are not finite.
pub fn checked(case: &Case) -> Result<Box<dyn Peer>> {
    make(case, NonFinite::default())
}

/// Without the scan, as the other libraries work.
pub fn unchecked(case: &Case) -> Result<Box<dyn Peer>> {
    make(case, NonFinite::Unchecked)
}

fn make(case: &Case, non_finite: NonFinite) -> Result<Box<dyn Peer>> {
    let h = case.hyperparameters;
    Ok(match case.rule {
        Rule::Sgd => Box::new(Subject::new(case, Sgd, non_finite)?),
        Rule::Momentum => {
            Box::new(Subject::new(case, Momentum::accumulated(h.momentum), non_finite)?)
        }
        Rule::Adam => {
            let rule = Adam { beta1: h.beta1, beta2: h.beta2, eps: h.eps };
            Box::new(Subject::new(case, rule, non_finite)?)
        }
        Rule::AdamW => {
            let rule = AdamW {
                beta1: h.beta1,
                beta2: h.beta2,
                eps: h.eps,
                weight_decay: h.weight_decay,
                ..AdamW::default()
            };
            Box::new(Subject::new(case, rule, non_finite)?)
        }
    })
}

struct Subject<R: descent::Rule<f32>> {
    optimizer: Optimizer<R, f32>,
    parameters: Tensors<f32>,
    gradients: Tensors<f32>,
}

impl<R: descent::Rule<f32>> Subject<R> {
    fn new(case: &Case, rule: R, non_finite: NonFinite) -> Result<Self> {
        let tensors = |value: fn(usize) -> f32| {
            case.tensor_starts().fold(Tensors::new(), |tensors, first| {
                let values = (first..first + case.tensor_length()).map(value);
                tensors
                    .with(&format!("parameters from {first}"), Array1::from_iter(values).into_dyn())
            })
        };
        let parameters = tensors(data::start);
        let optimizer = Optimizer::new(rule, case.hyperparameters.learning_rate, &parameters)?
            .with_non_finite(non_finite);
        Ok(Self { optimizer, parameters, gradients: tensors(data::gradient) })
    }
}

impl<R: descent::Rule<f32>> Peer for Subject<R> {
    fn set_gradients(&mut self, scale: f32) -> Result<()> {
        let gradients = self.gradients.iter_mut().flat_map(|(_, array)| array);
        for (index, gradient) in gradients.enumerate() {
            *gradient = scale * data::gradient(index);
        }
        Ok(())
    }

    fn run(&mut self, steps: u64) -> Result<Duration> {
        timed(steps, || Ok(self.optimizer.step(&mut self.parameters, &self.gradients)?))
    }

    fn parameters(&self) -> Result<Vec<f32>> {
        Ok(self.parameters.scalars().collect())
    }
}
