pub struct Lion {
    pub beta1: f64,
    pub beta2: f64,
    pub weight_decay: f64,
}

/// One step of Lion on every coordinate, in place.
pub fn lion_step(lion: &Lion, learning_rate: f64, theta: &mut [f64], g: &[f64], m: &mut [f64]) {
    todo!()
}
