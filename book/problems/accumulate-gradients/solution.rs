/// The mean gradient over all examples, from each part's mean gradient and its number of examples.
pub fn accumulate(parts: &[Vec<f64>], counts: &[u32]) -> Vec<f64> {
    let total: u32 = counts.iter().sum();
    let mut mean = vec![0.0; parts[0].len()];
    for (part, &count) in parts.iter().zip(counts) {
        let share = f64::from(count) / f64::from(total);
        for (sum, g) in mean.iter_mut().zip(part) {
            *sum += share * g;
        }
    }
    mean
}
