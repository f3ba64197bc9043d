pub struct CosineRestarts {
    pub peak: f64,
    pub min_lr: f64,
    pub first_period: u64,
    pub period_mult: u64,
}

/// The learning rate of a step; the first step is 1.
pub fn learning_rate(schedule: &CosineRestarts, step: u64) -> f64 {
    let CosineRestarts { peak, min_lr, first_period, period_mult } = *schedule;
    let mut into = step - 1;
    let mut period = first_period;
    while into >= period {
        into -= period;
        period *= period_mult;
    }
    let progress = into as f64 / period as f64;
    min_lr + 0.5 * (peak - min_lr) * (1.0 + (std::f64::consts::PI * progress).cos())
}
