pub struct WarmupCosine {
    pub peak: f64,
    pub min_lr: f64,
    pub warmup_steps: u64,
    pub total_steps: u64,
}

/// The learning rate of a step; the first step is 1.
pub fn learning_rate(schedule: &WarmupCosine, step: u64) -> f64 {
    let WarmupCosine { peak, min_lr, warmup_steps, total_steps } = *schedule;
    if step <= warmup_steps {
        return peak * step as f64 / warmup_steps as f64;
    }
    let decay_steps = total_steps - warmup_steps;
    let before = (step - warmup_steps - 1).min(decay_steps);
    let progress = before as f64 / decay_steps as f64;
    min_lr + (peak - min_lr) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
}
