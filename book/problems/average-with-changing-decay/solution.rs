/// The average of the gradients after each step, corrected for its start at zero. Step t averages
/// with the decay rate `beta[t - 1]`.
pub fn corrected_averages(g: &[f64], beta: &[f64]) -> Vec<f64> {
    let (mut m, mut arrived) = (0.0, 0.0);
    let mut corrected = Vec::new();
    for (g, beta) in g.iter().zip(beta) {
        m = beta * m + (1.0 - beta) * g;
        arrived = beta * arrived + (1.0 - beta);
        corrected.push(m / arrived);
    }
    corrected
}
