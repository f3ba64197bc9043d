/// The factor by which a step of the heavy ball multiplies the error in the long run.
pub fn factor(curvatures: &[f64], learning_rate: f64, beta: f64) -> f64 {
    todo!()
}
