/// The mean rise of the loss when each weight is multiplied by a draw of mean 1.
pub fn rise_under_noise(
    loss: &dyn Fn(&[f64]) -> f64,
    theta: &[f64],
    draws: &[Vec<f64>],
    spread: f64,
) -> f64 {
    todo!()
}
