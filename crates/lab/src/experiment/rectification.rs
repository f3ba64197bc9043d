//! The variance of Adam's rate early on, and RAdam's answer to it.
//!
//! Liu, Jiang, He, Chen, Liu, Gao and Han (2020, section 3) observe that 1/√v̂ has a variance that is
//! infinite while v̂ holds fewer than three gradients and falls as it holds more; they estimate it with
//! ρₜ degrees of freedom and scale Adam's step by rₜ. On gradients of pure noise our simulation agrees
//! with the variance of a scaled inverse χ distribution of ρₜ degrees within a few percent; the
//! first-order formula that the paper uses for rₜ is too high by a factor of three at step 5. What the
//! paper does not say: m̂ falls together with √v̂, so that the *update* is not heavy-tailed at all
//! ([`early_updates`](super::bias_correction::early_updates)).

use crate::LabError;
use crate::experiment::bias_correction::early_updates;
use crate::statistics::variance;
use serde::{Deserialize, Serialize};

/// The degrees of freedom of v̂ at step t: ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ) with ρ∞ = 2 / (1 − β₂) − 1.
pub fn degrees_of_freedom(beta2: f64, step: u64) -> f64 {
    let t = step as f64;
    let power = libm::pow(beta2, t);
    2.0 / (1.0 - beta2) - 1.0 - 2.0 * t * power / (1.0 - power)
}

/// RAdam's factor rₜ; `None` while there are at most four degrees of freedom.
pub fn rectification(beta2: f64, step: u64) -> Option<f64> {
    let (most, rho) = (2.0 / (1.0 - beta2) - 1.0, degrees_of_freedom(beta2, step));
    let factor = (rho - 4.0) * (rho - 2.0) * most / ((most - 4.0) * (most - 2.0) * rho);
    (rho > 4.0).then(|| factor.sqrt())
}

/// The first step at which rₜ is above `level`; looks at the first 100 000.
pub fn reaches(beta2: f64, level: f64) -> Option<u64> {
    (1..=100_000).find(|&t| rectification(beta2, t).is_some_and(|r| r > level))
}

/// The variance of 1/√v̂ for gradients of variance 1, if v̂ were the mean of `degrees` squares:
/// ρ / (ρ − 2) − ρ/2 · (Γ((ρ − 1)/2) / Γ(ρ/2))².
pub fn variance_of_inverse_root(degrees: f64) -> f64 {
    let ratio = libm::lgamma((degrees - 1.0) / 2.0) - libm::lgamma(degrees / 2.0);
    degrees / (degrees - 2.0) - degrees / 2.0 * libm::exp(2.0 * ratio)
}

/// The variance of 1/√v̂ at some steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variances {
    /// The steps.
    pub steps: Vec<usize>,
    /// Over many coordinates on pure noise.
    pub measured: Vec<f64>,
    /// By [`variance_of_inverse_root`] of ρₜ.
    pub predicted: Vec<f64>,
    /// The root mean square update at the same steps, in units of the learning rate.
    pub update_rms: Vec<f64>,
}

/// Measures Adam's rate and update on gradients of pure noise.
///
/// # Errors
/// If Adam refuses a step, which it does for no seed.
pub fn variances(steps: &[usize], coordinates: usize, seed: u64) -> Result<Variances, LabError> {
    let reports = early_updates(steps, coordinates, seed)?;
    let predicted =
        |&step: &usize| variance_of_inverse_root(degrees_of_freedom(0.999, step as u64));
    Ok(Variances {
        steps: steps.to_vec(),
        measured: reports.iter().map(|report| variance(&report.adaptive_rates)).collect(),
        predicted: steps.iter().map(predicted).collect(),
        update_rms: reports.iter().map(|report| report.rms()).collect(),
    })
}
