pub struct Lamb {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
    pub weight_decay: f64,
    pub max_norm: f64,
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// One step of LAMB on one layer, in place.
pub fn lamb_step(lamb: &Lamb, t: i32, theta: &mut [f64], g: &[f64], m: &mut [f64], v: &mut [f64]) {
    let Lamb { learning_rate, beta1, beta2, eps, weight_decay, max_norm } = *lamb;
    let mut ratios = vec![0.0; g.len()];
    for (i, &g) in g.iter().enumerate() {
        m[i] = beta1 * m[i] + (1.0 - beta1) * g;
        v[i] = beta2 * v[i] + (1.0 - beta2) * g * g;
        let m_hat = m[i] / (1.0 - beta1.powi(t));
        let v_hat = v[i] / (1.0 - beta2.powi(t));
        ratios[i] = m_hat / (v_hat.sqrt() + eps);
    }
    let u: Vec<f64> =
        ratios.iter().zip(&*theta).map(|(r, theta)| r + weight_decay * theta).collect();
    let (theta_norm, u_norm) = (norm(theta), norm(&u));
    let trust =
        if theta_norm == 0.0 || u_norm == 0.0 { 1.0 } else { theta_norm.min(max_norm) / u_norm };
    for (theta, u) in theta.iter_mut().zip(&u) {
        *theta -= learning_rate * trust * u;
    }
}
