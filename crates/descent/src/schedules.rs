//! The schedules, one file each.

mod compose;
mod cosine;
mod cosine_restarts;
mod cyclic;
mod exponential;
mod inverse_sqrt;
mod linear;
mod one_cycle;
mod polynomial;
mod step_decay;
mod table;
mod warmup_cosine;
mod warmup_stable_decay;

pub use compose::{Restarts, Scaled, Sequence, Warmup};
pub use cosine::Cosine;
pub use cosine_restarts::CosineRestarts;
pub use cyclic::{Cyclic, CyclicMode};
pub use exponential::Exponential;
pub use inverse_sqrt::InverseSqrt;
pub use linear::Linear;
pub use one_cycle::OneCycle;
pub use polynomial::Polynomial;
pub use step_decay::StepDecay;
pub use table::Table;
pub use warmup_cosine::WarmupCosine;
pub use warmup_stable_decay::WarmupStableDecay;
