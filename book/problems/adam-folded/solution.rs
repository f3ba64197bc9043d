pub struct Adam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// The rate and the small number of step `t`, for moments that are not corrected.
pub fn folded(adam: &Adam, t: i32) -> (f64, f64) {
    let Adam { learning_rate, beta1, beta2, eps } = *adam;
    let root = (1.0 - beta2.powi(t)).sqrt();
    (learning_rate * root / (1.0 - beta1.powi(t)), eps * root)
}
