pub struct Adam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// Brings a coordinate up to date that has missed some steps since step `t`.
pub fn catch_up(adam: &Adam, t: i32, missed: i32, theta: &mut f64, m: &mut f64, v: &mut f64) {
    todo!()
}
