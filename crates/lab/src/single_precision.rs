//! Rules in single precision, for models in double.

use descent::{HyperparameterError, Rule};
use ndarray::ArrayD;

/// A rule that computes in `f32`, among them those with states in 16 and 8 bits.
///
/// What it writes is rounded to `f32`, so parameters lose nothing on their way there and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SinglePrecision<R>(
    /// The rule.
    pub R,
);

impl<R: Rule<f32>> Rule<f64> for SinglePrecision<R> {
    type State = R::State;

    fn validate(&self) -> Result<(), HyperparameterError> {
        self.0.validate()
    }

    fn accepts(&self, shape: &[usize]) -> Result<(), &'static str> {
        self.0.accepts(shape)
    }

    fn state(&self, parameter: &ArrayD<f64>, tensor: usize) -> R::State {
        self.0.state(&narrow(parameter), tensor)
    }

    fn denominators(&self, step: u64, state: &R::State) -> Option<ArrayD<f64>> {
        Some(self.0.denominators(step, state)?.mapv(f64::from))
    }

    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<f64>,
        gradient: &ArrayD<f64>,
        state: &mut R::State,
    ) {
        let mut narrowed = narrow(parameter);
        self.0.update(step, learning_rate, &mut narrowed, &narrow(gradient), state);
        parameter.zip_mut_with(&narrowed, |wide, &x| *wide = f64::from(x));
    }
}

fn narrow(array: &ArrayD<f64>) -> ArrayD<f32> {
    array.mapv(|x| x as f32)
}

#[cfg(test)]
mod tests {
    use super::SinglePrecision;
    use crate::landscape::{Rosenbrock, descend};
    use descent::Adam;

    #[test]
    fn it_is_the_rule_up_to_rounding() {
        let run = |steps| {
            let single = SinglePrecision(Adam::default());
            descend(&Rosenbrock, single, 0.05, &[-1.0, 2.0], steps).unwrap()
        };
        let double = descend(&Rosenbrock, Adam::default(), 0.05, &[-1.0, 2.0], 50).unwrap();
        let (ours, theirs) = (run(50).final_loss(), double.final_loss());
        assert!(ours != theirs && (ours - theirs).abs() < 1e-4 * theirs, "{ours} {theirs}");
    }
}
