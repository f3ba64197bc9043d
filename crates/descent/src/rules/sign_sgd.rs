//! signSGD: a step of the same length in every coordinate.
//!
//! ```text
//! θ ← θ − η sign(g)
//! ```
//!
//! Bernstein, Wang, Azizzadenesheli and Anandkumar (2018), Algorithm 1. The sign of zero is zero.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// signSGD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignSgd;

impl Elementwise for SignSgd {
    type Memory<F: Real> = [F; 0];
    const MEMORY: &'static [&'static str] = &[];

    fn validate(&self) -> Result<(), HyperparameterError> {
        Ok(())
    }

    // ANCHOR: update
    fn update<F: Real>(&self, _step: u64, learning_rate: f64) -> impl Update<F, [F; 0]> {
        let learning_rate = F::of(learning_rate);
        move |theta, g, []| (theta - learning_rate * g.sign(), [])
    }
    // ANCHOR_END: update
}
