//! A saddle between two valleys.

use super::Landscape;
use ndarray::{Array2, array};

/// `½ x² + ¼ (y² − 1)²`: a saddle at the origin, minima of 0 at (0, 1) and (0, −1).
///
/// At the saddle the curvature is 1 along x and −1 along y; at the minima, 1 and 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saddle;

impl Landscape for Saddle {
    fn dimension(&self) -> usize {
        2
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        let (x, y) = (theta[0], theta[1]);
        let valley = y * y - 1.0;
        0.5 * x * x + 0.25 * valley * valley
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        let (x, y) = (theta[0], theta[1]);
        vec![x, y * (y * y - 1.0)]
    }

    fn hessian(&self, theta: &[f64]) -> Option<Array2<f64>> {
        let y = theta[1];
        Some(array![[1.0, 0.0], [0.0, 3.0 * y * y - 1.0]])
    }
}
