pub struct LossScaler {
    pub scale: f64,
    pub growth_interval: u64,
    pub clean_steps: u64,
}

/// Divides the scale out of the gradients; gives whether the step is to be taken.
pub fn unscale(scaler: &mut LossScaler, gradients: &mut [f64]) -> bool {
    todo!()
}
