pub struct AmsGrad {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// One step of AMSGrad on every coordinate, in place.
pub fn amsgrad_step(
    amsgrad: &AmsGrad,
    t: i32,
    theta: &mut [f64],
    g: &[f64],
    m: &mut [f64],
    v: &mut [f64],
    w: &mut [f64],
) {
    todo!()
}
