/// The eigenvalue of the Hessian at `theta` that is largest in magnitude, by power iteration.
pub fn sharpness(
    gradient: impl Fn(&[f64]) -> Vec<f64>,
    theta: &[f64],
    start: &[f64],
    delta: f64,
    products: usize,
) -> f64 {
    todo!()
}
