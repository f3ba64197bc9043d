//! Who is timed.

use crate::case::Rule;

/// A library in one of its variants, or a loop that shows the limit of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contender {
    /// The book's optimizers as they come.
    Descent,
    /// The book's optimizers without the scan of gradients for values that are not finite.
    DescentUnchecked,
    /// `torch.optim` as it comes: on a processor, one tensor and one operation after another.
    TorchDefault,
    /// `torch.optim` with `foreach=True`.
    TorchForeach,
    /// `torch.optim` with `fused=True`.
    TorchFused,
    /// Optax, its update compiled by `jax.jit`.
    Optax,
    /// candle-nn.
    Candle,
    /// burn.
    Burn,
    /// [`crate::triad::Triad`].
    Triad,
    /// [`crate::triad::InPlace`].
    InPlace,
}

impl Contender {
    /// The libraries, in the order in which they take turns.
    pub const LIBRARIES: [Self; 8] = [
        Self::Descent,
        Self::DescentUnchecked,
        Self::TorchDefault,
        Self::TorchForeach,
        Self::TorchFused,
        Self::Optax,
        Self::Candle,
        Self::Burn,
    ];

    /// The loops that show the limit.
    pub const LIMITS: [Self; 2] = [Self::Triad, Self::InPlace];

    /// How the contender is called in the data file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Descent => "descent",
            Self::DescentUnchecked => "descent-unchecked",
            Self::TorchDefault => "torch-default",
            Self::TorchForeach => "torch-foreach",
            Self::TorchFused => "torch-fused",
            Self::Optax => "optax",
            Self::Candle => "candle",
            Self::Burn => "burn",
            Self::Triad => "triad",
            Self::InPlace => "in-place",
        }
    }

    /// The contender of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::LIBRARIES.into_iter().chain(Self::LIMITS).find(|contender| contender.name() == name)
    }

    /// Whether the worker is a Python program.
    pub fn is_python(self) -> bool {
        matches!(self, Self::TorchDefault | Self::TorchForeach | Self::TorchFused | Self::Optax)
    }

    /// Why the contender is not timed on a rule, if it is not.
    pub fn absence(self, rule: Rule) -> Option<&'static str> {
        match (self, rule) {
            (Self::Candle, Rule::Momentum) => {
                Some("candle-nn's SGD has no momentum, as its documentation says")
            }
            _ => None,
        }
    }

    /// What a reader of the times must know.
    pub fn remarks(self) -> &'static [&'static str] {
        match self {
            Self::Descent => &["scans all gradients for values that are not finite"],
            Self::TorchDefault | Self::TorchForeach => &[FRESH_PAGES],
            Self::Optax => &[
                "one jitted call a step, with parameters and state donated; inside a larger jitted \
                 training step the cost of the call would be shared",
            ],
            Self::Candle => &[
                "splits tensors of 65 536 elements and more over threads that wait by spinning, so \
                 any other load on the machine multiplies its times on two threads",
                "Adam is its AdamW without weight decay",
                FRESH_PAGES,
            ],
            Self::Burn => &["on the flex backend", "only the step itself is timed", FRESH_PAGES],
            Self::DescentUnchecked | Self::TorchFused | Self::Triad | Self::InPlace => &[],
        }
    }
}

const FRESH_PAGES: &str = "allocates intermediate results; from 32 MiB on, glibc takes each of them \
                           anew from the kernel, page by page";
