//! Experiments: functions from a small configuration with a seed to a result.
//!
//! One file a subject. Chapters, figures, claims, the page and the tests call the same functions.

pub mod adaptive_steps;
pub mod batch_size;
pub mod bias_correction;
pub mod critical_batch;
pub mod diagnosis;
pub mod edge_of_stability;
pub mod flatness;
pub mod heavy_tails;
pub mod low_precision;
pub mod matrix_descent;
pub mod momentum;
pub mod planted_faults;
pub mod predictions;
pub mod race;
pub mod rate_ratio;
pub mod rectification;
pub mod saddle_escape;
pub mod scaling;
pub mod schedules;
pub mod step_size;
pub mod text_and_images;
pub mod trust_ratio;
pub mod two_solutions;
pub mod warmup;
pub mod weight_decay;
pub mod width;
pub mod wrong_point;
