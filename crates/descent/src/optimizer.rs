//! The driver around a rule: everything about taking a step that is not the rule itself.

use crate::{HyperparameterError, Real, Rule, Schedule, State, StepError, Tensors};

/// Applies a [`Rule`] to named tensors, step after step.
///
/// It owns the learning-rate schedule, the step count and the rule's state, and it looks at all
/// of its input before it changes anything: a refused step leaves parameters and state untouched.
pub struct Optimizer<R: Rule<F>, F: Real> {
    rule: R,
    schedule: Box<dyn Schedule>,
    step: u64,
    slots: Vec<Slot<R::State>>,
}

/// What the optimizer knows about one parameter tensor.
struct Slot<S> {
    name: String,
    shape: Vec<usize>,
    state: S,
}

impl<R: Rule<F>, F: Real> Optimizer<R, F> {
    /// An optimizer for tensors with the names and shapes of `parameters`.
    ///
    /// The `schedule` is a learning rate (a plain `f64`) or anything that gives one a step.
    ///
    /// # Errors
    /// If the rule refuses its hyperparameters.
    pub fn new(
        rule: R,
        schedule: impl Schedule + 'static,
        parameters: &Tensors<F>,
    ) -> Result<Self, HyperparameterError> {
        rule.validate()?;
        let slots = parameters
            .iter()
            .map(|(name, array)| Slot {
                name: name.to_owned(),
                shape: array.shape().to_vec(),
                state: rule.state(array.shape()),
            })
            .collect();
        Ok(Self { rule, schedule: Box::new(schedule), step: 0, slots })
    }

    // ANCHOR: step
    /// Takes one step: `parameters` move by what the rule makes of `gradients`.
    ///
    /// # Errors
    /// If names or shapes differ from those the optimizer was made for, if a gradient coordinate
    /// is not finite, or if the schedule gives a rate that is not a finite number of at least 0.
    /// Parameters, state and step count are then as they were.
    pub fn step(
        &mut self,
        parameters: &mut Tensors<F>,
        gradients: &Tensors<F>,
    ) -> Result<(), StepError> {
        let step = self.step + 1;
        self.check_tensors(step, "parameters", parameters)?;
        self.check_tensors(step, "gradients", gradients)?;
        check_finite(step, gradients)?;
        let learning_rate = self.schedule.learning_rate(step);
        if !(learning_rate.is_finite() && learning_rate >= 0.0) {
            return Err(StepError::LearningRate { step, value: learning_rate });
        }

        self.step = step;
        for (slot, ((_, parameter), (_, gradient))) in
            self.slots.iter_mut().zip(parameters.iter_mut().zip(gradients.iter()))
        {
            self.rule.update(step, learning_rate, parameter, gradient, &mut slot.state);
        }
        Ok(())
    }
    // ANCHOR_END: step

    /// How many steps have been taken.
    pub fn steps_taken(&self) -> u64 {
        self.step
    }

    /// The rule and its hyperparameters.
    pub fn rule(&self) -> &R {
        &self.rule
    }

    /// The rule's state for the parameter tensor of this name.
    pub fn state(&self, name: &str) -> Option<&R::State> {
        self.slots.iter().find(|slot| slot.name == name).map(|slot| &slot.state)
    }

    /// How many bytes the rule's state takes for all tensors together.
    pub fn state_bytes(&self) -> usize {
        self.slots.iter().map(|slot| slot.state.bytes()).sum()
    }

    fn check_tensors(
        &self,
        step: u64,
        role: &'static str,
        tensors: &Tensors<F>,
    ) -> Result<(), StepError> {
        if tensors.len() != self.slots.len() {
            let (found, expected) = (tensors.len(), self.slots.len());
            return Err(StepError::Count { step, role, found, expected });
        }
        for (slot, (name, array)) in self.slots.iter().zip(tensors.iter()) {
            if name != slot.name {
                let (found, expected) = (name.to_owned(), slot.name.clone());
                return Err(StepError::Name { step, role, found, expected });
            }
            if array.shape() != slot.shape {
                return Err(StepError::Shape {
                    step,
                    role,
                    name: slot.name.clone(),
                    found: array.shape().to_vec(),
                    expected: slot.shape.clone(),
                });
            }
        }
        Ok(())
    }
}

fn check_finite<F: Real>(step: u64, gradients: &Tensors<F>) -> Result<(), StepError> {
    for (name, array) in gradients.iter() {
        if array.iter().all(|g| g.is_finite()) {
            continue;
        }
        if let Some((index, value)) = array.indexed_iter().find(|(_, g)| !g.is_finite()) {
            use ndarray::Dimension;
            return Err(StepError::NonFinite {
                step,
                name: name.to_owned(),
                index: index.slice().to_vec(),
                value: value.as_f64(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{Adam, Optimizer, Schedule, Sgd, StepError, Tensors};
    use ndarray::{ArrayD, IxDyn, array};

    fn pair(weight: [f64; 4], bias: [f64; 2]) -> Tensors<f64> {
        Tensors::new()
            .with("weight", ArrayD::from_shape_vec(IxDyn(&[2, 2]), weight.to_vec()).unwrap())
            .with("bias", array![bias[0], bias[1]].into_dyn())
    }

    #[test]
    fn a_refused_gradient_is_named_and_changes_nothing() {
        let mut parameters = pair([1.0, 2.0, 3.0, 4.0], [5.0, 6.0]);
        let mut optimizer = Optimizer::new(Adam::default(), 0.1, &parameters).unwrap();
        optimizer.step(&mut parameters, &pair([1.0; 4], [1.0; 2])).unwrap();
        let (before, state) = (parameters.clone(), optimizer.state("bias").cloned());

        let refusal = optimizer
            .step(&mut parameters, &pair([1.0, 1.0, f64::NAN, 1.0], [1.0; 2]))
            .unwrap_err();

        assert_eq!(
            refusal.to_string(),
            "step 2: the gradient of `weight` is NaN at index [1, 0]; look for a division by zero, \
             a logarithm of zero or a diverging run before this step"
        );
        assert_eq!(parameters, before);
        assert_eq!(optimizer.state("bias").cloned(), state);
        assert_eq!(optimizer.steps_taken(), 1);
    }

    #[test]
    fn other_tensors_than_at_the_start_are_refused() {
        let mut parameters = pair([0.0; 4], [0.0; 2]);
        let mut optimizer = Optimizer::new(Sgd, 0.1, &parameters).unwrap();
        let missing = Tensors::new().with("weight", ArrayD::zeros(IxDyn(&[2, 2])));
        let renamed = missing.clone().with("offset", ArrayD::zeros(IxDyn(&[2])));
        let reshaped = missing.clone().with("bias", ArrayD::zeros(IxDyn(&[3])));

        let mut refusal = |gradients| optimizer.step(&mut parameters, gradients).unwrap_err();
        assert!(matches!(refusal(&missing), StepError::Count { found: 1, expected: 2, .. }));
        assert!(matches!(refusal(&renamed), StepError::Name { found, .. } if found == "offset"));
        assert!(matches!(refusal(&reshaped), StepError::Shape { name, .. } if name == "bias"));
        assert_eq!(parameters, pair([0.0; 4], [0.0; 2]));
    }

    #[test]
    fn a_schedule_that_gives_nonsense_is_refused() {
        struct Broken;
        impl Schedule for Broken {
            fn learning_rate(&self, _step: u64) -> f64 {
                -1.0
            }
        }
        let mut parameters = pair([0.0; 4], [0.0; 2]);
        let gradients = parameters.clone();
        let mut optimizer = Optimizer::new(Sgd, Broken, &parameters).unwrap();
        let refusal = optimizer.step(&mut parameters, &gradients).unwrap_err();
        assert_eq!(refusal, StepError::LearningRate { step: 1, value: -1.0 });
    }

    #[test]
    fn state_bytes_are_two_moments_for_adam_and_none_for_gradient_descent() {
        let parameters = pair([0.0; 4], [0.0; 2]);
        let adam = Optimizer::new(Adam::default(), 0.1, &parameters).unwrap();
        let sgd = Optimizer::new(Sgd, 0.1, &parameters).unwrap();
        assert_eq!((adam.state_bytes(), sgd.state_bytes()), (2 * 6 * 8, 0));
    }
}
