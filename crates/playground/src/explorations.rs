//! The explorations: a file each, listed here in the order of their chapters.

mod autopsy;
mod bias_correction;
mod edge;
mod predict;

use crate::exploration::Exploration;

pub(crate) const EXPLORATIONS: &[Exploration] =
    &[predict::EXPLORATION, bias_correction::EXPLORATION, autopsy::EXPLORATION, edge::EXPLORATION];
