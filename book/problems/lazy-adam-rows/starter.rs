pub struct Adam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// One step of lazy Adam on a table, in place.
pub fn lazy_adam(
    adam: &Adam,
    t: i32,
    width: usize,
    table: &mut [f64],
    g: &[f64],
    m: &mut [f64],
    v: &mut [f64],
) {
    todo!()
}
