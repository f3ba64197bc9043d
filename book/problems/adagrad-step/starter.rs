/// One step of Adagrad on every coordinate, in place.
pub fn adagrad_step(learning_rate: f64, eps: f64, theta: &mut [f64], g: &[f64], s: &mut [f64]) {
    todo!()
}
