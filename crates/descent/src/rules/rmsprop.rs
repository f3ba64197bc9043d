//! RMSprop: the gradient, divided by the root of a moving average of its square.
//!
//! ```text
//! s ← α s + (1 − α) g²
//! a ← α a + (1 − α) g              centered only; otherwise a = 0
//! u = g / (√(s − a²) + ε)
//! b ← μ b + u;  θ ← θ − η b        with momentum μ; otherwise θ ← θ − η u
//! ```
//!
//! Tieleman and Hinton (2012), lecture 6.5 of their course; the centered form is from Graves
//! (2013, section 4.2). PyTorch adds ε outside the root, Graves and Optax inside: [`RootEps`]
//! makes the choice. There is no bias correction, so early steps are longer by up to 1/√(1 − α).

use crate::sweep::sweep;
use crate::{HyperparameterError, Real, RootEps, Rule, Tensors};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// RMSprop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RmsProp {
    /// α, the decay rate of the averages: in [0, 1).
    pub alpha: f64,
    /// ε: at least 0, in units of the gradient outside the root, of its square inside. At 0, a
    /// coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// Whether ε is added outside the root or inside.
    pub root_eps: RootEps,
    /// μ, the momentum of the scaled gradient: in [0, 1). Zero keeps no buffer.
    pub momentum: f64,
    /// Whether the square of the mean is taken off, which leaves the variance.
    pub centered: bool,
}

impl Default for RmsProp {
    /// PyTorch's settings: α = 0.99, ε = 10⁻⁸, no momentum, not centered.
    fn default() -> Self {
        Self { alpha: 0.99, eps: 1e-8, root_eps: RootEps::Outside, momentum: 0.0, centered: false }
    }
}

impl<F: Real> Rule<F> for RmsProp {
    /// `mean_square`, and `mean` and `velocity` where they are asked for.
    type State = Tensors<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_decay_rate("RmsProp", "alpha", self.alpha)?;
        HyperparameterError::check_non_negative("RmsProp", "eps", self.eps)?;
        HyperparameterError::check_decay_rate("RmsProp", "momentum", self.momentum)
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Tensors<F> {
        let mean = self.centered.then_some("mean");
        let velocity = (self.momentum > 0.0).then_some("velocity");
        [Some("mean_square"), mean, velocity]
            .into_iter()
            .flatten()
            .fold(Tensors::new(), |state, name| state.with(name, ArrayD::zeros(parameter.shape())))
    }

    // ANCHOR: update
    fn update(
        &self,
        _step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Tensors<F>,
    ) {
        let [learning_rate, alpha, one_minus_alpha, momentum] =
            [learning_rate, self.alpha, 1.0 - self.alpha, self.momentum].map(F::of);
        let [inside, outside] = self.root_eps.split::<F>(self.eps);
        let root = move |s: F| (s + inside).sqrt() + outside;
        let average = move |mean, x| alpha * mean + one_minus_alpha * x;
        // A variance; rounding can take it below zero.
        let variance = move |s: F, a: F| (s - a * a).max(F::zero());
        match (self.centered, self.momentum > 0.0) {
            (false, false) => {
                sweep(parameter, gradient, state.arrays_mut(), move |theta, g, [s]| {
                    // ANCHOR: coordinate
                    let s = alpha * s + one_minus_alpha * g * g;
                    (theta - learning_rate * g / root(s), [s])
                    // ANCHOR_END: coordinate
                })
            }
            (false, true) => {
                sweep(parameter, gradient, state.arrays_mut(), move |theta, g, [s, b]| {
                    let s = average(s, g * g);
                    let b = momentum * b + g / root(s);
                    (theta - learning_rate * b, [s, b])
                })
            }
            (true, false) => {
                sweep(parameter, gradient, state.arrays_mut(), move |theta, g, [s, a]| {
                    let (s, a) = (average(s, g * g), average(a, g));
                    (theta - learning_rate * g / root(variance(s, a)), [s, a])
                })
            }
            (true, true) => {
                sweep(parameter, gradient, state.arrays_mut(), move |theta, g, [s, a, b]| {
                    let (s, a) = (average(s, g * g), average(a, g));
                    let b = momentum * b + g / root(variance(s, a));
                    (theta - learning_rate * b, [s, a, b])
                })
            }
        }
    }
    // ANCHOR_END: update

    fn denominators(&self, _step: u64, state: &Tensors<F>) -> Option<ArrayD<F>> {
        let [inside, outside] = self.root_eps.split::<F>(self.eps);
        let mut denominators = state.get("mean_square")?.clone();
        if let Some(average) = state.get("mean") {
            denominators.zip_mut_with(average, |s, &a| *s = (*s - a * a).max(F::zero()));
        }
        denominators.mapv_inplace(|s| (s + inside).sqrt() + outside);
        Some(denominators)
    }
}
