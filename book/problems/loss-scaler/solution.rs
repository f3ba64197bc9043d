pub struct LossScaler {
    pub scale: f64,
    pub growth_interval: u64,
    pub clean_steps: u64,
}

/// Divides the scale out of the gradients; gives whether the step is to be taken.
pub fn unscale(scaler: &mut LossScaler, gradients: &mut [f64]) -> bool {
    if gradients.iter().any(|g| !g.is_finite()) {
        scaler.scale = (scaler.scale / 2.0).max(1.0);
        scaler.clean_steps = 0;
        return false;
    }
    for g in gradients.iter_mut() {
        *g /= scaler.scale;
    }
    scaler.clean_steps += 1;
    if scaler.clean_steps == scaler.growth_interval {
        scaler.scale *= 2.0;
        scaler.clean_steps = 0;
    }
    true
}
