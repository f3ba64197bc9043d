//! Quadratic bowls of any condition number.

use super::Landscape;
use crate::linalg::{dot, random_rotation};
use crate::random::{Purpose, Stream};
use ndarray::{Array2, array};

/// `½ θᵀ H θ` with a symmetric, positive semi-definite H: minimum 0 at the origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Quadratic {
    hessian: Array2<f64>,
    curvatures: Vec<f64>,
}

impl Quadratic {
    /// The bowl whose Hessian is diagonal with these curvatures, each at least 0.
    pub fn diagonal(curvatures: &[f64]) -> Self {
        let hessian = Array2::from_diag(&ndarray::arr1(curvatures));
        Self { hessian, curvatures: curvatures.to_vec() }
    }

    /// The bowl in the plane with these two curvatures, turned by `angle` radians.
    pub fn planar(first: f64, second: f64, angle: f64) -> Self {
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let off_diagonal = (first - second) * sin * cos;
        Self {
            hessian: array![
                [first * cos * cos + second * sin * sin, off_diagonal],
                [off_diagonal, first * sin * sin + second * cos * cos]
            ],
            curvatures: vec![first, second],
        }
    }

    /// The bowl with these curvatures along axes that a random rotation turned.
    pub fn rotated(curvatures: &[f64], seed: u64) -> Self {
        let count = curvatures.len();
        let axes = random_rotation(count, &mut Stream::new(seed, Purpose::Initialization));
        // Σₖ λₖ qₖ qₖᵀ, which is symmetric to the last bit because products commute.
        let entry =
            |(i, j)| (0..count).map(|k| curvatures[k] * (axes[[i, k]] * axes[[j, k]])).sum::<f64>();
        let hessian = Array2::from_shape_fn((count, count), entry);
        Self { hessian, curvatures: curvatures.to_vec() }
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
        let product =
            |row: ndarray::ArrayView1<f64>| row.iter().zip(theta).map(|(h, x)| h * x).sum();
        self.hessian.rows().into_iter().map(product).collect()
    }

    fn hessian(&self, _theta: &[f64]) -> Option<Array2<f64>> {
        Some(self.hessian.clone())
    }
}
