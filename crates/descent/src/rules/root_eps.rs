//! Where ε stands in a denominator that is a root.

use crate::Real;
use serde::{Deserialize, Serialize};

/// The two ways to keep √s away from zero, for a rule that libraries write in both.
///
/// They are not the same with another ε: outside, ε is compared with the gradient; inside, with its
/// square, so that ε inside weighs like √ε outside where s is small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RootEps {
    /// √s + ε, as in PyTorch.
    #[default]
    Outside,
    /// √(s + ε), as in Optax.
    Inside,
}

impl RootEps {
    /// What is added inside the root and what outside.
    pub(crate) fn split<F: Real>(self, eps: f64) -> [F; 2] {
        match self {
            Self::Outside => [F::zero(), F::of(eps)],
            Self::Inside => [F::of(eps), F::zero()],
        }
    }
}
