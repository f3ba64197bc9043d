/// One step in place; returns the point ahead of the new parameters.
pub fn look_ahead_step(
    curvatures: &[f64],
    learning_rate: f64,
    beta: f64,
    theta: &mut [f64],
    v: &mut [f64],
) -> Vec<f64> {
    let mut phi = vec![0.0; theta.len()];
    for (i, curvature) in curvatures.iter().enumerate() {
        let ahead = theta[i] - learning_rate * beta * v[i];
        v[i] = beta * v[i] + curvature * ahead;
        theta[i] -= learning_rate * v[i];
        phi[i] = theta[i] - learning_rate * beta * v[i];
    }
    phi
}
