//! The optimizers of the book *Descent*.
//!
//! Three ideas, one file each:
//!
//! - a [`Rule`] is an optimizer's mathematics: hyperparameters, and one function that turns a
//!   gradient into an update. [`Sgd`], [`Momentum`] and [`Adam`] are rules.
//! - a rule's state (Adam's two moments, say) is plain data, one value for each parameter tensor.
//! - an [`Optimizer`] drives a rule over named [`Tensors`]: it owns the learning-rate
//!   [`Schedule`] and the step count, and it refuses bad input before anything is changed.
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

pub use ndarray;

mod adam;
mod error;
mod momentum;
mod optimizer;
mod real;
mod rule;
mod schedule;
mod sgd;
mod tensors;

pub use adam::{Adam, Moments};
pub use error::{HyperparameterError, StepError};
pub use momentum::{Convention, Momentum, Velocity};
pub use optimizer::Optimizer;
pub use real::Real;
pub use rule::{Rule, State};
pub use schedule::Schedule;
pub use sgd::Sgd;
pub use tensors::Tensors;
