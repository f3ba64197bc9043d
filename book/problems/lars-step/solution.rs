pub struct Lars {
    pub trust_coefficient: f64,
    pub weight_decay: f64,
    pub momentum: f64,
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// One step of LARS on all layers, in place.
pub fn lars_step(
    lars: &Lars,
    learning_rate: f64,
    theta: &mut [Vec<f64>],
    g: &[Vec<f64>],
    b: &mut [Vec<f64>],
) {
    let Lars { trust_coefficient, weight_decay, momentum } = *lars;
    for ((theta, g), b) in theta.iter_mut().zip(g).zip(b) {
        let u: Vec<f64> =
            g.iter().zip(&*theta).map(|(g, theta)| g + weight_decay * theta).collect();
        let (theta_norm, u_norm) = (norm(theta), norm(&u));
        let trust = if theta_norm == 0.0 || u_norm == 0.0 {
            1.0
        } else {
            trust_coefficient * theta_norm / u_norm
        };
        for ((theta, u), b) in theta.iter_mut().zip(&u).zip(b) {
            *b = momentum * *b + learning_rate * trust * u;
            *theta -= *b;
        }
    }
}
