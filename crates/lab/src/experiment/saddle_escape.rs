//! Leaving places where the gradient says nothing: saddles, and minima that noise cannot hold.

use crate::LabError;
use crate::landscape::{Landscape, Path, Saddle, descend};
use crate::random::{Purpose, Stream};
use descent::{Optimizer, Sgd, Tensors};
use ndarray::Array1;

/// Gradient descent that starts almost on a saddle's ridge, at (1, `offset`).
///
/// # Errors
/// If the learning rate is not a finite number of at least 0.
pub fn from_the_ridge(offset: f64, learning_rate: f64, steps: usize) -> Result<Path, LabError> {
    descend(&Saddle, Sgd, learning_rate, &[1.0, offset], steps)
}

/// How many steps it takes from (1, `offset`) until y is half-way to a minimum; `None` if `limit`
/// steps do not. `noise` is the standard deviation of what is added to each gradient coordinate.
///
/// # Errors
/// If the learning rate is not a finite number of at least 0.
pub fn steps_to_leave(
    offset: f64,
    learning_rate: f64,
    noise: f64,
    limit: usize,
    seed: u64,
) -> Result<Option<usize>, LabError> {
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut theta = Tensors::new().with("theta", Array1::from(vec![1.0, offset]).into_dyn());
    let mut optimizer = Optimizer::new(Sgd, learning_rate, &theta)?;
    for step in 1..=limit {
        let at: Vec<f64> = theta.scalars().collect();
        let gradient: Array1<f64> =
            Saddle.gradient(&at).into_iter().map(|g| g + noise * stream.normal()).collect();
        optimizer.step(&mut theta, &Tensors::new().with("theta", gradient.into_dyn()))?;
        if theta.scalars().last().is_some_and(|y| y.abs() > 0.5) {
            return Ok(Some(step));
        }
    }
    Ok(None)
}

/// The share of runs that leave the minimum at x = 1 for the one at x = 0.
///
/// The loss is the mean of two functions, `min(x², 0.1 (x − 1)²)` and `min(x², 1.9 (x − 1)²)`. Both
/// minima have the same curvature, 2; at x = 0 the two functions agree about it, at x = 1 they do
/// not. Each run starts within 0.01 of x = 1 and takes 1000 steps, on one function drawn at random
/// (`stochastic`) or on the mean. Wu, Ma and E (2018), section 2.
pub fn share_that_leaves(learning_rate: f64, stochastic: bool, runs: usize, seed: u64) -> f64 {
    let slope = |x: f64, steepness: f64| {
        let away = x - 1.0;
        if x * x < steepness * away * away { 2.0 * x } else { 2.0 * steepness * away }
    };
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut left = 0;
    for _ in 0..runs {
        let mut x = 1.0 + 0.01 * (2.0 * stream.uniform() - 1.0);
        for _ in 0..1000 {
            let gradient = match (stochastic, stream.uniform() < 0.5) {
                (false, _) => (slope(x, 0.1) + slope(x, 1.9)) / 2.0,
                (true, true) => slope(x, 0.1),
                (true, false) => slope(x, 1.9),
            };
            x -= learning_rate * gradient;
        }
        left += usize::from(x.abs() < 0.5);
    }
    left as f64 / runs as f64
}
