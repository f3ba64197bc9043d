//! What the optimizers of *Descent* are run on, measured with and held to.
//!
//! - [`landscape`]: functions of a few variables with exact gradients.
//! - [`data`] and [`model`]: a real data set, and models with exact gradients to fit it.
//! - [`train`]: one training loop, which yields telemetry.
//! - [`experiment`]: functions from a small configuration with a seed to a result. Chapters,
//!   figures, claims, the page and the tests all call these.
//! - [`claims`]: the sentences of the book that a measurement holds up.
//!
//! Everything repeats to the last bit, on x86-64 and in WebAssembly alike: random draws come from
//! seeded ChaCha streams ([`random`]), sums are taken in a fixed order ([`linalg`]), and `exp`,
//! `log`, `tanh` and `pow` are those of the portable `libm`.
//!
//! ```
//! use descent::Sgd;
//! use lab::landscape::{Quadratic, descend};
//!
//! let ravine = Quadratic::diagonal(&[1.0, 25.0]);
//! let path = descend(&ravine, Sgd, 0.07, &[-9.0, 1.0], 100)?;
//! assert!(path.losses.last() < path.losses.first());
//! # Ok::<(), lab::LabError>(())
//! ```

pub mod ablation;
pub mod claims;
pub mod curvature;
pub mod data;
pub mod either;
mod error;
pub mod exchange;
pub mod experiment;
pub mod landscape;
pub mod linalg;
pub mod model;
pub mod parallel;
pub mod random;
pub mod single_precision;
pub mod statistics;
pub mod sweep;
pub mod train;
pub mod walker;

pub use error::LabError;
