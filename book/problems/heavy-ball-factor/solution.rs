/// The factor by which a step of the heavy ball multiplies the error in the long run.
pub fn factor(curvatures: &[f64], learning_rate: f64, beta: f64) -> f64 {
    let moduli = curvatures.iter().map(|curvature| {
        let sum = 1.0 + beta - learning_rate * curvature;
        let discriminant = sum * sum - 4.0 * beta;
        if discriminant < 0.0 { beta.sqrt() } else { (sum.abs() + discriminant.sqrt()) / 2.0 }
    });
    moduli.fold(0.0, f64::max)
}
