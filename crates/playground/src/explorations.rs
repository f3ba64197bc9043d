//! The explorations: a file each, listed here in the order of their chapters.

mod batch_size;
mod bias_correction;
mod memory;
mod schedule_designer;

use crate::exploration::Exploration;

pub(crate) const EXPLORATIONS: &[Exploration] = &[
    bias_correction::EXPLORATION,
    batch_size::EXPLORATION,
    schedule_designer::EXPLORATION,
    memory::EXPLORATION,
];
