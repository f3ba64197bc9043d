//! What is timed: a rule, over so many parameters, in so many tensors.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// An optimizer that several libraries have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Plain gradient descent.
    Sgd,
    /// Gradient descent whose velocity is a sum of gradients, as in PyTorch.
    Momentum,
    /// Adam.
    Adam,
    /// AdamW.
    #[value(name = "adamw")]
    #[serde(rename = "adamw")]
    AdamW,
}

impl Rule {
    /// All of them, from the least memory traffic to the most.
    pub const ALL: [Self; 4] = [Self::Sgd, Self::Momentum, Self::Adam, Self::AdamW];

    /// How the rule is called in requests to workers, in the data file and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sgd => "sgd",
            Self::Momentum => "momentum",
            Self::Adam => "adam",
            Self::AdamW => "adamw",
        }
    }

    /// The settings under which the rule is timed.
    pub fn hyperparameters(self) -> Hyperparameters {
        let learning_rate = match self {
            Self::Sgd | Self::Momentum => 0.1,
            Self::Adam | Self::AdamW => 1e-3,
        };
        let weight_decay = if self == Self::AdamW { 0.01 } else { 0.0 };
        Hyperparameters {
            learning_rate,
            momentum: 0.9,
            beta1: 0.9,
            beta2: 0.999,
            eps: 1e-8,
            weight_decay,
        }
    }

    /// The bytes of memory that one step cannot avoid moving for each parameter in `f32`: θ is
    /// read and written, g is read, and every number of the state is read and written.
    pub fn bytes_per_parameter(self) -> u64 {
        let state = match self {
            Self::Sgd => 0,
            Self::Momentum => 1,
            Self::Adam | Self::AdamW => 2,
        };
        (2 + 1 + 2 * state) * 4
    }
}

/// All hyperparameters of all rules; a rule reads those it has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hyperparameters {
    /// η.
    pub learning_rate: f64,
    /// β of the velocity.
    pub momentum: f64,
    /// β₁ of Adam and AdamW.
    pub beta1: f64,
    /// β₂ of Adam and AdamW.
    pub beta2: f64,
    /// ε of Adam and AdamW, outside the root.
    pub eps: f64,
    /// λ of AdamW, multiplied by the learning rate.
    pub weight_decay: f64,
}

/// One thing to time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The optimizer.
    pub rule: Rule,
    /// How many parameters there are in all tensors together.
    pub parameters: usize,
    /// In how many tensors of one size they are kept.
    pub tensors: usize,
    /// The rule's settings.
    pub hyperparameters: Hyperparameters,
}

impl Case {
    /// How many parameters a tensor has.
    pub fn tensor_length(&self) -> usize {
        self.parameters / self.tensors
    }

    /// Where each tensor starts, counted in parameters.
    pub fn tensor_starts(&self) -> impl Iterator<Item = usize> {
        (0..self.parameters).step_by(self.tensor_length())
    }
}

/// The cases of these rules, in the order in which they are timed.
pub fn cases(rules: &[Rule], parameters: &[usize], tensors: &[usize]) -> Vec<Case> {
    let mut cases = Vec::new();
    for &rule in rules {
        for &tensors in tensors {
            for &parameters in parameters {
                let hyperparameters = rule.hyperparameters();
                cases.push(Case { rule, parameters, tensors, hyperparameters });
            }
        }
    }
    cases
}
