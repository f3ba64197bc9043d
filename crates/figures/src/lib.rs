//! Results of the lab as pictures.
//!
//! Seven kinds: [`Trajectories`] over contours, [`Curves`] with bands over seeds, a [`Histogram`],
//! [`Bars`] that are made of parts, a [`HeatMap`], a [`Field`] and a [`DotPlot`]. Each ends in a
//! [`Figure`]: an SVG that takes its ink from the page around
//! it, tells curves apart by dashes as well as by color, and carries a title and a description
//! for screen readers. As the last expression of a notebook cell a figure shows itself.
//!
//! ```
//! use figures::Curves;
//!
//! let steps = [1.0, 2.0, 3.0];
//! let figure = Curves::new("Loss by step", "The loss halves at every step.")
//!     .axes("step", "loss")
//!     .curve("gradient descent", &steps, &[1.0, 0.5, 0.25])
//!     .figure();
//! assert!(figure.svg().starts_with("<svg"));
//! ```

mod axis;
mod bars;
mod clip;
mod curves;
mod dot_plot;
pub mod exploration;
mod field;
mod figure;
mod frame;
mod heat_map;
mod histogram;
pub mod landmark;
mod notebook;
mod number;
mod palette;
mod schedules;
mod themed_svg;
mod trajectories;

pub use bars::Bars;
pub use curves::Curves;
pub use dot_plot::DotPlot;
pub use field::Field;
pub use figure::{Figure, Panels, show};
pub use heat_map::HeatMap;
pub use histogram::Histogram;
pub use notebook::report_panics;
pub use number::short;
pub use schedules::schedules;
pub use trajectories::Trajectories;
