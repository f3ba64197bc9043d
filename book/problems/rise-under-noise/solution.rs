/// The mean rise of the loss when each weight is multiplied by a draw of mean 1.
pub fn rise_under_noise(
    loss: &dyn Fn(&[f64]) -> f64,
    theta: &[f64],
    draws: &[Vec<f64>],
    spread: f64,
) -> f64 {
    let here = loss(theta);
    let mut total = 0.0;
    for draw in draws {
        let moved: Vec<f64> = theta.iter().zip(draw).map(|(w, z)| w * (1.0 + spread * z)).collect();
        total += loss(&moved) - here;
    }
    total / draws.len() as f64
}
