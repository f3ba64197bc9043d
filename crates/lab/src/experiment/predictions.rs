//! Short runs whose course is known exactly and seldom guessed.
//!
//! Each [`Scenario`] is 200 steps on a bowl, with exact gradients or with the expected loss under
//! noise, so that there is one right answer. What is looked at is the logarithm of the loss over its
//! first value.

use crate::LabError;
use crate::experiment::momentum::{Method, Tuned, tuned};
use crate::landscape::{Landscape, NoisyQuadratic, Quadratic, descend};
use crate::statistics::geometric;
use crate::walker::Walker;
use descent::{Adam, Cosine, Momentum, Schedule, Sgd, SignSgd};
use serde::{Deserialize, Serialize};

/// How many steps every run has.
pub const STEPS: u64 = 200;

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scenario {
    /// Adam at a rate of 0.01 on five curvatures from 1 to 100, from a start of 1 in every direction;
    /// the gradient of step 60 is a thousand times too large.
    Spike,
    /// Gradient descent at 0.99 of the stability limit, on curvatures 1 and 25, from (1, 1).
    Border,
    /// The heavy ball with the rate and the β that theory gives it for curvatures from 1 to 1000, on
    /// those two, from (1, 1).
    HeavyBall,
    /// Noisy gradients, and a rate that falls from 1 to zero over half a cosine.
    Cosine,
    /// Noisy gradients, and a rate of 1 that is cut to a twentieth after 100 steps.
    Cut,
    /// Steps of 0.01 along the gradient's signs, on curvatures 1 and 10.
    Signs,
}

impl Scenario {
    /// Every scenario.
    pub const ALL: [Self; 6] =
        [Self::Spike, Self::Border, Self::HeavyBall, Self::Cosine, Self::Cut, Self::Signs];

    /// log₁₀ of the loss over the first loss: before the first step, and after each of the
    /// [`STEPS`].
    ///
    /// # Errors
    /// If an optimizer refuses its settings, which these do not make it do.
    pub fn log_losses(self) -> Result<Vec<f64>, LabError> {
        let losses = self.losses()?;
        let first = losses[0];
        Ok(losses.iter().map(|loss| libm::log10(loss.max(f64::MIN_POSITIVE) / first)).collect())
    }

    fn losses(self) -> Result<Vec<f64>, LabError> {
        let steps = STEPS as usize;
        match self {
            Self::Spike => {
                let bowl = Quadratic::diagonal(&geometric(1.0, 100.0, 5));
                let mut walker = Walker::new(Adam::default(), 0.01, vec![1.0; 5])?;
                let mut losses = vec![bowl.loss(walker.position())];
                for _ in 0..STEPS {
                    walker.step(|step, at| {
                        let factor = if step == 60 { 1e3 } else { 1.0 };
                        bowl.gradient(at).into_iter().map(move |g| factor * g)
                    })?;
                    losses.push(bowl.loss(walker.position()));
                }
                Ok(losses)
            }
            Self::Border => {
                let rate = 0.99 * Method::Plain.stability_limit(25.0);
                let bowl = Quadratic::diagonal(&[1.0, 25.0]);
                Ok(descend(&bowl, Sgd, rate, &[1.0, 1.0], steps)?.losses)
            }
            Self::HeavyBall => {
                let [_, Tuned { learning_rate, factor, .. }, ..] = tuned(1000.0);
                let rule = Momentum::accumulated(factor * factor);
                let bowl = Quadratic::diagonal(&[1.0, 1000.0]);
                Ok(descend(&bowl, rule, learning_rate, &[1.0, 1.0], steps)?.losses)
            }
            Self::Cosine => {
                let cosine = Cosine { base_lr: 1.0, min_lr: 0.0, total_steps: STEPS };
                Ok(noisy(20, |step| cosine.learning_rate(step)))
            }
            Self::Cut => Ok(noisy(10, |step| if step <= STEPS / 2 { 1.0 } else { 0.05 })),
            Self::Signs => {
                let bowl = Quadratic::diagonal(&[1.0, 10.0]);
                // Half a step more than whole ones, so that the end lies half a step to either side.
                Ok(descend(&bowl, SignSgd, 0.01, &[1.005, 0.705], steps)?.losses)
            }
        }
    }
}

/// The expected losses of gradient descent with these rates, in batches of one.
fn noisy(dimension: usize, rate: impl Fn(u64) -> f64) -> Vec<f64> {
    let model = NoisyQuadratic::harmonic(dimension);
    let rates: Vec<f64> = (1..=STEPS).map(rate).collect();
    let mut losses = vec![model.initial_loss()];
    losses.extend(model.expected_losses(&rates, 1.0, None));
    losses
}

#[cfg(test)]
mod tests {
    use super::{STEPS, Scenario};
    use approx::assert_relative_eq;

    fn run(scenario: Scenario) -> Vec<f64> {
        scenario.log_losses().unwrap()
    }

    #[test]
    fn every_run_starts_at_its_first_loss_and_stays_finite() {
        for scenario in Scenario::ALL {
            let run = run(scenario);
            assert_eq!((run.len(), run[0]), (STEPS as usize + 1, 0.0), "{scenario:?}");
            assert!(run.iter().all(|x| (-6.0..3.0).contains(x)), "{scenario:?}");
        }
    }

    #[test]
    fn at_the_border_the_loss_falls_by_one_factor_all_along() {
        let run = run(Scenario::Border);
        // 1 − 0.99 · 2 is −0.98 a step in the steep direction, and the loss is its square.
        assert_relative_eq!(run[200] - run[199], 2.0 * libm::log10(0.98), max_relative = 1e-9);
        assert!(run.windows(2).all(|pair| pair[1] < pair[0]));
    }

    #[test]
    fn the_tuned_heavy_ball_climbs_first() {
        let run = run(Scenario::HeavyBall);
        let highest = run.iter().copied().fold(0.0, f64::max);
        assert!(highest > 2.0 && run[200] < -5.0, "{highest} {}", run[200]);
    }

    #[test]
    fn a_spike_all_but_stops_adam() {
        let run = run(Scenario::Spike);
        let (before, after) = (run[35] - run[59], run[100] - run[200]);
        // √v̂ is the spike's share of the average, 1000 |g| √(0.001 / (1 − 0.999⁶⁰)), 130 |g|.
        assert!(before > 0.25 && after < 0.05, "{before} {after}");
    }

    #[test]
    fn a_cut_rate_takes_the_noise_away_and_a_cosine_does_it_last() {
        let cut = run(Scenario::Cut);
        assert!((cut[25] - cut[100]).abs() < 0.03 && cut[150] < cut[100] - 0.5);
        let cosine = run(Scenario::Cosine);
        assert!(cosine[75] - cosine[100] < cosine[125] - cosine[150]);
    }

    #[test]
    fn signs_end_half_a_step_from_the_minimum() {
        let run = run(Scenario::Signs);
        let start = 1.005 * 1.005 + 10.0 * 0.705 * 0.705;
        assert_relative_eq!(run[200], libm::log10(11.0 * 0.005 * 0.005 / start), epsilon = 1e-6);
    }
}
