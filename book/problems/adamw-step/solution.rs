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
    let AdamW { learning_rate, beta1, beta2, eps, weight_decay } = *adamw;
    for (i, &g) in g.iter().enumerate() {
        m[i] = beta1 * m[i] + (1.0 - beta1) * g;
        v[i] = beta2 * v[i] + (1.0 - beta2) * g * g;
        let m_hat = m[i] / (1.0 - beta1.powi(t));
        let v_hat = v[i] / (1.0 - beta2.powi(t));
        let direction = m_hat / (v_hat.sqrt() + eps) + weight_decay * theta[i];
        theta[i] -= learning_rate * direction;
    }
}
