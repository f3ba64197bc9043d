pub struct CosineRestarts {
    pub peak: f64,
    pub min_lr: f64,
    pub first_period: u64,
    pub period_mult: u64,
}

/// The learning rate of a step; the first step is 1.
pub fn learning_rate(schedule: &CosineRestarts, step: u64) -> f64 {
    todo!()
}
