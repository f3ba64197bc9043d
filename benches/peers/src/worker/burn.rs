//! burn's optimizers, on its `flex` backend: the one in plain Rust, with vector units and threads.

use super::Peer;
use crate::case::{Case, Rule};
use crate::data;
use anyhow::{Context, Result, anyhow};
use burn::module::{Param, ParamId};
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor, TensorData};
use std::time::{Duration, Instant};

/// The case with burn's optimizer.
pub fn make(case: &Case) -> Result<Box<dyn Peer>> {
    let h = case.hyperparameters;
    let (beta1, beta2, eps) = (h.beta1 as f32, h.beta2 as f32, h.eps as f32);
    let optimizer = match case.rule {
        Rule::Sgd => SgdConfig::new().init(),
        Rule::Momentum => {
            let momentum = MomentumConfig::new().with_momentum(h.momentum).with_dampening(0.0);
            SgdConfig::new().with_momentum(Some(momentum)).init()
        }
        Rule::Adam => {
            AdamConfig::new().with_beta_1(beta1).with_beta_2(beta2).with_epsilon(eps).init()
        }
        Rule::AdamW => AdamWConfig::new()
            .with_beta_1(beta1)
            .with_beta_2(beta2)
            .with_epsilon(eps)
            .with_weight_decay(h.weight_decay as f32)
            .init(),
    };
    let device = Device::flex().autodiff();
    let module = case.tensor_starts().map(|first| {
        let values = (first..first + case.tensor_length()).map(data::start).collect();
        Param::from_tensor(vector(values, &device))
    });
    Ok(Box::new(Subject {
        optimizer,
        learning_rate: h.learning_rate,
        module: Some(module.collect()),
        gradients: Vec::new(),
    }))
}

struct Subject {
    optimizer: ModuleOptimizer,
    learning_rate: f64,
    /// A step takes the module and returns it.
    module: Option<Vec<Param<Tensor<1>>>>,
    gradients: Vec<(ParamId, Vec<f32>)>,
}

fn vector(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let length = values.len();
    Tensor::from_data(TensorData::new(values, [length]), device)
}

impl Peer for Subject {
    fn set_gradients(&mut self, scale: f32) -> Result<()> {
        let module = self.module.as_ref().context("a step failed before")?;
        let mut index = 0..;
        self.gradients = module
            .iter()
            .map(|parameter| {
                let length = parameter.val().dims()[0];
                let values = index.by_ref().take(length).map(|i| scale * data::gradient(i));
                (parameter.id, values.collect())
            })
            .collect();
        Ok(())
    }

    /// A step consumes its gradients, and reuses their memory if nothing else refers to it, as
    /// after a backward pass. So each step gets fresh ones, and only the step itself is timed.
    fn run(&mut self, steps: u64) -> Result<Duration> {
        let device = Device::flex();
        let mut total = Duration::ZERO;
        for _ in 0..steps {
            let mut gradients = GradientsParams::new();
            for (id, values) in &self.gradients {
                gradients.register(*id, vector(values.clone(), &device));
            }
            let module = self.module.take().context("a step failed before")?;
            let start = Instant::now();
            let module = self.optimizer.step(self.learning_rate, module, gradients);
            total += start.elapsed();
            self.module = Some(module);
        }
        Ok(total)
    }

    fn parameters(&self) -> Result<Vec<f32>> {
        let mut values = Vec::new();
        for parameter in self.module.as_ref().context("a step failed before")? {
            let data = parameter.val().into_data();
            let part = data.try_into_vec::<f32>();
            values.extend(part.map_err(|error| anyhow!("burn gave no f32: {error:?}"))?);
        }
        Ok(values)
    }
}
