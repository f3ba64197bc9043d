//! A bowl with ripples: many shallow minima, two of them lowest.

use super::Landscape;
use ndarray::{Array2, array};

/// `0.05 x² + 0.3 cos 3x`: local minima about 2.1 apart, the lowest two near ±1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ripples;

impl Landscape for Ripples {
    fn dimension(&self) -> usize {
        1
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        let x = theta[0];
        0.05 * x * x + 0.3 * libm::cos(3.0 * x)
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        let x = theta[0];
        vec![0.1 * x - 0.9 * libm::sin(3.0 * x)]
    }

    fn hessian(&self, theta: &[f64]) -> Option<Array2<f64>> {
        Some(array![[0.1 - 2.7 * libm::cos(3.0 * theta[0])]])
    }
}
