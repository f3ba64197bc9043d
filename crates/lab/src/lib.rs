//! What the optimizers of *Descent* are run on, measured with and held to.
//!
//! - [`landscape`]: functions of a few variables with exact gradients and Hessians, and the noisy
//!   quadratic model in closed form.
//! - [`data`]: images, a text, and generators of the cases that optimizers differ on.
//! - [`model`]: linear models, perceptrons, a convolutional network, a transformer, all with exact
//!   gradients.
//! - [`train`]: one training loop, which yields telemetry and can be given faults. [`walker`] is the
//!   same for gradients that are given.
//! - [`curvature`]: eigenvalues, trace and surroundings of a minimum.
//! - [`sweep`]: grids, random search, fair comparisons. [`exchange`]: results as CSV and JSON.
//! - [`experiment`]: functions from a small configuration with a seed to a result. Chapters,
//!   figures, claims, the page and the tests all call these.
//! - [`claims`]: the sentences of the book that a measurement holds up.
//!
//! Everything repeats to the last bit, on one thread or many, on x86-64 and in WebAssembly alike:
//! random draws come from seeded ChaCha streams ([`random`]), sums are taken in a fixed order
//! ([`linalg`]), and `exp`, `log`, `tanh` and `pow` are those of the portable `libm`.
//!
//! An experiment of one's own takes ten lines: which of two optimizers makes fewer mistakes on the
//! digits, if each may try five rates on one seed and is judged on two others?
//!
//! ```
//! use descent::{Adam, Sgd};
//! use lab::{data::Digits, model::Mlp, statistics::geometric, train::Trainer};
//! use lab::sweep::{Contender, compare};
//!
//! let (digits, model) = (Digits::load(), Mlp::relu(&[64, 32, 10]));
//! let table = compare(&[
//!     Contender::new("SGD", geometric(0.02, 2.0, 5), |rate, seed| {
//!         let mut run = Trainer::new(&model, Sgd, rate, &digits.training, 64, seed)?;
//!         run.run(100, |_| ()).map(|_| 1.0 - run.accuracy(&digits.test))
//!     }),
//!     Contender::new("Adam", geometric(1e-3, 0.1, 5), |rate, seed| {
//!         let mut run = Trainer::new(&model, Adam::default(), rate, &digits.training, 64, seed)?;
//!         run.run(100, |_| ()).map(|_| 1.0 - run.accuracy(&digits.test))
//!     }),
//! ], &[0], &[1, 2], lab::progress::bar("runs"))?;
//! for row in &table {
//!     println!("{}: rate {}, error {}", row.name, row.learning_rate, row.median());
//! }
//! assert!(table.iter().all(|row| row.median() < 0.15));
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
pub mod progress;
pub mod random;
pub mod single_precision;
pub mod statistics;
pub mod sweep;
pub mod train;
pub mod walker;

pub use error::LabError;
