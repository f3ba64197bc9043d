/// What the values are after they have been kept in blocks and read again.
pub fn there_and_back(values: &[f64], length: usize, levels: &[f64]) -> Vec<f64> {
    todo!()
}
