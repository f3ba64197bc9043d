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
    Landscape, Path, PiecewiseQuadratic, Quadratic, Ripples, descend, descend_with_noise,
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
    /// The sum and the product of the eigenvalues of one step on a quadratic of this curvature:
    /// θₜ₊₁ = sum · θₜ − product · θₜ₋₁.
    fn recursion(self, learning_rate: f64, curvature: f64) -> (f64, f64) {
        let kept = 1.0 - learning_rate * curvature;
        match self {
            Self::Plain => (kept, 0.0),
            Self::HeavyBall { beta } => (kept + beta, beta),
            Self::Nesterov { beta } => ((1.0 + beta) * kept, beta * kept),
        }
    }

    /// The eigenvalues of one step on a quadratic of this curvature.
    pub fn eigenvalues(self, learning_rate: f64, curvature: f64) -> Eigenvalues {
        let (sum, product) = self.recursion(learning_rate, curvature);
        let discriminant = sum * sum - 4.0 * product;
        if discriminant < 0.0 {
            return Eigenvalues::Conjugate {
                real: sum / 2.0,
                imaginary: (-discriminant).sqrt() / 2.0,
            };
        }
        let root = if sum < 0.0 { -discriminant.sqrt() } else { discriminant.sqrt() };
        Eigenvalues::Real { leading: (sum + root) / 2.0, other: (sum - root) / 2.0 }
    }

    /// The largest modulus of the eigenvalues of one step on a quadratic of this curvature: the factor
    /// by which a step shrinks the error in the long run.
    pub fn factor(self, learning_rate: f64, curvature: f64) -> f64 {
        match self.eigenvalues(learning_rate, curvature) {
            Eigenvalues::Real { leading, .. } => leading.abs(),
            // The modulus of a conjugate pair is the root of its product.
            Eigenvalues::Conjugate { .. } => self.recursion(learning_rate, curvature).1.sqrt(),
        }
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

/// The eigenvalues of one step on a quadratic of one curvature.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Eigenvalues {
    /// Two real ones. In the long run each step multiplies the error by the leading one, so that it
    /// keeps its sign, or changes it at every step.
    Real {
        /// The larger in modulus.
        leading: f64,
        /// The smaller in modulus.
        other: f64,
    },
    /// A complex pair: the error swings through zero every few steps.
    Conjugate {
        /// The real part of both.
        real: f64,
        /// The imaginary part of one, above 0.
        imaginary: f64,
    },
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
///
/// As the curvature grows from 0, the factor of each method falls from 1 and then rises, so that
/// the largest over a range is that of one of its ends.
pub fn spectral_radius(method: Method, learning_rate: f64, kappa: f64) -> f64 {
    method.factor(learning_rate, 1.0).max(method.factor(learning_rate, kappa))
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

/// The factor of one step for each β (row) and learning rate (column) under the method that
/// `method` makes of β, with curvatures from 1 to `kappa`.
pub fn factors(
    method: impl Fn(f64) -> Method,
    learning_rates: &[f64],
    betas: &[f64],
    kappa: f64,
) -> Vec<Vec<f64>> {
    let row = |&beta: &f64| {
        let factor = |&rate: &f64| spectral_radius(method(beta), rate, kappa);
        learning_rates.iter().map(factor).collect()
    };
    betas.iter().map(row).collect()
}

/// The factor of one heavy-ball step for each β (row) and learning rate (column), with curvatures
/// from 1 to `kappa`; infinite where it is above 1.
pub fn phase_diagram(learning_rates: &[f64], betas: &[f64], kappa: f64) -> Vec<Vec<f64>> {
    let mut factors = factors(|beta| Method::HeavyBall { beta }, learning_rates, betas, kappa);
    for factor in factors.iter_mut().flatten().filter(|factor| **factor > 1.0) {
        *factor = f64::INFINITY;
    }
    factors
}

/// How many steps with this factor bring an error down to `share` of itself; `None` where a step
/// does not shrink it. One step at least.
pub fn steps_to_shrink(factor: f64, share: f64) -> Option<f64> {
    let steps = || libm::ceil(libm::log(share) / libm::log(factor.max(f64::MIN_POSITIVE)));
    (factor < 1.0).then(|| steps().max(1.0))
}

/// The run of a method on a bowl with the two curvatures 1 and `kappa`, from (1, 1).
///
/// # Errors
/// If a setting is refused.
pub fn ravine_run(
    method: Method,
    learning_rate: f64,
    kappa: f64,
    steps: usize,
) -> Result<Path, LabError> {
    let (bowl, start) = (Quadratic::diagonal(&[1.0, kappa]), [1.0, 1.0]);
    match method {
        Method::Plain => descend(&bowl, Sgd, learning_rate, &start, steps),
        Method::HeavyBall { beta } => {
            descend(&bowl, Momentum::accumulated(beta), learning_rate, &start, steps)
        }
        Method::Nesterov { beta } => {
            descend(&bowl, Nesterov { beta }, learning_rate, &start, steps)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    const BETAS: [f64; 5] = [0.0, 0.3, 0.6, 0.9, 0.99];
    const METHODS: [fn(f64) -> Method; 3] =
        [|_| Method::Plain, |beta| Method::HeavyBall { beta }, |beta| Method::Nesterov { beta }];

    #[test]
    fn eigenvalues_have_the_sum_and_product_of_the_recursion() {
        for (method, beta) in METHODS.iter().flat_map(|m| BETAS.map(|beta| (m(beta), beta))) {
            for rate in linear(0.0, 5.0, 101) {
                let (sum, product) = method.recursion(rate, 1.0);
                let (found_sum, found_product) = match method.eigenvalues(rate, 1.0) {
                    Eigenvalues::Real { leading, other } => {
                        assert!(leading.abs() >= other.abs());
                        (leading + other, leading * other)
                    }
                    Eigenvalues::Conjugate { real, imaginary } => {
                        (2.0 * real, real * real + imaginary * imaginary)
                    }
                };
                assert!((found_sum - sum).abs() < 1e-12, "{method:?} {beta} {rate}");
                assert!((found_product - product).abs() < 1e-12, "{method:?} {beta} {rate}");
            }
        }
    }

    #[test]
    fn the_ends_of_a_range_of_curvatures_are_the_worst_of_it() {
        for kappa in [2.0, 30.0, 1000.0] {
            let curvatures = geometric(1.0, kappa, 200);
            for method in METHODS.iter().flat_map(|method| BETAS.map(method)) {
                for rate in linear(0.0, 5.0 / kappa, 60) {
                    let worst = curvatures.iter().map(|&h| method.factor(rate, h));
                    let worst = worst.fold(0.0, f64::max);
                    let ends = spectral_radius(method, rate, kappa);
                    assert_relative_eq!(ends, worst, max_relative = 1e-12);
                }
            }
        }
    }

    #[test]
    fn steps_are_counted_from_the_factor() {
        assert_eq!(steps_to_shrink(0.5, 0.1), Some(4.0));
        assert_eq!(steps_to_shrink(0.0, 0.1), Some(1.0));
        assert_eq!(steps_to_shrink(1.0, 0.1), None);
    }

    #[test]
    fn in_the_long_run_a_step_shrinks_the_error_by_its_factor() {
        for (method, rate) in [
            (Method::Plain, 0.015),
            (Method::HeavyBall { beta: 0.5 }, 0.02),
            (Method::Nesterov { beta: 0.5 }, 0.01),
        ] {
            let path = ravine_run(method, rate, 100.0, 400).unwrap();
            let factor = method.factor(rate, 1.0);
            assert!(matches!(method.eigenvalues(rate, 1.0), Eigenvalues::Real { .. }));
            let measured = path.points[400][0] / path.points[399][0];
            assert_relative_eq!(measured, factor, max_relative = 1e-9);
        }
    }
}
