pub struct Adam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// Brings a coordinate up to date that has missed some steps since step `t`.
pub fn catch_up(adam: &Adam, t: i32, missed: i32, theta: &mut f64, m: &mut f64, v: &mut f64) {
    let Adam { learning_rate, beta1, beta2, eps } = *adam;
    for step in t + 1..=t + missed {
        *m *= beta1;
        *v *= beta2;
        let m_hat = *m / (1.0 - beta1.powi(step));
        let v_hat = *v / (1.0 - beta2.powi(step));
        *theta -= learning_rate * m_hat / (v_hat.sqrt() + eps);
    }
}
