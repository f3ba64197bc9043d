//! The noisy quadratic model: a bowl whose gradients carry noise, solved in closed form.
//!
//! Each coordinate has a curvature h and gradients h x + ε / √B, with ε normal of variance c and B the
//! batch size; x starts as a draw from the normal distribution with mean 0 and variance 1. Under
//! gradient descent with momentum the expected values of x², x v and v² obey a linear recursion, so
//! that the expected loss ½ Σ h E\[x²\] after any number of steps is known without a single draw.
//!
//! Zhang, Li, Nado, Martens, Sachdeva, Dahl, Shallue and Grosse (2019), *Which algorithmic choices
//! matter at which batch sizes?*, section 3, find that it predicts how networks respond to batch size.

use crate::LabError;
use crate::random::{Purpose, Stream};
use descent::{AnySchedule, Optimizer, Rule, Tensors};
use ndarray::Array1;

/// Curvatures and gradient noise, one of each a coordinate.
#[derive(Clone, Debug, PartialEq)]
pub struct NoisyQuadratic {
    curvatures: Vec<f64>,
    variances: Vec<f64>,
    /// How much each x² counts in twice the loss: its curvature, for as many coordinates as it stands
    /// for.
    weights: Vec<f64>,
}

/// Gradient descent as the model solves it: v ← β v + g, x ← x − η v.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// η: at least 0.
    pub learning_rate: f64,
    /// β: in \[0, 1). Zero is plain gradient descent.
    pub momentum: f64,
    /// B: how many examples share the noise.
    pub batch_size: f64,
}

/// E\[x²\], E\[x v\] and E\[v²\] of a coordinate.
type Moments = [f64; 3];

/// What some number of steps does to the moments: M s + b.
#[derive(Clone, Copy, Debug)]
struct Step {
    matrix: [Moments; 3],
    shift: Moments,
}

impl Step {
    fn new(descent: &Descent, curvature: f64, variance: f64) -> Self {
        let Descent { learning_rate, momentum, batch_size } = *descent;
        let noise = variance / batch_size;
        // x ← p x + q v − η ε and v ← h x + β v + ε.
        let (p, q) = (1.0 - learning_rate * curvature, -learning_rate * momentum);
        let (r, s) = (curvature, momentum);
        Self {
            matrix: [
                [p * p, 2.0 * p * q, q * q],
                [p * r, p * s + q * r, q * s],
                [r * r, 2.0 * r * s, s * s],
            ],
            shift: [learning_rate * learning_rate * noise, -learning_rate * noise, noise],
        }
    }

    /// The moments after these steps, with this many times the noise.
    fn apply(&self, moments: &Moments, noise: f64) -> Moments {
        [0, 1, 2].map(|i| {
            let product = |j: usize| self.matrix[i][j] * moments[j];
            product(0) + product(1) + product(2) + noise * self.shift[i]
        })
    }

    /// The steps of this one twice over.
    fn twice(&self) -> Self {
        let column = |j: usize| [0, 1, 2].map(|i| self.matrix[i][j]);
        let linear = Self { matrix: self.matrix, shift: [0.0; 3] };
        let columns = [0, 1, 2].map(|j| linear.apply(&column(j), 1.0));
        let matrix = [0, 1, 2].map(|i| [0, 1, 2].map(|j: usize| columns[j][i]));
        Self { matrix, shift: self.apply(&self.shift, 1.0) }
    }
}

/// Steps with one learning rate, and twice as many, and twice as many again, as far as they were
/// needed.
#[derive(Clone, Debug)]
pub struct Forecast<'a> {
    model: &'a NoisyQuadratic,
    powers: Vec<Vec<Step>>,
}

impl Forecast<'_> {
    /// As [`NoisyQuadratic::steps_to`], with `noise` times the variance of the gradients' noise: that of
    /// a batch of B where the forecast was made for a batch of one and `noise` is 1/B.
    pub fn steps_to(&mut self, target: f64, noise: f64) -> Option<u64> {
        const DOUBLINGS: usize = 24;
        let model = self.model;
        let start = vec![[1.0, 0.0, 0.0]; model.curvatures.len()];
        let advance = |moments: &[Moments], power: &[Step]| -> Vec<Moments> {
            power.iter().zip(moments).map(|(power, state)| power.apply(state, noise)).collect()
        };
        let reached = |moments: &[Moments]| model.loss_of(moments) <= target;
        if reached(&start) {
            return Some(0);
        }
        // The first power of two that reaches the target, then bit by bit as far as it does not.
        let mut first = 0;
        while !reached(&advance(&start, &self.powers[first])) {
            if first == DOUBLINGS {
                return None;
            }
            first += 1;
            if first == self.powers.len() {
                self.powers.push(self.powers[first - 1].iter().map(Step::twice).collect());
            }
        }
        let (mut moments, mut steps) = (start, 0);
        for by in (0..first).rev() {
            let ahead = advance(&moments, &self.powers[by]);
            if !reached(&ahead) {
                (moments, steps) = (ahead, steps + (1 << by));
            }
        }
        Some(steps + 1)
    }
}

impl NoisyQuadratic {
    /// The paper's model: curvatures 1, ½, ⅓, …, and noise of variance h where the curvature is h.
    pub fn harmonic(dimension: usize) -> Self {
        let curvatures: Vec<f64> = (1..=dimension).map(|i| 1.0 / i as f64).collect();
        Self { variances: curvatures.clone(), weights: curvatures.clone(), curvatures }
    }

    /// The same model to about a percent, for a fraction of the work: neighbors among the curvatures
    /// beyond the tenth are gathered in groups whose last is at most a sixth beyond its first, and one
    /// coordinate with their mean curvature stands for each group.
    ///
    /// Only expected losses are meant to be asked of it: in a run with draws a group would share them.
    pub fn gathered(dimension: usize) -> Self {
        const ALONE: usize = 10;
        const WIDTH: usize = 6;
        let (mut curvatures, mut weights) = (Vec::new(), Vec::new());
        let mut first = 1;
        while first <= dimension {
            let last = if first <= ALONE { first } else { dimension.min(first + first / WIDTH) };
            let sum: f64 = (first..=last).map(|i| 1.0 / i as f64).sum();
            curvatures.push(sum / (last - first + 1) as f64);
            weights.push(sum);
            first = last + 1;
        }
        Self { variances: curvatures.clone(), curvatures, weights }
    }

    /// The curvatures.
    pub fn curvatures(&self) -> &[f64] {
        &self.curvatures
    }

    /// The expected loss at the start.
    pub fn initial_loss(&self) -> f64 {
        self.loss_of(&vec![[1.0, 0.0, 0.0]; self.curvatures.len()])
    }

    fn loss_of(&self, moments: &[Moments]) -> f64 {
        let sum = self.weights.iter().zip(moments).map(|(w, [square, ..])| w * square).sum::<f64>();
        // A run that diverges passes all numbers on its way.
        if sum.is_finite() { 0.5 * sum } else { f64::INFINITY }
    }

    fn steps_of(&self, descent: &Descent) -> Vec<Step> {
        let each = self.curvatures.iter().zip(&self.variances);
        each.map(|(&h, &c)| Step::new(descent, h, c)).collect()
    }

    /// The expected loss after `steps` steps with a constant learning rate.
    pub fn expected_loss(&self, descent: &Descent, steps: u64) -> f64 {
        let mut moments = vec![[1.0, 0.0, 0.0]; self.curvatures.len()];
        for (step, state) in self.steps_of(descent).into_iter().zip(&mut moments) {
            let (mut power, mut left) = (step, steps);
            while left > 0 {
                if left % 2 == 1 {
                    *state = power.apply(state, 1.0);
                }
                power = power.twice();
                left /= 2;
            }
        }
        self.loss_of(&moments)
    }

    /// The way of these steps, of which the numbers of steps to any target can be asked.
    pub fn forecast(&self, descent: &Descent) -> Forecast<'_> {
        Forecast { model: self, powers: vec![self.steps_of(descent)] }
    }

    /// How many steps bring the expected loss to `target`; `None` if 2²⁴ do not. The loss is taken to
    /// fall until then.
    pub fn steps_to(&self, target: f64, descent: &Descent) -> Option<u64> {
        self.forecast(descent).steps_to(target, 1.0)
    }

    /// The fewest steps to `target` over these learning rates, with the rate that takes them; each
    /// rate is divided by 1 − β, so that rates mean the same with momentum and without.
    pub fn fewest_steps_to(
        &self,
        target: f64,
        effective_rates: &[f64],
        momentum: f64,
        batch_size: f64,
    ) -> Option<(u64, f64)> {
        let steps = |&rate: &f64| {
            let learning_rate = rate * (1.0 - momentum);
            let steps = self.steps_to(target, &Descent { learning_rate, momentum, batch_size })?;
            Some((steps, rate))
        };
        effective_rates.iter().filter_map(steps).min_by_key(|(steps, _)| *steps)
    }

    /// The expected loss after each step of plain gradient descent with these learning rates.
    ///
    /// With `average`, the loss is that of an exponential average of the iterates with this decay
    /// rate, which starts at the first of them.
    pub fn expected_losses(
        &self,
        learning_rates: &[f64],
        batch_size: f64,
        average: Option<f64>,
    ) -> Vec<f64> {
        let decay = average.unwrap_or(0.0);
        // E[x²], E[x y] and E[y²] with y the average.
        let mut moments = vec![[1.0; 3]; self.curvatures.len()];
        let mut losses = Vec::with_capacity(learning_rates.len());
        for &rate in learning_rates {
            let mut loss = 0.0;
            for (i, [xx, xy, yy]) in moments.iter_mut().enumerate() {
                let (h, noise) = (self.curvatures[i], self.variances[i] / batch_size);
                let kept = 1.0 - rate * h;
                let new_xx = kept * kept * *xx + rate * rate * noise;
                let crossed = kept * *xy;
                let fresh = 1.0 - decay;
                *yy = decay * decay * *yy + 2.0 * decay * fresh * crossed + fresh * fresh * new_xx;
                *xy = decay * crossed + fresh * new_xx;
                *xx = new_xx;
                loss += 0.5 * self.weights[i] * *yy;
            }
            losses.push(if loss.is_finite() { loss } else { f64::INFINITY });
        }
        losses
    }

    /// The loss after each step of one run of plain gradient descent with these learning rates, with
    /// draws for the start and for the noise of every step; ∞ once it has overflown.
    pub fn losses_of_run(&self, learning_rates: &[f64], batch_size: f64, seed: u64) -> Vec<f64> {
        let mut start = Stream::new(seed, Purpose::Initialization);
        let mut x: Vec<f64> = self.curvatures.iter().map(|_| start.normal()).collect();
        let mut stream = Stream::new(seed, Purpose::Noise);
        let noise: Vec<f64> = self.variances.iter().map(|c| (c / batch_size).sqrt()).collect();
        let mut step = |&rate: &f64| {
            let each = self.curvatures.iter().zip(&noise);
            for (x, (h, noise)) in x.iter_mut().zip(each) {
                *x -= rate * (h * *x + noise * stream.normal());
            }
            let loss = self.weights.iter().zip(&x).map(|(w, x)| 0.5 * w * x * x).sum::<f64>();
            if loss.is_finite() { loss } else { f64::INFINITY }
        };
        learning_rates.iter().map(&mut step).collect()
    }

    /// The loss of one run of `rule`, with draws for the start and for the noise of every step.
    ///
    /// # Errors
    /// If the rule refuses its hyperparameters or a step.
    pub fn simulate(
        &self,
        rule: impl Rule<f64>,
        schedule: impl Into<AnySchedule>,
        batch_size: f64,
        steps: u64,
        seed: u64,
    ) -> Result<f64, LabError> {
        let mut start = Stream::new(seed, Purpose::Initialization);
        let x = Array1::from_shape_simple_fn(self.curvatures.len(), || start.normal());
        let mut parameters = Tensors::new().with("x", x.into_dyn());
        let mut gradient = parameters.clone();
        let mut optimizer = Optimizer::new(rule, schedule, &parameters)?;
        let mut stream = Stream::new(seed, Purpose::Noise);
        let noise: Vec<f64> = self.variances.iter().map(|c| (c / batch_size).sqrt()).collect();
        let values = |tensors: &Tensors<f64>| tensors.scalars().collect::<Vec<f64>>();
        for _ in 0..steps {
            let x = parameters.scalars();
            let (_, g) = gradient.iter_mut().next().expect("there is one tensor");
            let each = self.curvatures.iter().zip(x).zip(&noise);
            for (g, ((h, x), noise)) in g.iter_mut().zip(each) {
                *g = h * x + noise * stream.normal();
            }
            optimizer.step(&mut parameters, &gradient)?;
        }
        Ok(self.loss_of(&values(&parameters).iter().map(|x| [x * x, 0.0, 0.0]).collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Descent, NoisyQuadratic};
    use crate::statistics::{mean, variance};
    use approx::assert_relative_eq;
    use descent::{Momentum, Sgd};

    #[test]
    fn the_closed_form_is_the_recursion() {
        let model = NoisyQuadratic::harmonic(40);
        assert_relative_eq!(model.expected_loss(&plain(0.3, 1.0), 0), model.initial_loss());
        let losses = model.expected_losses(&[0.3; 500], 4.0, None);
        for steps in [1, 2, 37, 500] {
            let closed = model.expected_loss(&plain(0.3, 4.0), steps as u64);
            assert_relative_eq!(closed, losses[steps - 1], max_relative = 1e-12);
        }
        assert_eq!(model.expected_loss(&plain(2.5, 1.0), 100_000), f64::INFINITY);
    }

    fn plain(learning_rate: f64, batch_size: f64) -> Descent {
        Descent { learning_rate, momentum: 0.0, batch_size }
    }

    #[test]
    fn runs_scatter_around_the_closed_form() {
        let model = NoisyQuadratic::harmonic(40);
        let (learning_rate, momentum, batch_size) = (0.05, 0.9, 4.0);
        let with_momentum = Descent { learning_rate, momentum, batch_size };
        let check = |losses: Vec<f64>, expected: f64| {
            let error = (variance(&losses) / losses.len() as f64).sqrt();
            assert!((mean(&losses) - expected).abs() < 4.0 * error, "{} {expected}", mean(&losses));
        };
        let runs = 0..300;
        let sgd = |seed| model.simulate(Sgd, 0.3, 4.0, 60, seed).unwrap();
        check(runs.clone().map(sgd).collect(), model.expected_loss(&plain(0.3, 4.0), 60));
        let rule = Momentum::accumulated(momentum);
        let momentum = |seed| model.simulate(rule, learning_rate, batch_size, 60, seed).unwrap();
        check(runs.map(momentum).collect(), model.expected_loss(&with_momentum, 60));
    }

    #[test]
    fn the_number_of_steps_is_the_first_that_reaches_the_target() {
        let model = NoisyQuadratic::harmonic(40);
        let descent = Descent { learning_rate: 0.02, momentum: 0.9, batch_size: 8.0 };
        let steps = model.steps_to(0.3, &descent).unwrap();
        assert!(model.expected_loss(&descent, steps) <= 0.3);
        assert!(model.expected_loss(&descent, steps - 1) > 0.3);
        assert_eq!(model.steps_to(100.0, &descent), Some(0));
        assert_eq!(model.steps_to(1e-9, &descent), None);
    }

    #[test]
    fn groups_stand_for_their_coordinates() {
        let (all, groups) = (NoisyQuadratic::harmonic(1000), NoisyQuadratic::gathered(1000));
        assert!(groups.curvatures().len() < 50);
        assert_relative_eq!(groups.initial_loss(), all.initial_loss(), max_relative = 1e-12);
        for momentum in [0.0, 0.9] {
            for (batch_size, steps) in [(1.0, 5), (1.0, 1000), (64.0, 100), (1e9, 2000)] {
                let descent = Descent { learning_rate: 0.05, momentum, batch_size };
                let loss = |model: &NoisyQuadratic| model.expected_loss(&descent, steps);
                assert_relative_eq!(loss(&groups), loss(&all), max_relative = 0.01);
            }
        }
    }

    #[test]
    fn a_run_step_by_step_is_the_run() {
        let model = NoisyQuadratic::harmonic(40);
        let losses = model.losses_of_run(&[0.3; 60], 4.0, 7);
        let last = model.simulate(Sgd, 0.3, 4.0, 60, 7).unwrap();
        assert_relative_eq!(losses[59], last, max_relative = 1e-12);
        assert_eq!(model.losses_of_run(&[1e9; 60], 4.0, 7)[59], f64::INFINITY);
    }

    #[test]
    fn averaging_lowers_what_noise_leaves() {
        let model = NoisyQuadratic::harmonic(40);
        let last = |average| *model.expected_losses(&[0.5; 3000], 1.0, average).last().unwrap();
        assert!(last(Some(0.99)) < 0.3 * last(None));
    }
}
