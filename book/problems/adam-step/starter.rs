pub struct Adam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// One step of Adam on every coordinate, in place.
pub fn adam_step(adam: &Adam, t: i32, theta: &mut [f64], g: &[f64], m: &mut [f64], v: &mut [f64]) {
    todo!()
}
