//! What momentum does to speed, stability and noise, on functions where it is known exactly.
//!
//! **Rates on quadratics** ([`spectral_radius`], [`steps_to_reach`]). Polyak (1964) derives √κ for the
//! heavy ball, Nesterov (2004, section 2.2.1) for his method; Lessard, Recht and Packard (2016, table 1)
//! list the tuned rates. Ours are theirs to the last digit, as eigenvalues should be.
//!
//! **The heavy-ball cycle** ([`heavy_ball_from`]). Lessard, Recht and Packard (2016, section 4.6) find
//! starts from which the tuned heavy ball circles three points of a convex function for ever. The
//! points are integers over 1225; ours agree to rounding.
//!
//! **Noise** ([`stationary_variance`]). That momentum leaves the noise of plain gradient descent with
//! the rate η / (1 − β) is Yuan, Ying and Sayed (2016); the variance is the solution of a linear
//! recursion, which simulation confirms.

use crate::LabError;
use crate::landscape::{
    Landscape, PiecewiseQuadratic, Quadratic, Ripples, descend, descend_with_noise,
};
use crate::linalg::dot;
use crate::statistics::{geometric, linear, variance};
use crate::walker::Walker;
use descent::{Momentum, Nesterov, Rule, Sgd};
use serde::{Deserialize, Serialize};

/// A method of gradient descent with constant coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Method {
    /// θ ← θ − η g.
    Plain,
    /// v ← β v + g, θ ← θ − η v.
    HeavyBall {
        /// β.
        beta: f64,
    },
    /// As heavy ball, with θ ← θ − η (g + β v).
    Nesterov {
        /// β.
        beta: f64,
    },
}

impl Method {
    /// The largest modulus of the eigenvalues of one step on a quadratic of this curvature: the factor
    /// by which a step shrinks the error in the long run.
    pub fn factor(self, learning_rate: f64, curvature: f64) -> f64 {
        let kept = 1.0 - learning_rate * curvature;
        // θₜ₊₁ = sum · θₜ − product · θₜ₋₁, so that the eigenvalues have this sum and product.
        let (sum, product) = match self {
            Self::Plain => return kept.abs(),
            Self::HeavyBall { beta } => (kept + beta, beta),
            Self::Nesterov { beta } => ((1.0 + beta) * kept, beta * kept),
        };
        let discriminant = sum * sum - 4.0 * product;
        if discriminant < 0.0 { product.sqrt() } else { (sum.abs() + discriminant.sqrt()) / 2.0 }
    }

    /// The highest learning rate with which a quadratic of this curvature does not diverge.
    pub fn stability_limit(self, curvature: f64) -> f64 {
        match self {
            Self::Plain => 2.0 / curvature,
            Self::HeavyBall { beta } => 2.0 * (1.0 + beta) / curvature,
            Self::Nesterov { beta } => (2.0 + 2.0 * beta) / ((1.0 + 2.0 * beta) * curvature),
        }
    }
}

/// A method with the learning rate that its theory gives it for curvatures from 1 to κ.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tuned {
    /// The method.
    pub method: Method,
    /// Its learning rate.
    pub learning_rate: f64,
    /// The factor of one step that its theory promises.
    pub factor: f64,
}

/// Gradient descent, heavy ball, and Nesterov's method with η = 1/κ and with its best η, each tuned for
/// quadratics with curvatures from 1 to `kappa`: Lessard, Recht and Packard (2016), table 1.
pub fn tuned(kappa: f64) -> [Tuned; 4] {
    let root = kappa.sqrt();
    let heavy = (root - 1.0) / (root + 1.0);
    let best = (3.0 * kappa + 1.0).sqrt();
    [
        Tuned {
            method: Method::Plain,
            learning_rate: 2.0 / (kappa + 1.0),
            factor: (kappa - 1.0) / (kappa + 1.0),
        },
        Tuned {
            method: Method::HeavyBall { beta: heavy * heavy },
            learning_rate: 4.0 / ((root + 1.0) * (root + 1.0)),
            factor: heavy,
        },
        Tuned {
            method: Method::Nesterov { beta: heavy },
            learning_rate: 1.0 / kappa,
            factor: 1.0 - 1.0 / root,
        },
        Tuned {
            method: Method::Nesterov { beta: (best - 2.0) / (best + 2.0) },
            learning_rate: 4.0 / (3.0 * kappa + 1.0),
            factor: 1.0 - 2.0 / best,
        },
    ]
}

/// The factor of one step on a bowl whose curvatures fill the range from 1 to `kappa`.
pub fn spectral_radius(method: Method, learning_rate: f64, kappa: f64) -> f64 {
    let curvatures = geometric(1.0, kappa, 200);
    curvatures.iter().map(|&h| method.factor(learning_rate, h)).fold(0.0, f64::max)
}

/// How many steps bring the distance to the minimum of a bowl with 200 curvatures from 1 to `kappa`
/// below `tolerance` times its start; `None` if `limit` steps do not.
///
/// # Errors
/// If a setting is refused.
pub fn steps_to_reach(
    tuned: &Tuned,
    kappa: f64,
    tolerance: f64,
    limit: usize,
) -> Result<Option<usize>, LabError> {
    let Tuned { method, learning_rate, .. } = *tuned;
    match method {
        Method::Plain => count_steps(Sgd, learning_rate, kappa, tolerance, limit),
        Method::HeavyBall { beta } => {
            count_steps(Momentum::accumulated(beta), learning_rate, kappa, tolerance, limit)
        }
        Method::Nesterov { beta } => {
            count_steps(Nesterov { beta }, learning_rate, kappa, tolerance, limit)
        }
    }
}

fn count_steps(
    rule: impl Rule<f64>,
    learning_rate: f64,
    kappa: f64,
    tolerance: f64,
    limit: usize,
) -> Result<Option<usize>, LabError> {
    let curvatures = geometric(1.0, kappa, 200);
    let mut walker = Walker::new(rule, learning_rate, vec![1.0; curvatures.len()])?;
    let target = tolerance * tolerance * curvatures.len() as f64;
    for step in 1..=limit {
        walker.step(|_, x| x.iter().zip(&curvatures).map(|(x, h)| h * x).collect::<Vec<_>>())?;
        if dot(walker.position(), walker.position()) < target {
            return Ok(Some(step));
        }
    }
    Ok(None)
}

/// The heavy ball, tuned for curvatures from 1 to 25, on the [`PiecewiseQuadratic`] from `start`.
///
/// # Errors
/// Never: the settings are fine.
pub fn heavy_ball_from(start: f64, steps: usize) -> Result<Vec<f64>, LabError> {
    let rule = Momentum::accumulated(4.0 / 9.0);
    let path = descend(&PiecewiseQuadratic, rule, 1.0 / 9.0, &[start], steps)?;
    Ok(path.points.into_iter().map(|point| point[0]).collect())
}

/// The variance of x under a method on ½ x², whose gradients carry noise of variance 1, over `steps`
/// steps after the first tenth of them.
///
/// # Errors
/// If a setting is refused.
pub fn stationary_variance(
    method: Method,
    learning_rate: f64,
    steps: usize,
    seed: u64,
) -> Result<f64, LabError> {
    let bowl = Quadratic::diagonal(&[1.0]);
    let path = match method {
        Method::Plain => descend_with_noise(&bowl, Sgd, learning_rate, &[0.0], steps, 1.0, seed),
        Method::HeavyBall { beta } => {
            let rule = Momentum::accumulated(beta);
            descend_with_noise(&bowl, rule, learning_rate, &[0.0], steps, 1.0, seed)
        }
        Method::Nesterov { beta } => {
            descend_with_noise(&bowl, Nesterov { beta }, learning_rate, &[0.0], steps, 1.0, seed)
        }
    }?;
    let visited: Vec<f64> = path.points.iter().skip(steps / 10).map(|point| point[0]).collect();
    Ok(variance(&visited))
}

/// What theory says [`stationary_variance`] is for the heavy ball; with β = 0, for plain descent.
pub fn variance_of_heavy_ball(learning_rate: f64, beta: f64) -> f64 {
    learning_rate * (1.0 + beta) / ((1.0 - beta) * (2.0 * (1.0 + beta) - learning_rate))
}

/// The share of 401 starts between −5 and 5 from which the heavy ball ends in one of the two lowest
/// minima of [`Ripples`].
///
/// # Errors
/// If a setting is refused.
pub fn share_in_the_lowest_minima(learning_rate: f64, beta: f64) -> Result<f64, LabError> {
    let starts = linear(-5.0, 5.0, 401);
    let mut walker = Walker::new(Momentum::accumulated(beta), learning_rate, starts)?;
    for _ in 0..20_000 {
        walker.step(|_, x| x.iter().map(|&x| Ripples.gradient(&[x])[0]).collect::<Vec<_>>())?;
    }
    // The lowest minima solve 0.1 x = 0.9 sin 3x near ±π/3.
    let lowest = (0..60).fold(1.0, |x, _| x - Ripples.gradient(&[x])[0] / 2.8);
    let hits = walker.position().iter().filter(|x| (x.abs() - lowest).abs() < 0.1).count();
    Ok(hits as f64 / walker.position().len() as f64)
}

/// The factor of one heavy-ball step for each β (row) and learning rate (column), with curvatures
/// from 1 to `kappa`; infinite where it is above 1.
pub fn phase_diagram(learning_rates: &[f64], betas: &[f64], kappa: f64) -> Vec<Vec<f64>> {
    let factor = |beta: f64, learning_rate: f64| {
        let factor = spectral_radius(Method::HeavyBall { beta }, learning_rate, kappa);
        if factor <= 1.0 { factor } else { f64::INFINITY }
    };
    betas
        .iter()
        .map(|&beta| learning_rates.iter().map(|&rate| factor(beta, rate)).collect())
        .collect()
}
