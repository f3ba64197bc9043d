/// One step of sign descent with error feedback, in place.
pub fn ef_sign_step(learning_rate: f64, theta: &mut [f64], g: &[f64], e: &mut [f64]) {
    todo!()
}
