//! Faults to plant in a training run, for learning what they look like.
//!
//! Most faults are a setting away and need nothing from here: a rate that is too high, a schedule
//! that ends early ([`descent::WarmupCosine`]), coupled decay ([`descent::CoupledL2`]), a moment
//! that stagnates in bf16 ([`descent::LowPrecision`]), a missing bias correction
//! ([`PartlyCorrectedAdam`](crate::ablation::PartlyCorrectedAdam)), decay on the gains of norms
//! ([`Trainer::grouped`](super::Trainer::grouped)). These are the others.

use descent::Tensors;
use half::f16;
use serde::{Deserialize, Serialize};

/// Something that goes wrong in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Fault {
    /// The gradient of one step is `factor` times too large.
    GradientSpike {
        /// The step, from 1.
        step: u64,
        /// What the gradient is multiplied by.
        factor: f64,
    },
    /// From one step on, gradients are `factor` times what they were: what a change of the loss's
    /// scale does, to which second moments are slow to adapt.
    GradientScale {
        /// The first step, from 1.
        from: u64,
        /// What gradients are multiplied by.
        factor: f64,
    },
    /// The optimizer forgets its state and its step count before a step, as a run does that is
    /// resumed from its weights alone.
    StateLost {
        /// The first step of the resumed run.
        before: u64,
    },
    /// One tensor receives no gradient.
    FrozenLayer {
        /// The tensor's name.
        name: String,
    },
    /// The batch of one step holds a single example, over and over.
    BadBatch {
        /// The step, from 1.
        step: u64,
    },
    /// Every epoch visits the examples in the same order.
    SameOrder,
    /// Gradients pass through 16-bit floating point (fp16), where what is below 3·10⁻⁸ becomes 0 and
    /// what is above 65 520 becomes infinite. A `loss_scale` of 1 is no loss scaling.
    HalfPrecisionGradients {
        /// What the loss is multiplied by before, and the gradient divided by after.
        loss_scale: f64,
    },
}

impl Fault {
    /// Does to the gradients of a step what this fault does to gradients.
    pub(super) fn spoil(&self, step: u64, gradients: &mut Tensors<f64>) {
        let mut on_all = |change: &dyn Fn(f64) -> f64| {
            gradients.iter_mut().for_each(|(_, gradient)| gradient.mapv_inplace(change));
        };
        match self {
            Self::GradientSpike { step: at, factor } if *at == step => on_all(&|g| g * factor),
            Self::GradientScale { from, factor } if *from <= step => on_all(&|g| g * factor),
            Self::HalfPrecisionGradients { loss_scale } => {
                on_all(&|g| f16::from_f64(g * loss_scale).to_f64() / loss_scale);
            }
            Self::FrozenLayer { name } => gradients
                .iter_mut()
                .filter(|(tensor, _)| tensor == name)
                .for_each(|(_, gradient)| gradient.fill(0.0)),
            Self::GradientSpike { .. }
            | Self::GradientScale { .. }
            | Self::StateLost { .. }
            | Self::BadBatch { .. }
            | Self::SameOrder => {}
        }
    }
}
