//! The explorations: a file each, listed here in the order of their chapters.

#[cfg(feature = "networks")]
mod autopsy;
mod batch_size;
mod bias_correction;
#[cfg(test)]
mod corners;
#[cfg(feature = "networks")]
mod edge;
mod memory;
mod momentum_phase;
mod own_rule;
mod predict;
mod race;
mod schedule_designer;
mod track;
mod trust_ratio;
mod weight_decay;

use crate::exploration::Exploration;

pub(crate) const EXPLORATIONS: &[Exploration] = &[
    race::EXPLORATION,
    momentum_phase::EXPLORATION,
    predict::EXPLORATION,
    bias_correction::EXPLORATION,
    weight_decay::EXPLORATION,
    trust_ratio::EXPLORATION,
    batch_size::EXPLORATION,
    own_rule::EXPLORATION,
    schedule_designer::EXPLORATION,
    memory::EXPLORATION,
    #[cfg(feature = "networks")]
    edge::EXPLORATION,
    #[cfg(feature = "networks")]
    autopsy::EXPLORATION,
];
