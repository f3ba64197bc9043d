/// The sign of a number, 0 for 0.
fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// The multiple of sign(Xᵀy) that fits all labels, if there is one. `rows[i]` is example i.
pub fn lemma(rows: &[Vec<f64>], labels: &[f64]) -> Option<Vec<f64>> {
    let mut direction = vec![0.0; rows[0].len()];
    for (row, label) in rows.iter().zip(labels) {
        for (d, x) in direction.iter_mut().zip(row) {
            *d += label * x;
        }
    }
    let signs: Vec<f64> = direction.into_iter().map(sign).collect();
    let score = |row: &Vec<f64>| row.iter().zip(&signs).map(|(x, s)| x * s).sum::<f64>();
    let c = score(&rows[0]) / labels[0];
    let holds = rows.iter().zip(labels).all(|(row, y)| (score(row) - c * y).abs() <= 1e-9);
    (holds && c > 1e-9).then(|| signs.iter().map(|s| s / c).collect())
}
