//! Functions of a few variables with exact gradients, and the walk down them.

mod quadratic;
mod rosenbrock;
mod saddle;

pub use quadratic::Quadratic;
pub use rosenbrock::Rosenbrock;
pub use saddle::Saddle;

use crate::LabError;
use descent::{Optimizer, Rule, Tensors};
use ndarray::Array1;

/// A loss that can be evaluated and differentiated exactly.
pub trait Landscape {
    /// How many variables it has.
    fn dimension(&self) -> usize;

    /// The loss at `theta`, a slice of [`dimension`](Self::dimension) numbers.
    fn loss(&self, theta: &[f64]) -> f64;

    /// The gradient at `theta`, one partial derivative for each variable.
    fn gradient(&self, theta: &[f64]) -> Vec<f64>;
}

/// Where an optimizer went: the start, then one entry for each step taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The points visited, the start included.
    pub points: Vec<Vec<f64>>,
    /// The loss at each of them.
    pub losses: Vec<f64>,
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
    learning_rate: f64,
    start: &[f64],
    steps: usize,
) -> Result<Path, LabError> {
    if start.len() != landscape.dimension() {
        let range = format!("points of {} coordinates", landscape.dimension());
        return Err(LabError::setting("start", format!("{start:?}"), range));
    }
    let at = |theta: &[f64]| Tensors::new().with("theta", Array1::from(theta.to_vec()).into_dyn());
    let mut parameters = at(start);
    let mut optimizer = Optimizer::new(rule, learning_rate, &parameters)?;
    let mut theta = start.to_vec();
    let mut path = Path { points: vec![theta.clone()], losses: vec![landscape.loss(&theta)] };
    let ceiling = 1e12 * path.losses[0].abs().max(1.0);
    for _ in 0..steps {
        optimizer.step(&mut parameters, &at(&landscape.gradient(&theta)))?;
        theta = parameters.scalars().collect();
        let loss = landscape.loss(&theta);
        if loss.is_nan() || loss.abs() > ceiling {
            break;
        }
        path.points.push(theta.clone());
        path.losses.push(loss);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::{Landscape, Quadratic, Rosenbrock, Saddle, descend};
    use crate::random::{Purpose, Stream};
    use descent::Sgd;

    #[test]
    fn gradients_agree_with_central_differences() {
        let landscapes: [&dyn Landscape; 4] = [
            &Quadratic::diagonal(&[1.0, 30.0]),
            &Quadratic::planar(2.0, 50.0, 0.6),
            &Rosenbrock,
            &Saddle,
        ];
        let mut stream = Stream::new(1, Purpose::Noise);
        for landscape in landscapes {
            for _ in 0..20 {
                let theta = [stream.normal(), stream.normal()];
                let gradient = landscape.gradient(&theta);
                for i in 0..2 {
                    let h = 1e-5;
                    let (mut up, mut down) = (theta, theta);
                    up[i] += h;
                    down[i] -= h;
                    let difference = (landscape.loss(&up) - landscape.loss(&down)) / (2.0 * h);
                    let scale = 1.0 + gradient[i].abs();
                    // The third derivatives here are below 10⁴, so the error is below 10⁴ h².
                    assert!((gradient[i] - difference).abs() / scale < 1e-5);
                }
            }
        }
    }

    #[test]
    fn a_diverging_run_ends_early_and_a_start_of_the_wrong_size_is_refused() {
        let steep = Quadratic::diagonal(&[1.0, 100.0]);
        assert!(descend(&steep, Sgd, 1.0, &[1.0, 1.0], 1000).unwrap().points.len() < 20);
        let refusal = descend(&steep, Sgd, 1.0, &[1.0], 10).unwrap_err().to_string();
        assert!(refusal.contains("points of 2 coordinates"), "{refusal}");
    }
}
