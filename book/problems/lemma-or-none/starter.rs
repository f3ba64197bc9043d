/// The multiple of sign(Xᵀy) that fits all labels, if there is one. `rows[i]` is example i.
pub fn lemma(rows: &[Vec<f64>], labels: &[f64]) -> Option<Vec<f64>> {
    todo!()
}
