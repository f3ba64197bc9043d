//! Parameter groups: tensors that share hyperparameters and a schedule.

use crate::{AnySchedule, Scaled};
use serde::{Deserialize, Serialize};

/// A rule with its hyperparameters and a schedule, for some of a model's tensors.
///
/// Decay for matrices only, as is usual:
///
/// ```
/// use descent::{AdamW, Group, Optimizer, Tensors, group};
/// use ndarray::{ArrayD, IxDyn};
///
/// let parameters = Tensors::<f64>::new()
///     .with("weight", ArrayD::zeros(IxDyn(&[3, 2])))
///     .with("bias", ArrayD::zeros(IxDyn(&[3])));
/// let decay = AdamW { weight_decay: 0.1, ..AdamW::default() };
/// let no_decay = AdamW { weight_decay: 0.0, ..decay };
/// let optimizer = Optimizer::grouped(
///     vec![Group::new("decay", decay, 1e-3), Group::new("no decay", no_decay, 1e-3)],
///     |_name, shape| if group::is_matrix(shape) { "decay" } else { "no decay" },
///     &parameters,
/// )?;
/// assert_eq!(optimizer.group_of("bias").map(|group| group.name.as_str()), Some("no decay"));
/// # Ok::<(), descent::SetupError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group<R> {
    /// The name by which tensors are assigned to the group.
    pub name: String,
    /// The rule and its hyperparameters.
    pub rule: R,
    /// The learning rate as a function of the step.
    pub schedule: AnySchedule,
}

impl<R> Group<R> {
    /// A group of this name.
    pub fn new(name: &str, rule: R, schedule: impl Into<AnySchedule>) -> Self {
        Self { name: name.to_owned(), rule, schedule: schedule.into() }
    }
}

/// Whether a tensor has two axes or more: the weights that are usually decayed. Biases and the
/// gains of normalization layers have one, and are usually not.
pub fn is_matrix(shape: &[usize]) -> bool {
    shape.len() >= 2
}

/// The schedules of a network's layers, from the first to the last, when each layer's learning rate
/// is `decay` times that of the layer above it (Howard and Ruder 2018, section 3.2, with a decay
/// of 1/2.6; Clark et al. 2020 for transformers, with 0.8 to 0.9). The last layer has `schedule`.
pub fn layerwise_decay(
    schedule: impl Into<AnySchedule>,
    decay: f64,
    layers: usize,
) -> Vec<AnySchedule> {
    let schedule = schedule.into();
    (0..layers)
        .map(|layer| {
            let factor = libm::pow(decay, (layers - 1 - layer) as f64);
            Scaled { factor, schedule: Box::new(schedule.clone()) }.into()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{Group, Optimizer, Schedule, SetupError, Sgd, Tensors, group};
    use ndarray::array;

    #[test]
    fn lower_layers_learn_slower() {
        let rates: Vec<f64> = group::layerwise_decay(0.8, 0.5, 3)
            .iter()
            .map(|schedule| schedule.learning_rate(1))
            .collect();
        assert_eq!(rates, [0.2, 0.4, 0.8]);
    }

    #[test]
    fn each_group_has_its_own_rate_and_an_unknown_group_is_refused() {
        let mut parameters = Tensors::new()
            .with("body", array![1.0_f64].into_dyn())
            .with("head", array![1.0].into_dyn());
        let groups = || vec![Group::new("slow", Sgd, 0.1), Group::new("fast", Sgd, 0.5)];
        let assign = |name: &str, _: &[usize]| if name == "head" { "fast" } else { "slow" };
        let mut optimizer = Optimizer::grouped(groups(), assign, &parameters).unwrap();
        let gradients = parameters.clone();
        optimizer.step(&mut parameters, &gradients).unwrap();
        assert_eq!(parameters.scalars().collect::<Vec<_>>(), [0.9, 0.5]);

        let twice = vec![Group::new("slow", Sgd, 0.1), Group::new("slow", Sgd, 0.5)];
        let refusal = Optimizer::grouped(twice, |_, _| "slow", &parameters).err().unwrap();
        assert_eq!(refusal.to_string(), "two groups are called `slow`; give each its own name");
        let refusal = Optimizer::grouped(groups(), |_, _| "medium", &parameters).err().unwrap();
        assert!(matches!(&refusal, SetupError::UnknownGroup { .. }));
        assert_eq!(
            refusal.to_string(),
            "parameter `body` is assigned to the group `medium`, which does not exist; \
             the groups are: slow, fast"
        );
    }
}
