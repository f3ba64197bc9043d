pub struct AdamW {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
    pub weight_decay: f64,
}

/// One step of AdamW on every coordinate, in place.
pub fn adamw_step(
    adamw: &AdamW,
    t: i32,
    theta: &mut [f64],
    g: &[f64],
    m: &mut [f64],
    v: &mut [f64],
) {
    todo!()
}
