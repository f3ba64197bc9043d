//! The explorations: a file each, listed here in the order of their chapters.

mod bias_correction;
#[cfg(test)]
mod corners;
mod momentum_phase;
mod trust_ratio;
mod weight_decay;

use crate::exploration::Exploration;

pub(crate) const EXPLORATIONS: &[Exploration] = &[
    momentum_phase::EXPLORATION,
    bias_correction::EXPLORATION,
    weight_decay::EXPLORATION,
    trust_ratio::EXPLORATION,
];
