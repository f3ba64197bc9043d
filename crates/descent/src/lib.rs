//! The optimizers of the book *Descent*.
//!
//! Three ideas:
//!
//! - a [`Rule`] is an optimizer's mathematics: hyperparameters, and one function that turns a
//!   gradient into an update. [`Sgd`], [`Momentum`] and [`Adam`] are rules, and so are all the others
//!   in [`rules`]. Most are [`Elementwise`]: written for one coordinate.
//! - a rule's state (Adam's two moments, say) is plain data, one value for each parameter tensor.
//! - an [`Optimizer`] drives a rule over named [`Tensors`]: it owns the [`Group`]s with their
//!   learning-rate [`Schedule`]s and the step count, and it refuses bad input before anything is
//!   changed.
//!
//! ```
//! use descent::{Adam, Optimizer, Tensors};
//! use ndarray::array;
//!
//! let mut parameters = Tensors::new().with("theta", array![1.0, -2.0].into_dyn());
//! let mut optimizer = Optimizer::new(Adam::default(), 0.1, &parameters)?;
//! for _ in 0..200 {
//!     // The loss is half the squared length of theta, so its gradient is theta.
//!     let gradients = parameters.clone();
//!     optimizer.step(&mut parameters, &gradients)?;
//! }
//! assert!(parameters.norm() < 1e-2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is done around a step has a piece of its own: [`clip`], [`Accumulator`], [`LossScaler`],
//! [`ExponentialAverage`] and [`RunningAverage`], [`Checkpoint`], and [`memory`] for the bill.

pub use ndarray;

mod accumulation;
mod average;
mod checkpoint;
pub mod clip;
mod elementwise;
mod error;
pub mod group;
mod linalg;
mod loss_scaling;
pub mod memory;
mod optimizer;
mod parallel;
mod real;
pub mod reduce;
mod rule;
pub mod rules;
mod schedule;
pub mod schedules;
mod sweep;
mod tensors;

pub use accumulation::{Accumulator, NothingAccumulated};
pub use average::{ExponentialAverage, RunningAverage};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use elementwise::{Elementwise, Memory, Update};
pub use error::{HyperparameterError, Mismatch, SetupError, StepError};
pub use group::Group;
pub use linalg::{Matrix, orthonormalize_columns, product, symmetric_eigen};
pub use loss_scaling::LossScaler;
pub use optimizer::{NonFinite, Optimizer};
pub use real::Real;
pub use rule::{Rule, State};
pub use rules::*;
pub use schedule::{AnySchedule, Schedule};
pub use schedules::*;
pub use sweep::{sweep, sweep_rows};
pub use tensors::Tensors;
