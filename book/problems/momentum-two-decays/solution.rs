pub struct Sgd {
    pub learning_rate: f64,
    pub momentum: f64,
    pub l2: f64,
    pub weight_decay: f64,
}

/// One step of SGD with momentum, L2 regularization and decoupled weight decay, in place.
pub fn sgd_step(sgd: &Sgd, theta: &mut [f64], g: &[f64], velocity: &mut [f64]) {
    let Sgd { learning_rate, momentum, l2, weight_decay } = *sgd;
    for (i, &g) in g.iter().enumerate() {
        velocity[i] = momentum * velocity[i] + g + l2 * theta[i];
        theta[i] -= learning_rate * (velocity[i] + weight_decay * theta[i]);
    }
}
