//! Dynamic loss scaling: keeps small gradients above the least number that f16 can hold.

use crate::{HyperparameterError, Real, Tensors};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// Bounds of the scale, which `f32` can hold.
const LEAST_SCALE: f64 = f32::MIN_POSITIVE as f64;
const LARGEST_SCALE: f64 = f32::MAX as f64;

/// The factor that the loss is multiplied by before the backward pass.
///
/// Why the loss is scaled: Micikevicius et al. (2018), section 3.2. The factor grows while all goes
/// well and shrinks whenever a gradient overflows, whose step is not taken; when, and by how much, is
/// as in PyTorch's `GradScaler`.
///
/// ```
/// use descent::{LossScaler, Tensors};
/// use ndarray::array;
///
/// let mut scaler = LossScaler::default();
/// let mut gradients = Tensors::new().with("w", array![0.5 * scaler.scale()].into_dyn());
/// assert!(scaler.unscale(&mut gradients));
/// assert_eq!(gradients.scalars().next(), Some(0.5));
///
/// let mut overflown = Tensors::new().with("w", array![f64::INFINITY].into_dyn());
/// assert!(!scaler.unscale(&mut overflown));
/// assert_eq!(scaler.scale(), 32768.0);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossScaler {
    scale: f64,
    growth_factor: f64,
    backoff_factor: f64,
    growth_interval: u64,
    steps_since_change: u64,
}

impl Default for LossScaler {
    /// From 2¹⁶, doubled after 2000 steps without overflow, halved at an overflow.
    fn default() -> Self {
        Self {
            scale: 65536.0,
            growth_factor: 2.0,
            backoff_factor: 0.5,
            growth_interval: 2000,
            steps_since_change: 0,
        }
    }
}

impl LossScaler {
    /// A scaler that starts at `scale`, is multiplied by `growth_factor` (at least 1) after
    /// `growth_interval` (at least 1) steps without an overflow, and by `backoff_factor` (in (0, 1))
    /// at an overflow.
    ///
    /// # Errors
    /// If one of them is outside its range.
    pub fn new(
        scale: f64,
        growth_factor: f64,
        backoff_factor: f64,
        growth_interval: u64,
    ) -> Result<Self, HyperparameterError> {
        let name = "LossScaler";
        HyperparameterError::check_positive(name, "scale", scale)?;
        let scale = scale.clamp(LEAST_SCALE, LARGEST_SCALE);
        HyperparameterError::check_non_negative(name, "growth_factor - 1", growth_factor - 1.0)?;
        HyperparameterError::check_positive(name, "backoff_factor", backoff_factor)?;
        HyperparameterError::check_decay_rate(name, "backoff_factor", backoff_factor)?;
        HyperparameterError::check_positive(name, "growth_interval", growth_interval as f64)?;
        let steps_since_change = 0;
        Ok(Self { scale, growth_factor, backoff_factor, growth_interval, steps_since_change })
    }

    /// What to multiply the loss by.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Divides gradients of the scaled loss by the scale, and adapts the scale.
    ///
    /// Returns whether they are finite and the step can be taken, with
    /// [`NonFinite::Unchecked`](crate::NonFinite::Unchecked) if nothing else touches them. If not,
    /// the gradients are left as they are. The scale stays between the least and the largest normal
    /// `f32`.
    #[must_use = "a step whose gradients overflowed must not be taken"]
    pub fn unscale<F: Real>(&mut self, gradients: &mut Tensors<F>) -> bool {
        let scale = self.scale;
        let quotient = |g: F| F::of(g.as_f64() / scale);
        let finite =
            |(_, array): (&str, &ArrayD<F>)| array.iter().all(|&g| quotient(g).is_finite());
        if !gradients.iter().all(finite) {
            self.scale = (scale * self.backoff_factor).max(LEAST_SCALE);
            self.steps_since_change = 0;
            return false;
        }
        for (_, gradient) in gradients.iter_mut() {
            gradient.mapv_inplace(quotient);
        }
        self.steps_since_change += 1;
        if self.steps_since_change == self.growth_interval {
            self.scale = (self.scale * self.growth_factor).min(LARGEST_SCALE);
            self.steps_since_change = 0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::LossScaler;
    use crate::Tensors;
    use ndarray::array;

    #[test]
    fn the_scale_grows_after_the_interval_and_shrinks_at_once() {
        let mut scaler = LossScaler::new(8.0, 4.0, 0.25, 3).unwrap();
        let mut step = |g: f32| {
            let mut gradients = Tensors::new().with("w", array![g].into_dyn());
            (scaler.unscale(&mut gradients), scaler.scale())
        };
        assert_eq!([step(1.0), step(1.0)], [(true, 8.0); 2]);
        assert_eq!(step(1.0), (true, 32.0));
        assert_eq!(step(1.0), (true, 32.0));
        assert_eq!(step(f32::NAN), (false, 8.0));
        assert_eq!([step(1.0), step(1.0)], [(true, 8.0); 2]);
        assert_eq!(step(1.0), (true, 32.0));
    }

    #[test]
    fn a_run_of_overflows_never_lets_a_broken_gradient_pass() {
        let mut scaler = LossScaler::default();
        for _ in 0..500 {
            let mut gradients = Tensors::new().with("w", array![f32::NAN].into_dyn());
            assert!(!scaler.unscale(&mut gradients));
        }
        for g in [0.0_f32, 1.0] {
            let mut gradients = Tensors::new().with("w", array![g].into_dyn());
            if scaler.unscale(&mut gradients) {
                assert!(gradients.all_finite());
            }
        }
    }

    #[test]
    fn settings_that_could_not_work_are_refused() {
        for (scaler, name) in [
            (LossScaler::new(0.0, 2.0, 0.5, 1), "scale = 0"),
            (LossScaler::new(1.0, 0.5, 0.5, 1), "growth_factor - 1 = -0.5"),
            (LossScaler::new(1.0, 2.0, 1.0, 1), "backoff_factor = 1"),
            (LossScaler::new(1.0, 2.0, 0.5, 0), "growth_interval = 0"),
        ] {
            let refusal = scaler.unwrap_err().to_string();
            assert!(refusal.contains(name), "{refusal}");
        }
    }
}
