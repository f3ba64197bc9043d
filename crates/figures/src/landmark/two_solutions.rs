//! Which of two solutions Adam finds, by the size of its batches.

use crate::{Curves, Figure};
use lab::experiment::two_solutions::Solution;

/// The scores of new examples of either class against the batch size; a negative one is right below
/// zero.
pub fn two_solutions(batch_sizes: &[usize], solutions: &[Solution]) -> Figure {
    let sizes: Vec<f64> = batch_sizes.iter().map(|size| *size as f64).collect();
    let scores = |of: fn(&Solution) -> f64| solutions.iter().map(of).collect::<Vec<_>>();
    Curves::new(
        "Two solutions of one regression",
        "The score that a fitted model gives to a new positive and to a new negative example, against the \
         size of the batches it was fitted with. A score above 0 is read as positive.",
    )
    .axes("batch size", "score of a new example")
    .log_x()
    .level("border between the classes", 0.0)
    .marked_curve("a positive example", &sizes, &scores(|solution| solution.positive_score))
    .marked_curve("a negative example", &sizes, &scores(|solution| solution.negative_score))
    .figure()
}
