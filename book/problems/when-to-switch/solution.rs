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
    let downhill = -dot(p, g);
    if downhill <= 0.0 {
        return None;
    }
    let estimate = dot(p, p) / downhill;
    watch.average = watch.beta * watch.average + (1.0 - watch.beta) * estimate;
    watch.estimates += 1;
    let corrected = watch.average / (1.0 - watch.beta.powi(watch.estimates));
    let agree = (corrected - estimate).abs() < watch.tolerance;
    (agree && watch.estimates > 1).then_some(corrected)
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}
