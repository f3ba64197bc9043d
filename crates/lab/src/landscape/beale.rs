//! Beale's function: a narrow curved valley between four walls.

use super::Landscape;
use ndarray::{Array2, array};

/// `Σᵢ (cᵢ − x + x yⁱ)²` for i = 1, 2, 3 and c = (1.5, 2.25, 2.625): minimum 0 at (3, ½), nearly flat
/// in between and steep at the corners.
///
/// Beale (1958), *On an iterative method for finding a local minimum of a function of more than one
/// variable*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beale;

const TARGETS: [f64; 3] = [1.5, 2.25, 2.625];

/// For each term its value, its derivatives by x and by y, and its second derivatives by x and y and
/// by y twice. That by x twice is 0.
fn terms(theta: &[f64]) -> [[f64; 5]; 3] {
    let (x, y) = (theta[0], theta[1]);
    let powers = [1.0, y, y * y, y * y * y];
    [0, 1, 2].map(|i| {
        let order = (i + 1) as f64;
        let slope = order * powers[i];
        let bend = if i == 0 { 0.0 } else { order * (order - 1.0) * powers[i - 1] };
        [TARGETS[i] - x + x * powers[i + 1], powers[i + 1] - 1.0, x * slope, slope, x * bend]
    })
}

impl Landscape for Beale {
    fn dimension(&self) -> usize {
        2
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        terms(theta).iter().map(|[value, ..]| value * value).sum()
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        let along = |place: usize| terms(theta).iter().map(|t| 2.0 * t[0] * t[place]).sum();
        vec![along(1), along(2)]
    }

    fn hessian(&self, theta: &[f64]) -> Option<Array2<f64>> {
        let terms = terms(theta);
        let sum = |f: fn(&[f64; 5]) -> f64| terms.iter().map(|t| 2.0 * f(t)).sum::<f64>();
        let by_both = sum(|[value, x, y, both, _]| x * y + value * both);
        Some(array![
            [sum(|[_, x, ..]| x * x), by_both],
            [by_both, sum(|[value, _, y, _, twice]| y * y + value * twice)]
        ])
    }
}
