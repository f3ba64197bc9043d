pub struct Sgd {
    pub momentum: f64,
    pub dampening: f64,
    pub nesterov: bool,
}

/// One step in place; `step` is 1 at the first, and `v` is zero before it.
pub fn sgd_step(
    sgd: &Sgd,
    step: u64,
    learning_rate: f64,
    theta: &mut [f64],
    g: &[f64],
    v: &mut [f64],
) {
    todo!()
}
