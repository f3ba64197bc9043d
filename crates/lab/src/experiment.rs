//! Experiments: functions from a small configuration with a seed to a result.
//!
//! One file a subject. Chapters, figures, claims, the page and the tests call the same functions.

pub mod batch_size;
pub mod bias_correction;
pub mod saddle_escape;
pub mod step_size;
