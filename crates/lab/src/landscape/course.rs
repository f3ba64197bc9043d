//! The landscapes of the plane on which optimizers race.

use super::{Landscape, Quadratic, Rosenbrock, Saddle};
use ndarray::Array2;

/// What Rosenbrock's function is multiplied by, so that learning rates that suit a bowl suit it too.
const BANANA: f64 = 0.01;

/// One of a few landscapes of two variables.
#[derive(Clone, Debug, PartialEq)]
pub enum Course {
    /// A bowl; see [`Course::bowl`] and [`Course::ravine`].
    Quadratic(Quadratic),
    /// [`Rosenbrock`]'s valley at a hundredth of its height: minimum 0 at (1, 1).
    Banana,
    /// A [`Saddle`] at the origin: minima of 0 at (0, 1) and (0, −1).
    Saddle,
}

impl Course {
    /// `a θ₁² + b θ₂²`, whose curvatures are 2a and 2b.
    pub fn bowl(a: f64, b: f64) -> Self {
        Self::ravine(a, b, 0.0)
    }

    /// The same along axes that are turned by `angle` radians.
    pub fn ravine(a: f64, b: f64, angle: f64) -> Self {
        Self::Quadratic(Quadratic::planar(2.0 * a, 2.0 * b, angle))
    }

    /// Where its lowest points are.
    pub fn minima(&self) -> &'static [[f64; 2]] {
        match self {
            Self::Quadratic(_) => &[[0.0, 0.0]],
            Self::Banana => &[[1.0, 1.0]],
            Self::Saddle => &[[0.0, 1.0], [0.0, -1.0]],
        }
    }
}

impl Landscape for Course {
    fn dimension(&self) -> usize {
        2
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        match self {
            Self::Quadratic(bowl) => bowl.loss(theta),
            Self::Banana => BANANA * Rosenbrock.loss(theta),
            Self::Saddle => Saddle.loss(theta),
        }
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        match self {
            Self::Quadratic(bowl) => bowl.gradient(theta),
            Self::Banana => Rosenbrock.gradient(theta).into_iter().map(|g| BANANA * g).collect(),
            Self::Saddle => Saddle.gradient(theta),
        }
    }

    fn hessian(&self, theta: &[f64]) -> Option<Array2<f64>> {
        match self {
            Self::Quadratic(bowl) => bowl.hessian(theta),
            Self::Banana => Rosenbrock.hessian(theta).map(|hessian| BANANA * hessian),
            Self::Saddle => Saddle.hessian(theta),
        }
    }
}
