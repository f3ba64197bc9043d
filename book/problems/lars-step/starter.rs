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
    todo!()
}
