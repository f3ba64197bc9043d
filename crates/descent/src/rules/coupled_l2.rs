//! Coupled L2: decay that goes through the gradient, and through all that a rule does to it.
//!
//! ```text
//! g ← g + λ θ,  then any rule that is written for one coordinate
//! ```
//!
//! This is the gradient of the loss plus ½ λ ‖θ‖². PyTorch's `weight_decay` means this in `SGD`,
//! `Adam`, `Adagrad` and most others; in `AdamW` it means [decoupled](crate::AdamW) decay.
//! Loshchilov and Hutter (2019, section 2 and Proposition 1) show that the two are the same for
//! plain gradient descent, with λ of one being η λ of the other; with momentum they already
//! differ, and with Adam much. `CoupledL2` around [`Adam`](crate::Adam) is Adam with L2.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// A rule whose gradient has the decay in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoupledL2<R> {
    /// λ, the strength of the decay: at least 0.
    pub weight_decay: f64,
    /// The rule that is given g + λ θ.
    pub rule: R,
}

impl<R: Elementwise> Elementwise for CoupledL2<R> {
    type Memory<F: Real> = R::Memory<F>;
    const MEMORY: &'static [&'static str] = R::MEMORY;

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_non_negative("CoupledL2", "weight_decay", self.weight_decay)?;
        self.rule.validate()
    }

    fn start<F: Real>(&self) -> R::Memory<F> {
        self.rule.start()
    }

    // ANCHOR: update
    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, R::Memory<F>> {
        let weight_decay = F::of(self.weight_decay);
        let inner = self.rule.update(step, learning_rate);
        move |theta, g, memory| inner(theta, g + weight_decay * theta, memory)
    }
    // ANCHOR_END: update

    fn denominator<F: Real>(&self, step: u64, memory: &R::Memory<F>) -> Option<F> {
        self.rule.denominator(step, memory)
    }
}
