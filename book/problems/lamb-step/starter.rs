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
    todo!()
}
