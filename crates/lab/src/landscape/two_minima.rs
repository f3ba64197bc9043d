//! Two minima with the same curvature, about one of which the examples disagree.

use super::Landscape;
use ndarray::Array2;

/// The mean of two losses `min(x², a (x − 1)²)`, with a = 0.1 in one and a = 1.9 in the other.
///
/// The mean loss has minima of 0 at x = 0 and at x = 1, both with curvature 2. At x = 0 each loss by
/// itself has that curvature; at x = 1 one has 0.2 and the other 3.8. Wu, Ma and E (2018), section 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoMinima {
    /// a in each of the two losses.
    pub steepness: [f64; 2],
}

impl Default for TwoMinima {
    /// The paper's values.
    fn default() -> Self {
        Self { steepness: [0.1, 1.9] }
    }
}

impl TwoMinima {
    /// The derivative of one of the two losses, 0 or 1, at x.
    pub fn slope_of(&self, which: usize, x: f64) -> f64 {
        let (steepness, away) = (self.steepness[which], x - 1.0);
        if x * x < steepness * away * away { 2.0 * x } else { 2.0 * steepness * away }
    }
}

impl Landscape for TwoMinima {
    fn dimension(&self) -> usize {
        1
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        let away = theta[0] - 1.0;
        let of = |steepness: f64| (theta[0] * theta[0]).min(steepness * away * away);
        (of(self.steepness[0]) + of(self.steepness[1])) / 2.0
    }

    fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        vec![(self.slope_of(0, theta[0]) + self.slope_of(1, theta[0])) / 2.0]
    }

    fn hessian(&self, _theta: &[f64]) -> Option<Array2<f64>> {
        None
    }
}
