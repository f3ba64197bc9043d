/// One step in place; returns the point ahead of the new parameters.
pub fn look_ahead_step(
    curvatures: &[f64],
    learning_rate: f64,
    beta: f64,
    theta: &mut [f64],
    v: &mut [f64],
) -> Vec<f64> {
    todo!()
}
