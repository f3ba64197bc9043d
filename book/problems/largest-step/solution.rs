/// The largest size of Adam's update at step t, in units of the learning rate, over all sequences
/// of gradients.
pub fn largest_step(beta1: f64, beta2: f64, t: i32) -> f64 {
    // What the corrected average gives to the gradient of step i.
    let weight = |beta: f64, i: i32| (1.0 - beta) * beta.powi(t - i) / (1.0 - beta.powi(t));
    let mut sum = 0.0;
    for i in 1..=t {
        let (a, b) = (weight(beta1, i), weight(beta2, i));
        sum += a * a / b;
    }
    sum.sqrt()
}
