//! From a few measurements to what is reported of them.

use serde::{Deserialize, Serialize};

/// How measurements are distributed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Spread {
    /// The smallest.
    pub minimum: f64,
    /// A quarter is below.
    pub lower_quartile: f64,
    /// A half is below.
    pub median: f64,
    /// Three quarters are below.
    pub upper_quartile: f64,
    /// The largest.
    pub maximum: f64,
}

impl Spread {
    /// The spread of at least one measurement.
    pub fn of(measurements: &[f64]) -> Self {
        let mut sorted = measurements.to_vec();
        sorted.sort_by(f64::total_cmp);
        // Linear between the two nearest measurements, as numpy.quantile does it.
        let quantile = |fraction: f64| {
            let place = fraction * (sorted.len() - 1) as f64;
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            rounded(below + (above - below) * place.fract())
        };
        Self {
            minimum: quantile(0.0),
            lower_quartile: quantile(0.25),
            median: quantile(0.5),
            upper_quartile: quantile(0.75),
            maximum: quantile(1.0),
        }
    }
}

/// The median of the ratios of measurements taken in the same round, which hardly depends on
/// what else the machine did during that round.
pub fn median_ratio(of: &[f64], to: &[f64]) -> f64 {
    let ratios: Vec<f64> = of.iter().zip(to).map(|(of, to)| of / to).collect();
    Spread::of(&ratios).median
}

/// To four digits: more would be noise, and a data file that is hard to read.
pub fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10_f64.powi(3 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}
