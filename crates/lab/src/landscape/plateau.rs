//! A basin in a plain that gets flatter the farther one is from it.

use super::Landscape;
use ndarray::{Array2, array};

/// `r² / (1 + r²)` with r² = x² + y²: minimum 0 at the origin, 1 far away.
///
/// The gradient falls with the cube of the distance, so gradient descent with a fixed learning rate
/// hardly moves where the start is far out, while a rule that divides by the gradient's size walks on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plateau;

impl Landscape for Plateau {
    fn dimension(&self) -> usize {
        2
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        let square = theta[0] * theta[0] + theta[1] * theta[1];
        square / (1.0 + square)
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        let (x, y) = (theta[0], theta[1]);
        let around = 1.0 + x * x + y * y;
        vec![2.0 * x / (around * around), 2.0 * y / (around * around)]
    }

    fn hessian(&self, theta: &[f64]) -> Option<Array2<f64>> {
        let (x, y) = (theta[0], theta[1]);
        let around = 1.0 + x * x + y * y;
        let (round, along) = (2.0 / (around * around), 8.0 / (around * around * around));
        let mixed = -along * x * y;
        Some(array![[round - along * x * x, mixed], [mixed, round - along * y * y]])
    }
}
