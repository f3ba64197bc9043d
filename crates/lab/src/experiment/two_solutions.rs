//! A regression that gradient descent and adaptive methods solve in two ways, one of which is wrong.
//!
//! Wilson, Roelofs, Stern, Srebro and Recht (2017, section 3) build a classification problem with more
//! features than examples. One feature is the label; two are 1 for everyone; each example has features
//! of its own, one if it is positive and five if it is negative. Gradient descent finds the solution of
//! least norm, which looks at the label; methods that divide by the root of summed squares find one
//! proportional to sign(Xᵀy), which calls every new example positive (their lemma 3.1).
//!
//! Ours reproduces both to the last digit, and then how narrow it is: batches of at most ten examples,
//! ε of 0.02 or decoupled decay of 1 each bring Adam to the right solution. The construction proves
//! that such a thing is possible. Whether it happens in practice it leaves open, and Choi et al. (2019)
//! find that with ε among the tuned settings it does not.

use crate::LabError;
use crate::data::{Dataset, Pairs};
use crate::linalg::{dot, matmul};
use crate::random::{Purpose, Stream};
use crate::walker::Walker;
use descent::Rule;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// The problem with this many positive and negative examples: n × (3 + 5 n) inputs and labels of ±1.
pub fn problem(positive: usize, negative: usize) -> Pairs {
    let count = positive + negative;
    let label = |example: usize| if example < positive { 1.0 } else { -1.0 };
    let inputs =
        Array2::from_shape_fn((count, 3 + 5 * count), |(example, feature)| match feature {
            0 => label(example),
            1 | 2 => 1.0,
            _ => {
                let (owner, place) = ((feature - 3) / 5, (feature - 3) % 5);
                let own = owner == example && (place == 0 || label(example) < 0.0);
                f64::from(own)
            }
        });
    Pairs { inputs, targets: Array2::from_shape_fn((count, 1), |(example, _)| label(example)) }
}

/// What a run on the problem ended with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Solution {
    /// Half the mean squared error on the examples.
    pub training_loss: f64,
    /// The score of a new example whose label is positive; it should be above 0.
    pub positive_score: f64,
    /// The score of a new example whose label is negative; it should be below 0.
    pub negative_score: f64,
    /// The norm of the weights.
    pub norm: f64,
    /// The cosine between the weights and sign(Xᵀy).
    pub cosine_to_signs: f64,
}

impl Solution {
    /// The share of new examples that are misclassified, if `positive` of them are positive.
    pub fn test_error(&self, positive: f64) -> f64 {
        let missed = f64::from(self.positive_score <= 0.0);
        let mistaken = f64::from(self.negative_score > 0.0);
        positive * missed + (1.0 - positive) * mistaken
    }
}

/// How a run draws its gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Batch {
    /// From all examples.
    Full,
    /// From this many, drawn with replacement, with this seed.
    Drawn {
        /// How many.
        size: usize,
        /// The seed.
        seed: u64,
    },
}

/// Fits the problem by least squares from zero weights.
///
/// # Errors
/// If the rule refuses its settings.
pub fn solve(
    pairs: &Pairs,
    rule: impl Rule<f64>,
    learning_rate: f64,
    batch: Batch,
    steps: usize,
) -> Result<Solution, LabError> {
    let mut walker = Walker::new(rule, learning_rate, vec![0.0; pairs.inputs.ncols()])?;
    let residuals = |weights: &[f64], pairs: &Pairs| -> Vec<f64> {
        let scores = pairs
            .inputs
            .rows()
            .into_iter()
            .map(|row| dot(row.as_slice().expect("rows are contiguous"), weights));
        scores.zip(&pairs.targets).map(|(score, target)| score - target).collect()
    };
    let seed = if let Batch::Drawn { seed, .. } = batch { seed } else { 0 };
    let mut stream = Stream::new(seed, Purpose::Batches);
    for _ in 0..steps {
        let drawn = match batch {
            Batch::Full => None,
            Batch::Drawn { size, .. } => {
                let indices: Vec<usize> = (0..size).map(|_| stream.below(pairs.len())).collect();
                Some(pairs.select(&indices))
            }
        };
        let seen = drawn.as_ref().unwrap_or(pairs);
        walker.step(|_, weights| {
            let residuals = residuals(weights, seen);
            let column = Array2::from_shape_vec((residuals.len(), 1), residuals);
            let column = column.expect("one residual an example");
            matmul(seen.inputs.t(), column.view()) / seen.len() as f64
        })?;
    }
    let weights = walker.position();
    let errors = residuals(weights, pairs);
    let signs: Vec<f64> = matmul(pairs.inputs.t(), pairs.targets.view())
        .iter()
        .map(|x| if *x == 0.0 { 0.0 } else { x.signum() })
        .collect();
    // A new example's own features have never been seen, so their weights are zero.
    let shared = weights[1] + weights[2];
    let norm = dot(weights, weights).sqrt();
    Ok(Solution {
        training_loss: 0.5 * dot(&errors, &errors) / errors.len() as f64,
        positive_score: weights[0] + shared,
        negative_score: shared - weights[0],
        norm,
        cosine_to_signs: dot(weights, &signs) / (norm * dot(&signs, &signs).sqrt()),
    })
}
