pub struct Lion {
    pub beta1: f64,
    pub beta2: f64,
    pub weight_decay: f64,
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// One step of Lion on every coordinate, in place.
pub fn lion_step(lion: &Lion, learning_rate: f64, theta: &mut [f64], g: &[f64], m: &mut [f64]) {
    let Lion { beta1, beta2, weight_decay } = *lion;
    for ((theta, &g), m) in theta.iter_mut().zip(g).zip(m) {
        let c = beta1 * *m + (1.0 - beta1) * g;
        *theta -= learning_rate * (sign(c) + weight_decay * *theta);
        *m = beta2 * *m + (1.0 - beta2) * g;
    }
}
