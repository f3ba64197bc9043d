//! Signum: the sign of a moving average of the gradient.
//!
//! ```text
//! m ← β m + (1 − β) g
//! θ ← θ − η sign(m)
//! ```
//!
//! Bernstein, Wang, Azizzadenesheli and Anandkumar (2018), Algorithm 2. The sign of zero is zero.

use crate::{Elementwise, HyperparameterError, Real, Update};
use serde::{Deserialize, Serialize};

/// Signum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signum {
    /// β, the decay rate of the moment: in [0, 1). Zero is signSGD.
    pub beta: f64,
}

impl Default for Signum {
    /// The paper's setting: β = 0.9.
    fn default() -> Self {
        Self { beta: 0.9 }
    }
}

impl Elementwise for Signum {
    type Memory<F: Real> = [F; 1];
    const MEMORY: &'static [&'static str] = &["first_moment"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_decay_rate("Signum", "beta", self.beta)
    }

    // ANCHOR: update
    fn update<F: Real>(&self, _step: u64, learning_rate: f64) -> impl Update<F, [F; 1]> {
        let [learning_rate, beta, one_minus_beta] =
            [learning_rate, self.beta, 1.0 - self.beta].map(F::of);
        move |theta, g, [m]| {
            let m = beta * m + one_minus_beta * g;
            (theta - learning_rate * m.sign(), [m])
        }
    }
    // ANCHOR_END: update
}
