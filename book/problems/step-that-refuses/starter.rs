/// One step of gradient descent, in place, or the index of the first gradient that is not finite.
pub fn step(theta: &mut [f64], g: &[f64], learning_rate: f64) -> Result<(), usize> {
    todo!()
}
