//! Functions of a few variables with exact gradients, and the walk down them.

mod beale;
mod course;
mod noisy_quadratic;
mod piecewise_quadratic;
mod plateau;
mod quadratic;
mod ripples;
mod rosenbrock;
mod saddle;
mod two_minima;

pub use beale::Beale;
pub use course::Course;
pub use noisy_quadratic::{Descent, Forecast, NoisyQuadratic};
pub use piecewise_quadratic::PiecewiseQuadratic;
pub use plateau::Plateau;
pub use quadratic::Quadratic;
pub use ripples::Ripples;
pub use rosenbrock::Rosenbrock;
pub use saddle::Saddle;
pub use two_minima::TwoMinima;

use crate::LabError;
use crate::random::{Purpose, Stream};
use crate::walker::Walker;
use descent::{AnySchedule, Rule};
use ndarray::Array2;

/// A loss that can be evaluated and differentiated exactly.
pub trait Landscape {
    /// How many variables it has.
    fn dimension(&self) -> usize;

    /// The loss at `theta`, a slice of [`dimension`](Self::dimension) numbers.
    fn loss(&self, theta: &[f64]) -> f64;

    /// The gradient at `theta`, one partial derivative for each variable.
    fn gradient(&self, theta: &[f64]) -> Vec<f64>;

    /// The matrix of second derivatives at `theta`; `None` for a loss whose gradient has kinks.
    fn hessian(&self, theta: &[f64]) -> Option<Array2<f64>>;
}

/// Where an optimizer went: the start, then one entry for each step taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The points visited, the start included.
    pub points: Vec<Vec<f64>>,
    /// The loss at each of them.
    pub losses: Vec<f64>,
}

impl Path {
    /// The last point.
    pub fn end(&self) -> &[f64] {
        self.points.last().map_or(&[], Vec::as_slice)
    }

    /// The loss at the last point.
    pub fn final_loss(&self) -> f64 {
        self.losses.last().copied().unwrap_or(f64::NAN)
    }

    /// How many steps were taken until a point's distance from `center` was below `distance`.
    pub fn steps_until_within(&self, distance: f64, center: &[f64]) -> Option<usize> {
        let square = |point: &Vec<f64>| -> f64 {
            point.iter().zip(center).map(|(x, c)| (x - c) * (x - c)).sum()
        };
        self.points.iter().position(|point| square(point) < distance * distance)
    }
}

/// Runs `rule` on `landscape` from `start` with exact gradients.
///
/// A run whose loss passes 10¹² times its starting value (or 10¹² where that is less than 1) has
/// diverged and ends early: its path is shorter than `steps` + 1.
///
/// # Errors
/// If `start` has the wrong dimension or the rule refuses its hyperparameters.
pub fn descend(
    landscape: &impl Landscape,
    rule: impl Rule<f64>,
    learning_rate: impl Into<AnySchedule>,
    start: &[f64],
    steps: usize,
) -> Result<Path, LabError> {
    walk(landscape, rule, learning_rate.into(), start, steps, |theta| landscape.gradient(theta))
}

/// Runs `rule` as [`descend`] does, on gradients to each coordinate of which a normal draw of
/// standard deviation `noise` is added.
///
/// # Errors
/// As [`descend`], and if `noise` is not a finite number of at least 0.
pub fn descend_with_noise(
    landscape: &impl Landscape,
    rule: impl Rule<f64>,
    learning_rate: impl Into<AnySchedule>,
    start: &[f64],
    steps: usize,
    noise: f64,
    seed: u64,
) -> Result<Path, LabError> {
    if !(noise.is_finite() && noise >= 0.0) {
        return Err(LabError::setting("noise", noise, "the finite numbers of at least 0"));
    }
    let mut stream = Stream::new(seed, Purpose::Noise);
    walk(landscape, rule, learning_rate.into(), start, steps, |theta| {
        landscape.gradient(theta).into_iter().map(|g| g + noise * stream.normal()).collect()
    })
}

fn walk(
    landscape: &impl Landscape,
    rule: impl Rule<f64>,
    schedule: AnySchedule,
    start: &[f64],
    steps: usize,
    gradient: impl FnMut(&[f64]) -> Vec<f64>,
) -> Result<Path, LabError> {
    if start.len() != landscape.dimension() {
        let range = format!("points of {} coordinates", landscape.dimension());
        return Err(LabError::setting("start", format!("{start:?}"), range));
    }
    let mut walker = Walker::new(rule, schedule, start.to_vec())?;
    follow(landscape, &mut walker, steps, gradient, |_| ())
}

/// Lets a walker take steps on `landscape` until it has diverged, as [`descend`] understands that.
/// `observe` sees it after each step, the last before it is stopped included.
pub(crate) fn follow<R: Rule<f64>>(
    landscape: &impl Landscape,
    walker: &mut Walker<R>,
    steps: usize,
    mut gradient: impl FnMut(&[f64]) -> Vec<f64>,
    mut observe: impl FnMut(&Walker<R>),
) -> Result<Path, LabError> {
    let start = walker.position().to_vec();
    let mut path = Path { losses: vec![landscape.loss(&start)], points: vec![start] };
    let ceiling = 1e12 * path.losses[0].abs().max(1.0);
    for _ in 0..steps {
        walker.step(|_, theta| gradient(theta))?;
        observe(walker);
        let loss = landscape.loss(walker.position());
        if loss.is_nan() || loss.abs() > ceiling {
            break;
        }
        path.points.push(walker.position().to_vec());
        path.losses.push(loss);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent::Sgd;

    /// The derivative of `f` along coordinate i by central difference.
    fn difference(f: impl Fn(&[f64]) -> f64, at: &[f64], i: usize) -> f64 {
        let h = 1e-5;
        let shifted = |by: f64| {
            let mut moved = at.to_vec();
            moved[i] += by;
            f(&moved)
        };
        (shifted(h) - shifted(-h)) / (2.0 * h)
    }

    #[test]
    fn gradients_and_hessians_agree_with_central_differences() {
        let many = Quadratic::rotated(&[0.1, 1.0, 3.0, 20.0], 5);
        let landscapes: [&dyn Landscape; 13] = [
            &Quadratic::diagonal(&[1.0, 30.0]),
            &Quadratic::planar(2.0, 50.0, 0.6),
            &many,
            &Rosenbrock,
            &Beale,
            &Saddle,
            &Plateau,
            &Ripples,
            &PiecewiseQuadratic,
            &TwoMinima::default(),
            &Course::ravine(1.0, 20.0, 0.5),
            &Course::Banana,
            &Course::Saddle,
        ];
        let mut stream = Stream::new(1, Purpose::Noise);
        let mut hessians = 0;
        for landscape in landscapes {
            for _ in 0..20 {
                let theta: Vec<f64> = (0..landscape.dimension()).map(|_| stream.normal()).collect();
                let gradient = landscape.gradient(&theta);
                for (i, g) in gradient.iter().enumerate() {
                    // The third derivatives here are below 10⁴, so the error is below 10⁴ h².
                    let scale = 1.0 + g.abs();
                    let slope = difference(|at| landscape.loss(at), &theta, i);
                    assert!((g - slope).abs() / scale < 1e-5, "{g} {slope} at {theta:?}");
                    let Some(hessian) = landscape.hessian(&theta) else { continue };
                    for j in 0..gradient.len() {
                        let slope = difference(|at| landscape.gradient(at)[j], &theta, i);
                        let (entry, scale) = (hessian[[i, j]], 1.0 + hessian[[i, j]].abs());
                        assert!((entry - slope).abs() / scale < 1e-5, "{entry} {slope}");
                        hessians += 1;
                    }
                }
            }
        }
        assert_eq!(hessians, 20 * (9 * 4 + 16 + 1));
    }

    #[test]
    fn a_diverging_run_ends_early_and_impossible_settings_are_refused() {
        let steep = Quadratic::diagonal(&[1.0, 100.0]);
        assert!(descend(&steep, Sgd, 1.0, &[1.0, 1.0], 1000).unwrap().points.len() < 20);
        let refusal = descend(&steep, Sgd, 1.0, &[1.0], 10).unwrap_err().to_string();
        assert!(refusal.contains("points of 2 coordinates"), "{refusal}");
        let refusal = descend_with_noise(&steep, Sgd, 0.1, &[1.0, 1.0], 1, f64::NAN, 0);
        assert!(refusal.unwrap_err().to_string().starts_with("noise = NaN"));
    }

    #[test]
    fn noise_is_seeded_and_none_is_none() {
        let bowl = Quadratic::diagonal(&[1.0, 2.0]);
        let run = |noise, seed| {
            descend_with_noise(&bowl, Sgd, 0.1, &[1.0, 1.0], 20, noise, seed).unwrap()
        };
        assert_eq!(run(0.5, 3), run(0.5, 3));
        assert_ne!(run(0.5, 3), run(0.5, 4));
        assert_eq!(run(0.0, 3), descend(&bowl, Sgd, 0.1, &[1.0, 1.0], 20).unwrap());
    }
}
