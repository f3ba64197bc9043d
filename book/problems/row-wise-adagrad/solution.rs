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
    for (&row, gradient) in rows.iter().zip(gradients.chunks_exact(width)) {
        sums[row] += gradient.iter().map(|g| g * g).sum::<f64>() / width as f64;
        let rate = rule.learning_rate / (sums[row].sqrt() + rule.eps);
        for (x, g) in table[row * width..(row + 1) * width].iter_mut().zip(gradient) {
            *x -= rate * g;
        }
    }
}
