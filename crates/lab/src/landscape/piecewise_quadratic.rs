//! A convex function of one variable on which tuned heavy-ball momentum runs in a circle.

use super::Landscape;
use ndarray::Array2;

/// The function whose derivative is 25 x below 1, x + 24 from 1 to 2, and 25 x − 24 above:
/// convex, curvature 1 or 25 everywhere, minimum 0 at 0.
///
/// On every quadratic with curvatures between 1 and 25, heavy ball with η = 1/9 and β = 4/9
/// converges, and no other setting does so faster. Here it can cycle through three points for ever:
/// Lessard, Recht and Packard (2016), section 4.6.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PiecewiseQuadratic;

impl Landscape for PiecewiseQuadratic {
    fn dimension(&self) -> usize {
        1
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        match theta[0] {
            x if x < 1.0 => 12.5 * x * x,
            x if x < 2.0 => 0.5 * x * x + 24.0 * x - 12.0,
            x => 12.5 * x * x - 24.0 * x + 36.0,
        }
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        vec![match theta[0] {
            x if x < 1.0 => 25.0 * x,
            x if x < 2.0 => x + 24.0,
            x => 25.0 * x - 24.0,
        }]
    }

    fn hessian(&self, _theta: &[f64]) -> Option<Array2<f64>> {
        None
    }
}
