/// The average of the gradients after each step, corrected for its start at zero. Step t averages
/// with the decay rate `beta[t - 1]`.
pub fn corrected_averages(g: &[f64], beta: &[f64]) -> Vec<f64> {
    todo!()
}
