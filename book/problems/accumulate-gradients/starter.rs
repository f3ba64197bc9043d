/// The mean gradient over all examples, from each part's mean gradient and its number of examples.
pub fn accumulate(parts: &[Vec<f64>], counts: &[u32]) -> Vec<f64> {
    todo!()
}
