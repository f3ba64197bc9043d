//! candle-nn's optimizers.

use super::{Peer, timed};
use crate::case::{Case, Rule};
use crate::data;
use anyhow::{Result, bail};
use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, SGD};
use std::time::Duration;

/// The case with candle's optimizer.
///
/// candle has no Adam of its own; its AdamW without weight decay computes the same.
pub fn make(case: &Case) -> Result<Box<dyn Peer>> {
    let h = case.hyperparameters;
    Ok(match case.rule {
        Rule::Sgd => Box::new(Subject::<SGD>::new(case, h.learning_rate)?),
        Rule::Momentum => bail!("candle has no momentum"),
        Rule::Adam | Rule::AdamW => {
            let settings = ParamsAdamW {
                lr: h.learning_rate,
                beta1: h.beta1,
                beta2: h.beta2,
                eps: h.eps,
                weight_decay: h.weight_decay,
            };
            Box::new(Subject::<AdamW>::new(case, settings)?)
        }
    })
}

struct Subject<O> {
    optimizer: O,
    parameters: Vec<Var>,
    gradients: GradStore,
}

impl<O: Optimizer> Subject<O> {
    fn new(case: &Case, settings: O::Config) -> Result<Self> {
        let mut parameters = Vec::new();
        for first in case.tensor_starts() {
            let length = case.tensor_length();
            let values = (first..first + length).map(data::start).collect();
            parameters.push(Var::from_vec(values, length, &Device::Cpu)?);
        }
        let optimizer = O::new(parameters.clone(), settings)?;
        // A store of gradients comes only from a backward pass; ours are put in by hand.
        let gradients = Var::zeros((), DType::F32, &Device::Cpu)?.backward()?;
        Ok(Self { optimizer, parameters, gradients })
    }
}

impl<O: Optimizer> Peer for Subject<O> {
    fn set_gradients(&mut self, scale: f32) -> Result<()> {
        let mut first = 0;
        for parameter in &self.parameters {
            let length = parameter.elem_count();
            let values = (first..first + length).map(|i| scale * data::gradient(i)).collect();
            let gradient = Tensor::from_vec(values, length, &Device::Cpu)?;
            self.gradients.insert(parameter, gradient);
            first += length;
        }
        Ok(())
    }

    fn run(&mut self, steps: u64) -> Result<Duration> {
        timed(steps, || Ok(self.optimizer.step(&self.gradients)?))
    }

    fn parameters(&self) -> Result<Vec<f32>> {
        let mut values = Vec::new();
        for parameter in &self.parameters {
            values.extend(parameter.to_vec1::<f32>()?);
        }
        Ok(values)
    }
}
