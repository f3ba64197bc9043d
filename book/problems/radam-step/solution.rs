pub struct RAdam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// One step of RAdam on every coordinate, in place.
pub fn radam_step(
    radam: &RAdam,
    t: i32,
    theta: &mut [f64],
    g: &[f64],
    m: &mut [f64],
    v: &mut [f64],
) {
    let RAdam { learning_rate, beta1, beta2, eps } = *radam;
    let decayed = beta2.powi(t);
    let most = 2.0 / (1.0 - beta2) - 1.0;
    let rho = most - 2.0 * f64::from(t) * decayed / (1.0 - decayed);
    let factor = (rho - 4.0) * (rho - 2.0) * most / ((most - 4.0) * (most - 2.0) * rho);
    for (i, &g) in g.iter().enumerate() {
        m[i] = beta1 * m[i] + (1.0 - beta1) * g;
        v[i] = beta2 * v[i] + (1.0 - beta2) * g * g;
        let m_hat = m[i] / (1.0 - beta1.powi(t));
        if rho > 5.0 {
            let v_hat = v[i] / (1.0 - decayed);
            theta[i] -= learning_rate * factor.sqrt() * m_hat / (v_hat.sqrt() + eps);
        } else {
            theta[i] -= learning_rate * m_hat;
        }
    }
}
