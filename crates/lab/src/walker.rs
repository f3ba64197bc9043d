//! A rule that walks where it is told the gradients.
//!
//! Much of what an optimizer does can be seen without a loss: how far a rule moves on gradients of
//! pure noise, on a single large one, on none at all. Each coordinate of the vector is then a case of
//! its own, because most rules treat coordinates alike.

use crate::LabError;
use descent::{AnySchedule, Optimizer, Rule, Tensors};
use ndarray::{Array1, ArrayD};

/// An optimizer over one vector, stepped by hand.
///
/// ```
/// use descent::Adam;
/// use lab::walker::Walker;
///
/// // A learning rate of 1 gives displacements in units of the learning rate.
/// let mut walker = Walker::new(Adam::default(), 1.0, vec![0.0, 0.0])?;
/// walker.step(|_, _| vec![1e-3, -50.0])?;
/// assert!((walker.position()[0] + 1.0).abs() < 1e-4);
/// assert!((walker.position()[1] - 1.0).abs() < 1e-4);
/// # Ok::<(), lab::LabError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Walker<R: Rule<f64>> {
    optimizer: Optimizer<R, f64>,
    theta: Tensors<f64>,
    gradient: Tensors<f64>,
}

const THETA: &str = "theta";

fn numbers(tensors: &Tensors<f64>) -> &[f64] {
    let array = tensors.get(THETA).and_then(|array| array.as_slice());
    array.expect("a walker has one contiguous tensor")
}

impl<R: Rule<f64>> Walker<R> {
    /// A walker at `start`.
    ///
    /// # Errors
    /// If the rule or the schedule refuses its settings.
    pub fn new(
        rule: R,
        schedule: impl Into<AnySchedule>,
        start: Vec<f64>,
    ) -> Result<Self, LabError> {
        Self::at(rule, schedule, Array1::from(start).into_dyn())
    }

    /// A walker at a point that is a tensor of another shape, for a rule that wants a matrix. Its
    /// coordinates are counted in row-major order.
    ///
    /// # Errors
    /// As [`Walker::new`], and if the rule cannot update a tensor of this shape.
    pub fn at(
        rule: R,
        schedule: impl Into<AnySchedule>,
        start: ArrayD<f64>,
    ) -> Result<Self, LabError> {
        let start = start.as_standard_layout().into_owned();
        let theta = Tensors::new().with(THETA, start);
        let optimizer = Optimizer::new(rule, schedule, &theta)?;
        Ok(Self { optimizer, gradient: theta.zeros_like(), theta })
    }

    /// Where it is.
    pub fn position(&self) -> &[f64] {
        numbers(&self.theta)
    }

    /// The gradient of its last step; zero before the first.
    pub fn gradient(&self) -> &[f64] {
        numbers(&self.gradient)
    }

    /// What the rule remembers about the point.
    pub fn state(&self) -> Option<&R::State> {
        self.optimizer.state(THETA)
    }

    /// The optimizer, with its state.
    pub fn optimizer(&self) -> &Optimizer<R, f64> {
        &self.optimizer
    }

    /// What each coordinate was divided by in the last step; see [`Rule::denominators`].
    pub fn denominators(&self) -> Option<Vec<f64>> {
        Some(self.optimizer.denominators(THETA)?.into_iter().collect())
    }

    /// Takes a step: `gradient` is given the number of the step, from 1, and the position.
    ///
    /// # Errors
    /// If the optimizer refuses the gradient.
    pub fn step<I: IntoIterator<Item = f64>>(
        &mut self,
        gradient: impl FnOnce(u64, &[f64]) -> I,
    ) -> Result<(), LabError> {
        let values = gradient(self.optimizer.steps_taken() + 1, self.position());
        let (_, array) = self.gradient.iter_mut().next().expect("a walker has one vector");
        let given = array.iter_mut().zip(values).map(|(g, value)| *g = value).count();
        assert_eq!(given, self.position().len(), "a gradient has a number for each coordinate");
        Ok(self.optimizer.step(&mut self.theta, &self.gradient)?)
    }

    /// Takes a step as [`step`](Self::step) does, and returns how far each coordinate moved downhill
    /// of a positive gradient: the old position minus the new.
    ///
    /// # Errors
    /// If the optimizer refuses the gradient.
    pub fn update<I: IntoIterator<Item = f64>>(
        &mut self,
        gradient: impl FnOnce(u64, &[f64]) -> I,
    ) -> Result<Vec<f64>, LabError> {
        let before = self.position().to_vec();
        self.step(gradient)?;
        Ok(before.iter().zip(self.position()).map(|(old, new)| old - new).collect())
    }

    /// Moves every coordinate to where `place` puts it; the optimizer's state stays.
    pub fn relocate(&mut self, place: impl Fn(f64) -> f64) {
        self.theta.iter_mut().for_each(|(_, array)| array.mapv_inplace(&place));
    }
}

impl<R: Rule<f64, State = Tensors<f64>>> Walker<R> {
    /// A number that the rule keeps for each coordinate, by its name.
    pub fn memory(&self, name: &str) -> Option<&[f64]> {
        self.state()?.get(name)?.as_slice()
    }
}
