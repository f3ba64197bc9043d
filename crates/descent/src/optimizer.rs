//! The driver around a rule: everything about taking a step that is not the rule itself.

use crate::{AnySchedule, Group, Real, Rule, Schedule, SetupError, State, StepError, Tensors};
use crate::{parallel, reduce};
use ndarray::{ArrayD, Dimension};
use serde::{Deserialize, Serialize};

/// Applies a [`Rule`] to named tensors, step after step.
///
/// It owns the learning-rate schedule, the step count and the rule's state, and it looks at all
/// of its input before it changes anything: a refused step leaves parameters and state untouched.
/// Large models are updated on all cores; the result is the same to the last bit on one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(
    serialize = "R: Serialize, R::State: Serialize",
    deserialize = "R: Deserialize<'de>, R::State: Deserialize<'de>"
))]
pub struct Optimizer<R: Rule<F>, F: Real> {
    groups: Vec<Group<R>>,
    non_finite: NonFinite,
    step: u64,
    skipped: u64,
    slots: Vec<Slot<R::State>>,
    /// The learning rate of each group at the step that is being taken.
    #[serde(skip)]
    rates: Vec<f64>,
}

/// What the optimizer knows about one parameter tensor.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Slot<S> {
    name: String,
    shape: Vec<usize>,
    group: usize,
    state: S,
}

/// What to do about gradients that are infinite or not a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NonFinite {
    /// Refuse the step with an error that names the tensor and the place.
    #[default]
    Refuse,
    /// Leave everything as it is and count the step as skipped, as mixed-precision training does.
    Skip,
    /// Do not look: for gradients that were checked already, by
    /// [`LossScaler::unscale`](crate::LossScaler::unscale) or while they were clipped. It saves one
    /// reading of the gradients. An infinite gradient then ends in the parameters.
    Unchecked,
}

impl<R: Rule<F>, F: Real> Optimizer<R, F> {
    /// An optimizer for tensors with the names and shapes of `parameters`.
    ///
    /// The `schedule` is a learning rate (a plain `f64`) or a schedule that gives one a step.
    ///
    /// # Errors
    /// If the rule or the schedule refuses its hyperparameters, if the rule cannot update one of the
    /// tensors, or if two tensors have one name.
    pub fn new(
        rule: R,
        schedule: impl Into<AnySchedule>,
        parameters: &Tensors<F>,
    ) -> Result<Self, SetupError> {
        Self::grouped(vec![Group::new("all", rule, schedule)], |_, _| "all", parameters)
    }

    /// An optimizer in which `assign` gives each tensor, by its name and shape, the name of its
    /// group.
    ///
    /// # Errors
    /// As [`Optimizer::new`], and if a tensor is assigned to a group that does not exist.
    pub fn grouped<'a>(
        groups: Vec<Group<R>>,
        assign: impl Fn(&str, &[usize]) -> &'a str,
        parameters: &Tensors<F>,
    ) -> Result<Self, SetupError> {
        check_groups::<R, F>(&groups)?;
        let mut slots: Vec<Slot<R::State>> = Vec::with_capacity(parameters.len());
        for (place, (name, array)) in parameters.iter().enumerate() {
            if parameters.iter().take(place).any(|(other, _)| other == name) {
                return Err(SetupError::SameName { name: name.to_owned() });
            }
            let shape = array.shape().to_vec();
            let wanted = assign(name, &shape);
            let Some(group) = groups.iter().position(|group| group.name == wanted) else {
                let known = groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>();
                let (name, group, known) = (name.to_owned(), wanted.to_owned(), known.join(", "));
                return Err(SetupError::UnknownGroup { name, group, known });
            };
            let rule = &groups[group].rule;
            rule.accepts(&shape).map_err(|needs| SetupError::Shape {
                rule: crate::rule::name::<R>(),
                name: name.to_owned(),
                shape: shape.clone(),
                needs,
            })?;
            let state = rule.state(array, place);
            slots.push(Slot { name: name.to_owned(), shape, group, state });
        }
        let non_finite = NonFinite::default();
        Ok(Self { groups, non_finite, step: 0, skipped: 0, slots, rates: Vec::new() })
    }

    /// This optimizer with another policy for gradients that are not finite.
    #[must_use]
    pub fn with_non_finite(self, non_finite: NonFinite) -> Self {
        Self { non_finite, ..self }
    }

    // ANCHOR: step
    /// Takes one step: `parameters` move by what the rule makes of `gradients`.
    ///
    /// # Errors
    /// If names or shapes differ from those the optimizer was made for, if a gradient coordinate
    /// is not finite (unless another [policy](NonFinite) was chosen), or if a schedule gives a rate
    /// that is not a finite number of at least 0. Parameters, state and step count are then as they
    /// were.
    pub fn step(
        &mut self,
        parameters: &mut Tensors<F>,
        gradients: &Tensors<F>,
    ) -> Result<(), StepError> {
        let step = self.step.saturating_add(1);
        self.check_tensors(step, "parameters", parameters)?;
        self.check_tensors(step, "gradients", gradients)?;
        match self.non_finite {
            NonFinite::Refuse => check_finite(step, gradients)?,
            NonFinite::Skip if !gradients.all_finite() => {
                self.skipped += 1;
                return Ok(());
            }
            NonFinite::Skip | NonFinite::Unchecked => {}
        }
        self.set_rates(step)?;
        self.step = step;
        self.update(parameters, gradients);
        Ok(())
    }
    // ANCHOR_END: step

    /// Asks the schedules for the rates of this step.
    fn set_rates(&mut self, step: u64) -> Result<(), StepError> {
        self.rates.clear();
        for group in &self.groups {
            let value = group.schedule.learning_rate(step);
            if !(value.is_finite() && value >= 0.0) {
                return Err(StepError::LearningRate { step, group: group.name.clone(), value });
            }
            self.rates.push(value);
        }
        Ok(())
    }

    /// Applies each group's rule to its tensors, when all has been checked.
    fn update(&mut self, parameters: &mut Tensors<F>, gradients: &Tensors<F>) {
        for (place, (group, &rate)) in self.groups.iter().zip(&self.rates).enumerate() {
            let update = group.rule.updater(self.step, rate);
            parallel::for_each_tensor(
                &mut self.slots,
                parameters.entries_mut(),
                gradients.entries(),
                |slot, parameter, gradient| {
                    // A tensor without coordinates has nothing to be updated.
                    if slot.group == place && !gradient.is_empty() {
                        in_standard_layout(parameter, gradient, |parameter, gradient| {
                            update(parameter, gradient, &mut slot.state);
                        });
                    }
                },
            );
        }
    }

    /// How many steps have been taken.
    pub fn steps_taken(&self) -> u64 {
        self.step
    }

    /// How many steps were skipped because a gradient was not finite.
    pub fn steps_skipped(&self) -> u64 {
        self.skipped
    }

    /// The groups, in the order in which they were given.
    pub fn groups(&self) -> &[Group<R>] {
        &self.groups
    }

    /// The group of the parameter tensor of this name.
    pub fn group_of(&self, name: &str) -> Option<&Group<R>> {
        self.slot(name).map(|slot| &self.groups[slot.group])
    }

    /// The rule's state for the parameter tensor of this name.
    pub fn state(&self, name: &str) -> Option<&R::State> {
        self.slot(name).map(|slot| &slot.state)
    }

    /// What each coordinate of this tensor was divided by in the last step: √v̂ + ε in Adam's
    /// family. `None` before the first step, for other names, and for rules that do not divide by
    /// such an estimate.
    pub fn denominators(&self, name: &str) -> Option<ArrayD<F>> {
        let slot = self.slot(name).filter(|_| self.step > 0)?;
        self.groups[slot.group].rule.denominators(self.step, &slot.state)
    }

    /// The learning rate that the schedule of this tensor's group gave for the last step, or for
    /// the first if none has been taken.
    pub fn learning_rate_of(&self, name: &str) -> Option<f64> {
        self.group_of(name).map(|group| group.schedule.learning_rate(self.step.max(1)))
    }

    /// How many bytes the rule's state takes for all tensors together.
    pub fn state_bytes(&self) -> usize {
        self.slots.iter().map(|slot| slot.state.bytes()).sum()
    }

    /// Refuses what a file may hold and [`Optimizer::grouped`] would have refused.
    pub(crate) fn validate(&self) -> Result<(), SetupError> {
        check_groups::<R, F>(&self.groups)?;
        match self.slots.iter().find(|slot| slot.group >= self.groups.len()) {
            None => Ok(()),
            Some(slot) => {
                let (name, group) = (slot.name.clone(), format!("number {}", slot.group));
                let known = format!("0 to {}", self.groups.len().saturating_sub(1));
                Err(SetupError::UnknownGroup { name, group, known })
            }
        }
    }

    fn slot(&self, name: &str) -> Option<&Slot<R::State>> {
        self.slots.iter().find(|slot| slot.name == name)
    }

    /// Names and shapes of the tensors this optimizer is for, in order.
    pub(crate) fn tensors(&self) -> impl ExactSizeIterator<Item = (&str, &[usize])> {
        self.slots.iter().map(|slot| (slot.name.as_str(), slot.shape.as_slice()))
    }

    fn check_tensors(
        &self,
        step: u64,
        role: &'static str,
        tensors: &Tensors<F>,
    ) -> Result<(), StepError> {
        tensors.check(self.tensors()).map_err(|mismatch| StepError::Mismatch {
            step,
            role,
            mismatch,
        })
    }
}

fn check_groups<R: Rule<F>, F: Real>(groups: &[Group<R>]) -> Result<(), SetupError> {
    for (place, group) in groups.iter().enumerate() {
        if groups.iter().take(place).any(|other| other.name == group.name) {
            return Err(SetupError::SameGroup { name: group.name.clone() });
        }
        group.rule.validate()?;
        group.schedule.validate()?;
    }
    Ok(())
}

fn check_finite<F: Real>(step: u64, gradients: &Tensors<F>) -> Result<(), StepError> {
    for (name, array) in gradients.iter() {
        if reduce::all_finite(array) {
            continue;
        }
        if let Some((index, value)) = array.indexed_iter().find(|(_, g)| !g.is_finite()) {
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

/// Calls `update` with a parameter and a gradient in row-major order. A parameter that came in
/// another layout keeps the new one; a gradient is copied for the call.
fn in_standard_layout<F: Real>(
    parameter: &mut ArrayD<F>,
    gradient: &ArrayD<F>,
    update: impl FnOnce(&mut ArrayD<F>, &ArrayD<F>),
) {
    if !parameter.is_standard_layout() {
        *parameter = parameter.as_standard_layout().into_owned();
    }
    if gradient.is_standard_layout() {
        update(parameter, gradient);
    } else {
        update(parameter, &gradient.as_standard_layout().into_owned());
    }
}

#[cfg(test)]
mod tests {
    use crate::{Adam, NonFinite, Optimizer, Sgd, StepDecay, StepError, Table, Tensors};
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
        let remedy = "; pass the same tensors in the same order at every step";
        assert_eq!(
            refusal(&missing).to_string(),
            format!("step 1: gradients has 1 tensors where 2 were expected{remedy}")
        );
        assert_eq!(
            refusal(&renamed).to_string(),
            format!("step 1: gradients has `offset` where `bias` was expected{remedy}")
        );
        assert_eq!(
            refusal(&reshaped).to_string(),
            format!("step 1: gradients has `bias` in shape [3] where [2] was expected{remedy}")
        );
        assert_eq!(parameters, pair([0.0; 4], [0.0; 2]));
    }

    #[test]
    fn a_schedule_that_gives_nonsense_is_refused() {
        let mut parameters = pair([0.0; 4], [0.0; 2]);
        let gradients = parameters.clone();
        let broken = Table { rates: vec![0.1, -1.0] };
        let refusal = Optimizer::new(Sgd, broken, &parameters).err().unwrap();
        assert!(refusal.to_string().starts_with("Table: rates[1] = -1 is outside"), "{refusal}");
        // Validated hyperparameters can still meet at a rate out of range.
        let fastest = StepDecay { base_lr: f64::MAX, step_size: 1, gamma: 2.0 };
        let mut optimizer = Optimizer::new(Sgd, fastest, &parameters).unwrap();
        optimizer.step(&mut parameters, &gradients).unwrap();
        let refusal = optimizer.step(&mut parameters, &gradients).unwrap_err();
        let (group, value) = ("all".to_owned(), f64::INFINITY);
        assert_eq!(refusal, StepError::LearningRate { step: 2, group, value });
    }

    #[test]
    fn a_skipped_step_is_counted_and_changes_nothing() {
        let mut parameters = pair([1.0; 4], [1.0; 2]);
        let optimizer = Optimizer::new(Adam::default(), 0.1, &parameters).unwrap();
        let mut optimizer = optimizer.with_non_finite(NonFinite::Skip);
        let before = parameters.clone();
        optimizer.step(&mut parameters, &pair([f64::INFINITY; 4], [1.0; 2])).unwrap();
        assert_eq!((optimizer.steps_taken(), optimizer.steps_skipped()), (0, 1));
        assert_eq!(parameters, before);
        optimizer.step(&mut parameters, &pair([1.0; 4], [1.0; 2])).unwrap();
        assert_eq!((optimizer.steps_taken(), optimizer.steps_skipped()), (1, 1));
        // Had the skipped step been counted, bias correction would differ.
        let first = parameters.scalars().next().unwrap();
        assert!((first - 0.9).abs() < 1e-8, "{first}");
    }

    #[test]
    fn other_layouts_give_the_same_step() {
        let weight = ArrayD::from_shape_fn(IxDyn(&[3, 2]), |i| (i[0] * 2 + i[1]) as f64);
        let reversed = weight.t().as_standard_layout().into_owned().reversed_axes();
        assert!(!reversed.is_standard_layout() && reversed == weight);
        let run = |start: &ArrayD<f64>, gradient: &ArrayD<f64>| {
            let mut parameters = Tensors::new().with("weight", start.clone());
            let gradients = Tensors::new().with("weight", gradient.clone());
            let mut optimizer = Optimizer::new(Adam::default(), 0.1, &parameters).unwrap();
            optimizer.step(&mut parameters, &gradients).unwrap();
            parameters
        };
        let expected = run(&weight, &weight);
        assert_eq!(run(&reversed, &weight), expected);
        assert_eq!(run(&weight, &reversed), expected);
    }

    #[test]
    fn two_tensors_of_one_name_are_refused() {
        let parameters =
            Tensors::new().with("w", array![1.0].into_dyn()).with("w", array![2.0].into_dyn());
        let refusal = Optimizer::new(Sgd, 0.1, &parameters).err().unwrap();
        assert_eq!(refusal.to_string(), "two parameters are called `w`; give each its own name");
    }

    #[test]
    fn state_bytes_are_two_moments_for_adam_and_none_for_gradient_descent() {
        let parameters = pair([0.0; 4], [0.0; 2]);
        let adam = Optimizer::new(Adam::default(), 0.1, &parameters).unwrap();
        let sgd = Optimizer::new(Sgd, 0.1, &parameters).unwrap();
        assert_eq!((adam.state_bytes(), sgd.state_bytes()), (2 * 6 * 8, 0));
    }
}
