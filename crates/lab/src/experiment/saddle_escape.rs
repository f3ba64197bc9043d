//! Leaving places where the gradient says nothing: saddles, and minima that noise cannot hold.

use crate::LabError;
use crate::landscape::{Landscape, Path, Saddle, TwoMinima, descend};
use crate::random::{Purpose, Stream};
use crate::walker::Walker;
use descent::Sgd;

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
    let mut walker = Walker::new(Sgd, learning_rate, vec![1.0, offset])?;
    for step in 1..=limit {
        let noisy = |g: f64| g + noise * stream.normal();
        walker.step(|_, at| Saddle.gradient(at).into_iter().map(noisy))?;
        if walker.position()[1].abs() > 0.5 {
            return Ok(Some(step));
        }
    }
    Ok(None)
}

/// The share of runs that leave the minimum of [`TwoMinima`] at x = 1 for the one at x = 0.
///
/// Each run starts within 0.01 of x = 1 and takes 1000 steps, on one of the two losses drawn at
/// random (`stochastic`) or on their mean. Wu, Ma and E (2018), section 2.
pub fn share_that_leaves(learning_rate: f64, stochastic: bool, runs: usize, seed: u64) -> f64 {
    let minima = TwoMinima::default();
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut left = 0;
    for _ in 0..runs {
        let mut x = 1.0 + 0.01 * (2.0 * stream.uniform() - 1.0);
        for _ in 0..1000 {
            let which = usize::from(stream.uniform() >= 0.5);
            let slope =
                if stochastic { minima.slope_of(which, x) } else { minima.gradient(&[x])[0] };
            x -= learning_rate * slope;
        }
        left += usize::from(x.abs() < 0.5);
    }
    left as f64 / runs as f64
}
