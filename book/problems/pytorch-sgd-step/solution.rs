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
    let Sgd { momentum, dampening, nesterov } = *sgd;
    let gain = if step == 1 { 1.0 } else { 1.0 - dampening };
    for (i, &g) in g.iter().enumerate() {
        v[i] = momentum * v[i] + gain * g;
        let direction = if nesterov { g + momentum * v[i] } else { v[i] };
        theta[i] -= learning_rate * direction;
    }
}
