pub struct Adam {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// One step of lazy Adam on a table, in place.
pub fn lazy_adam(
    adam: &Adam,
    t: i32,
    width: usize,
    table: &mut [f64],
    g: &[f64],
    m: &mut [f64],
    v: &mut [f64],
) {
    let Adam { learning_rate, beta1, beta2, eps } = *adam;
    for row in 0..table.len() / width {
        let entries = row * width..(row + 1) * width;
        if g[entries.clone()].iter().all(|g| *g == 0.0) {
            continue;
        }
        for i in entries {
            m[i] = beta1 * m[i] + (1.0 - beta1) * g[i];
            v[i] = beta2 * v[i] + (1.0 - beta2) * g[i] * g[i];
            let m_hat = m[i] / (1.0 - beta1.powi(t));
            let v_hat = v[i] / (1.0 - beta2.powi(t));
            table[i] -= learning_rate * m_hat / (v_hat.sqrt() + eps);
        }
    }
}
