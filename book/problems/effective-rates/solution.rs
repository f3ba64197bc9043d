/// The rate of every coordinate after step `t`.
pub fn effective_rates(learning_rate: f64, beta2: f64, eps: f64, t: i32, v: &[f64]) -> Vec<f64> {
    let arrived = 1.0 - beta2.powi(t);
    v.iter().map(|&v| learning_rate / ((v / arrived).sqrt() + eps)).collect()
}
