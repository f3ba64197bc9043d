//! How fast gradient descent goes down a quadratic, and when it does not.

use crate::LabError;
use crate::landscape::{Path, Quadratic, descend};
use crate::linalg::dot;
use descent::Sgd;

/// A bowl in the plane: curvature 1 along the first axis and `condition_number` along the second.
pub fn ravine(condition_number: f64) -> Quadratic {
    Quadratic::diagonal(&[1.0, condition_number])
}

/// The factor by which one step multiplies the distance to the minimum in the long run.
///
/// Measured over the last of 200 steps from (1, 1). Below 1 the run converges, above it diverges.
///
/// # Errors
/// If the learning rate is not a finite number of at least 0.
pub fn contraction(bowl: &Quadratic, learning_rate: f64) -> Result<f64, LabError> {
    let start = vec![1.0; bowl.curvatures().len()];
    let path = descend(bowl, Sgd, learning_rate, &start, 200)?;
    let distance = |point: &Vec<f64>| dot(point, point).sqrt();
    let last = path.points.len() - 1;
    Ok(distance(&path.points[last]) / distance(&path.points[last - 1]))
}

/// The learning rate that minimizes the contraction: 2 / (smallest + largest curvature).
pub fn best_learning_rate(bowl: &Quadratic) -> f64 {
    let smallest = bowl.curvatures().iter().copied().fold(f64::INFINITY, f64::min);
    let largest = bowl.curvatures().iter().copied().fold(0.0, f64::max);
    2.0 / (smallest + largest)
}

/// How many steps bring the distance to the minimum below `tolerance` times its start at (1, 1);
/// `None` if `limit` steps do not.
///
/// # Errors
/// If the learning rate is not a finite number of at least 0.
pub fn steps_to_reach(
    bowl: &Quadratic,
    learning_rate: f64,
    tolerance: f64,
    limit: usize,
) -> Result<Option<usize>, LabError> {
    let path = descend(bowl, Sgd, learning_rate, &[1.0, 1.0], limit)?;
    Ok(path.steps_until_within(tolerance * std::f64::consts::SQRT_2, &[0.0, 0.0]))
}

/// How often a coordinate changes its sign along a path.
pub fn sign_flips(path: &Path, coordinate: usize) -> usize {
    let signs: Vec<f64> = path.points.iter().map(|point| point[coordinate].signum()).collect();
    signs.windows(2).filter(|pair| pair[0] != pair[1]).count()
}
