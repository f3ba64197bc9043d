pub struct Measured {
    pub update_rms: f64,
    pub update_ratios: Vec<f64>,
}

/// What one step did to the layers of a model.
pub fn measure(before: &[Vec<f64>], after: &[Vec<f64>], learning_rate: f64) -> Measured {
    todo!()
}
