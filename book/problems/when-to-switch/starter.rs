pub struct Watch {
    pub beta: f64,
    pub tolerance: f64,
    /// The moving average of all estimates so far, without correction.
    pub average: f64,
    /// How many estimates there have been.
    pub estimates: i32,
}

/// Takes in one step of Adam; the rate for SGD, once estimate and average agree.
pub fn observe(watch: &mut Watch, p: &[f64], g: &[f64]) -> Option<f64> {
    todo!()
}
