//! The landmark experiments of the lab as pictures: one file a landmark, named as its experiment.
//!
//! ```
//! use descent::{Adam, AmsGrad};
//! use lab::experiment::wrong_point::{Problem, descend};
//!
//! let problem = Problem::SYNTHETIC;
//! let figure = figures::landmark::wrong_point(&[
//!     ("Adam", descend(&problem, Adam { beta2: 0.99, ..Adam::default() }, 0.5, 2000).unwrap()),
//!     ("AMSGrad", descend(&problem, AmsGrad::default(), 0.5, 2000).unwrap()),
//! ]);
//! assert!(figure.description().contains("AMSGrad"));
//! ```

mod diagnosis;
mod edge_of_stability;
mod flatness;
mod heavy_tails;
mod low_precision;
mod matrix_descent;
mod momentum;
mod planted_faults;
mod rectification;
mod saddle_escape;
mod scaling;
mod schedules;
mod text;
mod trust_ratio;
mod two_solutions;
mod warmup;
mod weight_decay;
mod width;
mod wrong_point;

pub use diagnosis::telemetry;
pub use edge_of_stability::{edge_of_stability, losses_at_the_edge};
pub use flatness::{flatness, surroundings};
pub use heavy_tails::heavy_tails;
pub use low_precision::{losses_by_moments, lost_gradients, second_moments};
pub use matrix_descent::{matrix_race, ways_on_digits};
pub use momentum::{heavy_ball_cycle, phase_of_momentum};
pub use planted_faults::{losses_of_faults, update_sizes};
pub use rectification::rectification;
pub use saddle_escape::share_that_leaves;
pub use scaling::{rates_by_batch, steps_by_batch};
pub use schedules::tuned_schedules;
pub use text::losses_on_text;
pub use trust_ratio::large_batches;
pub use two_solutions::two_solutions;
pub use warmup::losses_by_rate;
pub use weight_decay::{best_decays, decay_map};
pub use width::rates_by_width;
pub use wrong_point::wrong_point;
