pub struct RAdam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// One step of RAdam on every coordinate, in place.
pub fn radam_step(
    radam: &RAdam,
    t: i32,
    theta: &mut [f64],
    g: &[f64],
    m: &mut [f64],
    v: &mut [f64],
) {
    todo!()
}
