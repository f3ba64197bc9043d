//! Optimizers side by side on a landscape of two variables, with all that they remember.
//!
//! Every rule gets the same gradients at the same points: where there is noise, its draws are the
//! same at the same step. The rules are those of [`descent`], driven step by step; what is traced is
//! read from their state.

use crate::LabError;
use crate::landscape::{Course, Landscape, follow};
use crate::random::{Purpose, Stream};
use crate::walker::Walker;
use descent::{
    Adam, AdamW, Lion, Momentum, Muon, Nesterov, RmsProp, Rule, Sgd, Tensors, bias_correction,
};
use ndarray::{IxDyn, arr1};
use serde::Serialize;

/// Where a race is held, and how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Race {
    /// The landscape.
    pub course: Course,
    /// The standard deviation of the normal draw that is added to each coordinate of a gradient: at
    /// least 0.
    pub noise: f64,
    /// The seed of these draws.
    pub seed: u64,
    /// θ before the first step.
    pub start: [f64; 2],
    /// How many steps are taken.
    pub steps: usize,
}

/// A rule of [`descent`] that can take part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Racer {
    /// Gradient descent.
    Sgd,
    /// Momentum.
    Momentum(Momentum),
    /// Nesterov's momentum.
    Nesterov(Nesterov),
    /// RMSprop.
    RmsProp(RmsProp),
    /// Adam.
    Adam(Adam),
    /// AdamW.
    AdamW(AdamW),
    /// Lion.
    Lion(Lion),
    /// Muon, which sees θ as a matrix of one row. Such a matrix has one singular value, its length, so
    /// that what Muon does to it is to give it a length close to one: every step is as long as every
    /// other.
    Muon(Muon),
}

/// A step and what it was made from; a quantity that the rule does not keep is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// g, the gradient at the point that the step leaves, with its noise.
    pub gradient: [f64; 2],
    /// m, the average of gradients, or the velocity of momentum.
    pub first: Option<[f64; 2]>,
    /// v, the average of squared gradients.
    pub second: Option<[f64; 2]>,
    /// m̂, where the rule corrects m.
    pub corrected_first: Option<[f64; 2]>,
    /// v̂, where the rule corrects v.
    pub corrected_second: Option<[f64; 2]>,
    /// The new θ minus the old.
    pub change: [f64; 2],
}

/// How one rule fared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// θ before the first step and after each that did not diverge; see
    /// [`descend`](crate::landscape::descend).
    pub points: Vec<[f64; 2]>,
    /// The loss at each of them.
    pub losses: Vec<f64>,
    /// Every step, the one that diverged included.
    pub steps: Vec<Step>,
}

impl Run {
    /// Whether it was stopped because its loss had left all bounds.
    pub fn diverged(&self) -> bool {
        self.points.len() <= self.steps.len()
    }
}

impl Race {
    /// Lets one of the known rules run.
    ///
    /// # Errors
    /// If the rule refuses its settings, or `noise` is not a finite number of at least 0.
    pub fn run(&self, racer: &Racer, learning_rate: f64) -> Result<Run, LabError> {
        match *racer {
            Racer::Sgd => self.run_rule(Sgd, learning_rate),
            Racer::Momentum(rule) => self.run_rule(rule, learning_rate),
            Racer::Nesterov(rule) => self.run_rule(rule, learning_rate),
            Racer::RmsProp(rule) => self.run_rule(rule, learning_rate),
            Racer::Lion(rule) => self.run_rule(rule, learning_rate),
            Racer::Adam(rule) => {
                let run = self.run_rule(rule, learning_rate)?;
                Ok(run.corrected(rule.beta1, rule.beta2))
            }
            Racer::AdamW(rule) => {
                let run = self.run_rule(rule, learning_rate)?;
                Ok(run.corrected(rule.beta1, rule.beta2))
            }
            Racer::Muon(rule) => self.trace(rule, learning_rate, &[1, 2], |walker| {
                let velocity = walker.state().and_then(|state| state.velocity.as_slice());
                [velocity.map(pair), None]
            }),
        }
    }

    /// Lets any rule run whose memory is named as in the book: `first_moment` or `velocity`,
    /// `second_moment` or `mean_square`.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_rule<R: Rule<f64, State = Tensors<f64>>>(
        &self,
        rule: R,
        learning_rate: f64,
    ) -> Result<Run, LabError> {
        self.trace(rule, learning_rate, &[2], |walker| {
            [["first_moment", "velocity"], ["second_moment", "mean_square"]]
                .map(|names| names.iter().find_map(|name| walker.memory(name)).map(pair))
        })
    }

    fn trace<R: Rule<f64>>(
        &self,
        rule: R,
        learning_rate: f64,
        shape: &[usize],
        memory: impl Fn(&Walker<R>) -> [Option<[f64; 2]>; 2],
    ) -> Result<Run, LabError> {
        let (noise, range) = (self.noise, "the finite numbers of at least 0");
        if !(noise.is_finite() && noise >= 0.0) {
            return Err(LabError::setting("noise", noise, range));
        }
        let start = arr1(&self.start).into_shape_with_order(IxDyn(shape));
        let start = start.map_err(|error| LabError::setting("shape", error, "two numbers"))?;
        let mut walker = Walker::at(rule, learning_rate, start)?;
        let mut stream = Stream::new(self.seed, Purpose::Noise);
        let gradient = |theta: &[f64]| {
            let mut gradient = self.course.gradient(theta);
            if noise > 0.0 {
                gradient.iter_mut().for_each(|g| *g += noise * stream.normal());
            }
            gradient
        };
        let (mut steps, mut before) = (Vec::with_capacity(self.steps), self.start);
        let path = follow(&self.course, &mut walker, self.steps, gradient, |walker| {
            let [first, second] = memory(walker);
            let now = pair(walker.position());
            steps.push(Step {
                gradient: pair(walker.gradient()),
                first,
                second,
                corrected_first: None,
                corrected_second: None,
                change: [now[0] - before[0], now[1] - before[1]],
            });
            before = now;
        })?;
        let points = path.points.iter().map(|point| pair(point)).collect();
        Ok(Run { points, losses: path.losses, steps })
    }
}

impl Run {
    /// This run of a rule that corrects its averages as Adam does.
    fn corrected(mut self, beta1: f64, beta2: f64) -> Self {
        for (step, t) in self.steps.iter_mut().zip(1..) {
            let by = |beta, moment: Option<[f64; 2]>| {
                moment.map(|moment| moment.map(|x| bias_correction(beta, t) * x))
            };
            step.corrected_first = by(beta1, step.first);
            step.corrected_second = by(beta2, step.second);
        }
        self
    }
}

fn pair(numbers: &[f64]) -> [f64; 2] {
    [numbers[0], numbers[1]]
}

#[cfg(test)]
mod tests {
    use super::{Race, Racer};
    use crate::landscape::{Course, descend, descend_with_noise};
    use approx::assert_relative_eq;
    use descent::{Adam, Lion, Momentum, Muon, Sgd};

    fn race(course: Course) -> Race {
        Race { course, noise: 0.0, seed: 0, start: [-1.6, 1.2], steps: 100 }
    }

    #[test]
    fn a_run_is_the_descent_of_its_rule() {
        let noisy = Race { noise: 0.5, seed: 3, ..race(Course::ravine(1.0, 20.0, 0.4)) };
        let run = noisy.run(&Racer::Adam(Adam::default()), 0.1).unwrap();
        let path =
            descend_with_noise(&noisy.course, Adam::default(), 0.1, &noisy.start, 100, 0.5, 3)
                .unwrap();
        assert_eq!(run.losses, path.losses);
        let exact = race(Course::Banana);
        let run = exact.run(&Racer::Lion(Lion::default()), 0.01).unwrap();
        let path = descend(&exact.course, Lion::default(), 0.01, &exact.start, 100).unwrap();
        assert_eq!(run.losses, path.losses);
        assert!(Race { noise: f64::NAN, ..noisy }.run(&Racer::Sgd, 0.1).is_err());
    }

    #[test]
    fn gradient_descent_on_the_bowl_follows_its_formula() {
        let race = race(Course::bowl(1.0, 20.0));
        let run = race.run(&Racer::Sgd, 0.045).unwrap();
        for (t, point) in run.points.iter().enumerate() {
            let factor = |curvature: f64| (1.0 - 0.045 * curvature).powi(t as i32);
            assert_relative_eq!(point[0], -1.6 * factor(2.0), max_relative = 1e-12);
            assert_relative_eq!(point[1], 1.2 * factor(40.0), max_relative = 1e-12);
        }
        // The border is at 2 / 40.
        assert!(race.run(&Racer::Sgd, 0.0505).unwrap().losses[100] > run.losses[0]);
        let far = race.run(&Racer::Sgd, 1.0).unwrap();
        assert!(far.diverged() && !run.diverged());
        assert_eq!(far.points.len(), far.steps.len());
    }

    #[test]
    fn what_is_traced_makes_the_step() {
        let race = race(Course::Saddle);
        let adam = Adam::default();
        let run = race.run(&Racer::Adam(adam), 0.1).unwrap();
        for step in &run.steps {
            let (m, v) = (step.corrected_first.unwrap(), step.corrected_second.unwrap());
            for i in [0, 1] {
                let change = -0.1 * m[i] / (v[i].sqrt() + adam.eps);
                assert_relative_eq!(step.change[i], change, epsilon = 1e-12);
            }
        }
        let momentum = race.run(&Racer::Momentum(Momentum::accumulated(0.9)), 0.1).unwrap();
        for step in &momentum.steps {
            assert_relative_eq!(step.change[0], -0.1 * step.first.unwrap()[0], epsilon = 1e-12);
            assert_eq!(step.second, None);
        }
        let sgd = race.run_rule(Sgd, 0.1).unwrap();
        assert_eq!(sgd.steps[0].first, None);
        assert_eq!(sgd.steps[0].gradient[0], -1.6);
    }

    #[test]
    fn on_a_row_muon_takes_steps_of_one_length() {
        let muon = Muon { weight_decay: 0.0, ..Muon::default() };
        let run = race(Course::bowl(1.0, 20.0)).run(&Racer::Muon(muon), 0.1).unwrap();
        let length = |change: [f64; 2]| change[0].hypot(change[1]);
        let first = length(run.steps[0].change);
        assert!((0.068..0.121).contains(&first));
        for step in &run.steps {
            assert_relative_eq!(length(step.change), first, max_relative = 1e-6);
        }
    }
}
