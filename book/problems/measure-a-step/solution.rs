pub struct Measured {
    pub update_rms: f64,
    pub update_ratios: Vec<f64>,
}

/// What one step did to the layers of a model.
pub fn measure(before: &[Vec<f64>], after: &[Vec<f64>], learning_rate: f64) -> Measured {
    let (mut squares, mut count) = (0.0, 0);
    let mut update_ratios = Vec::new();
    for (old, new) in before.iter().zip(after) {
        let change: f64 = old.iter().zip(new).map(|(x, y)| (y - x) * (y - x)).sum();
        let weight: f64 = old.iter().map(|x| x * x).sum();
        update_ratios.push((change / weight).sqrt());
        squares += change;
        count += old.len();
    }
    Measured { update_rms: (squares / count as f64).sqrt() / learning_rate, update_ratios }
}
