/// The largest size of Adam's update at step t, in units of the learning rate, over all sequences
/// of gradients.
pub fn largest_step(beta1: f64, beta2: f64, t: i32) -> f64 {
    todo!()
}
