pub struct WarmupCosine {
    pub peak: f64,
    pub min_lr: f64,
    pub warmup_steps: u64,
    pub total_steps: u64,
}

/// The learning rate of a step; the first step is 1.
pub fn learning_rate(schedule: &WarmupCosine, step: u64) -> f64 {
    todo!()
}
