pub struct Adam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// The rate and the small number of step `t`, for moments that are not corrected.
pub fn folded(adam: &Adam, t: i32) -> (f64, f64) {
    todo!()
}
