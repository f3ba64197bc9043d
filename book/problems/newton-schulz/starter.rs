/// The product of a matrix of `rows` by `inner` and one of `inner` by `columns`.
pub fn multiply(a: &[f64], b: &[f64], rows: usize, inner: usize, columns: usize) -> Vec<f64> {
    let entry =
        |i: usize, j: usize| (0..inner).map(|k| a[i * inner + k] * b[k * columns + j]).sum();
    (0..rows * columns).map(|place| entry(place / columns, place % columns)).collect()
}

/// The transpose of a matrix of `rows` by `columns`.
pub fn transpose(a: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    (0..rows * columns).map(|place| a[place % rows * columns + place / rows]).collect()
}

/// Newton–Schulz: singular values towards 1, singular vectors as they are.
pub fn orthogonalize(x: &[f64], rows: usize, columns: usize, steps: usize) -> Vec<f64> {
    todo!()
}
