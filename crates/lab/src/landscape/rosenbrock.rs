//! Rosenbrock's curved valley.

use super::Landscape;
use ndarray::{Array2, array};

/// `(1 − x)² + 100 (y − x²)²`: a banana-shaped valley, minimum 0 at (1, 1).
///
/// Rosenbrock (1960), *An automatic method for finding the greatest or least value of a function*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rosenbrock;

impl Landscape for Rosenbrock {
    fn dimension(&self) -> usize {
        2
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        let (x, y) = (theta[0], theta[1]);
        (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x)
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        let (x, y) = (theta[0], theta[1]);
        let across = y - x * x;
        vec![-2.0 * (1.0 - x) - 400.0 * x * across, 200.0 * across]
    }

    fn hessian(&self, theta: &[f64]) -> Option<Array2<f64>> {
        let (x, y) = (theta[0], theta[1]);
        let mixed = -400.0 * x;
        Some(array![[2.0 - 400.0 * (y - 3.0 * x * x), mixed], [mixed, 200.0]])
    }
}
