pub struct ScheduleFree {
    pub learning_rate: f64,
    pub beta1: f64,
    pub weight_decay: f64,
}

/// Step `t`, in place; `gradient` gives the gradient at any point.
pub fn schedule_free_step(
    rule: &ScheduleFree,
    t: u64,
    z: &mut [f64],
    x: &mut [f64],
    gradient: impl Fn(&[f64]) -> Vec<f64>,
) {
    let ScheduleFree { learning_rate, beta1, weight_decay } = *rule;
    let y: Vec<f64> = z.iter().zip(x.iter()).map(|(z, x)| (1.0 - beta1) * z + beta1 * x).collect();
    let g = gradient(&y);
    let c = 1.0 / t as f64;
    for (i, (y, g)) in y.iter().zip(&g).enumerate() {
        z[i] -= learning_rate * (g + weight_decay * y);
        x[i] = (1.0 - c) * x[i] + c * z[i];
    }
}
