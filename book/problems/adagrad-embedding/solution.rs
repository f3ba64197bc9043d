/// One step of Adagrad on the rows that occur in a batch, in place.
pub fn adagrad_rows(
    learning_rate: f64,
    eps: f64,
    width: usize,
    theta: &mut [f64],
    s: &mut [f64],
    rows: &[usize],
    gradients: &[f64],
) {
    for (k, &row) in rows.iter().enumerate() {
        // A row moves once, at the first of its places.
        if rows[..k].contains(&row) {
            continue;
        }
        for j in 0..width {
            let places = (0..rows.len()).filter(|&place| rows[place] == row);
            let g: f64 = places.map(|place| gradients[place * width + j]).sum();
            let i = row * width + j;
            s[i] += g * g;
            theta[i] -= learning_rate * g / (s[i].sqrt() + eps);
        }
    }
}
