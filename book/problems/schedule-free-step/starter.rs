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
    todo!()
}
