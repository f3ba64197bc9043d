//! The explorations: a file each, listed here in the order of their chapters. Each is a feature, so that
//! a page of the book loads those that it shows.

#[cfg(feature = "autopsy")]
mod autopsy;
#[cfg(feature = "batch")]
mod batch_size;
#[cfg(feature = "bias-correction")]
mod bias_correction;
#[cfg(test)]
mod corners;
#[cfg(feature = "edge")]
mod edge;
#[cfg(feature = "memory")]
mod memory;
#[cfg(feature = "phase")]
mod momentum_phase;
#[cfg(feature = "own-rule")]
mod own_rule;
#[cfg(feature = "predict")]
mod predict;
#[cfg(feature = "race")]
mod race;
#[cfg(feature = "schedule")]
mod schedule_designer;
#[cfg(any(feature = "race", feature = "own-rule"))]
mod track;
#[cfg(feature = "trust")]
mod trust_ratio;
#[cfg(feature = "decay")]
mod weight_decay;

use crate::exploration::Exploration;

pub(crate) const EXPLORATIONS: &[Exploration] = &[
    #[cfg(feature = "race")]
    race::EXPLORATION,
    #[cfg(feature = "phase")]
    momentum_phase::EXPLORATION,
    #[cfg(feature = "predict")]
    predict::EXPLORATION,
    #[cfg(feature = "bias-correction")]
    bias_correction::EXPLORATION,
    #[cfg(feature = "decay")]
    weight_decay::EXPLORATION,
    #[cfg(feature = "trust")]
    trust_ratio::EXPLORATION,
    #[cfg(feature = "batch")]
    batch_size::EXPLORATION,
    #[cfg(feature = "own-rule")]
    own_rule::EXPLORATION,
    #[cfg(feature = "schedule")]
    schedule_designer::EXPLORATION,
    #[cfg(feature = "memory")]
    memory::EXPLORATION,
    #[cfg(feature = "edge")]
    edge::EXPLORATION,
    #[cfg(feature = "autopsy")]
    autopsy::EXPLORATION,
];
