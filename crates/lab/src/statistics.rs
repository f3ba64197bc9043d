//! Means and spreads of a few numbers, summed in order.

/// The arithmetic mean; NaN for no values.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean squared distance from the mean (dividing by n); NaN for no values.
pub fn variance(values: &[f64]) -> f64 {
    let center = mean(values);
    values.iter().map(|x| (x - center) * (x - center)).sum::<f64>() / values.len() as f64
}

/// The square root of the mean square; NaN for no values.
pub fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64).sqrt()
}

/// The middle value, or the mean of the two middle ones; NaN for no values.
pub fn median(values: &[f64]) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// The value below which this share of `sorted` values lies, linear between neighbors; NaN for no
/// values.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// The mean of every `window` neighbors: fewer values than there were by `window` − 1, or none.
pub fn moving_mean(values: &[f64], window: usize) -> Vec<f64> {
    values.windows(window.max(1)).map(mean).collect()
}

/// The slope of the straight line through the points (x, y) with the least squared error.
pub fn slope(x: &[f64], y: &[f64]) -> f64 {
    let (center_x, center_y) = (mean(x), mean(y));
    let products = x.iter().zip(y).map(|(x, y)| (x - center_x) * (y - center_y)).sum::<f64>();
    products / x.iter().map(|x| (x - center_x) * (x - center_x)).sum::<f64>()
}

/// `count` numbers from `low` to `high`, both included, in equal ratios. Both must be positive.
pub fn geometric(low: f64, high: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|i| low * libm::pow(high / low, i as f64 / last)).collect()
}

/// `count` numbers from `low` to `high`, both included, at equal distances.
pub fn linear(low: f64, high: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|i| low + (high - low) * (i as f64 / last)).collect()
}
