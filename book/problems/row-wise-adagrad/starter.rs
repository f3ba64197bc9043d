pub struct RowWiseAdagrad {
    pub learning_rate: f64,
    pub eps: f64,
}

/// One step on the rows that were looked up, in place.
pub fn update_rows(
    rule: &RowWiseAdagrad,
    table: &mut [f64],
    sums: &mut [f64],
    width: usize,
    rows: &[usize],
    gradients: &[f64],
) {
    todo!()
}
