//! The explorations: a file each, listed here in the order of their chapters.

mod bias_correction;

use crate::exploration::Exploration;

pub(crate) const EXPLORATIONS: &[Exploration] = &[bias_correction::EXPLORATION];
