//! Quadratic bowls of any condition number.

use super::Landscape;
use crate::linalg::dot;

/// `½ θᵀ H θ` with a symmetric, positive semi-definite H: minimum 0 at the origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Quadratic {
    hessian: Vec<Vec<f64>>,
    curvatures: Vec<f64>,
}

impl Quadratic {
    /// The bowl whose Hessian is diagonal with these curvatures, each at least 0.
    pub fn diagonal(curvatures: &[f64]) -> Self {
        let row = |i: usize| {
            let entry = |j| if i == j { curvatures[i] } else { 0.0 };
            (0..curvatures.len()).map(entry).collect()
        };
        Self { hessian: (0..curvatures.len()).map(row).collect(), curvatures: curvatures.to_vec() }
    }

    /// The bowl in the plane with these two curvatures, turned by `angle` radians.
    pub fn planar(first: f64, second: f64, angle: f64) -> Self {
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let off_diagonal = (first - second) * sin * cos;
        Self {
            hessian: vec![
                vec![first * cos * cos + second * sin * sin, off_diagonal],
                vec![off_diagonal, first * sin * sin + second * cos * cos],
            ],
            curvatures: vec![first, second],
        }
    }

    /// The eigenvalues of H, in no particular order.
    pub fn curvatures(&self) -> &[f64] {
        &self.curvatures
    }
}

impl Landscape for Quadratic {
    fn dimension(&self) -> usize {
        self.curvatures.len()
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        0.5 * dot(theta, &self.gradient(theta))
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        self.hessian.iter().map(|row| dot(row, theta)).collect()
    }
}
