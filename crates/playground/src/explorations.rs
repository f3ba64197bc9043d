//! The explorations: a file each, listed here in the order of their chapters.

mod bias_correction;
mod own_rule;
mod race;
mod track;

use crate::exploration::Exploration;

pub(crate) const EXPLORATIONS: &[Exploration] =
    &[race::EXPLORATION, bias_correction::EXPLORATION, own_rule::EXPLORATION];
