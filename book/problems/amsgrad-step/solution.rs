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
    let AmsGrad { learning_rate, beta1, beta2, eps } = *amsgrad;
    for (i, &g) in g.iter().enumerate() {
        m[i] = beta1 * m[i] + (1.0 - beta1) * g;
        v[i] = beta2 * v[i] + (1.0 - beta2) * g * g;
        w[i] = w[i].max(v[i]);
        let m_hat = m[i] / (1.0 - beta1.powi(t));
        let w_hat = w[i] / (1.0 - beta2.powi(t));
        theta[i] -= learning_rate * m_hat / (w_hat.sqrt() + eps);
    }
}
