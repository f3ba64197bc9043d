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
    let [a, b, c] = [3.4445, -4.7750, 2.0315];
    let norm = x.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-7);
    let mut x: Vec<f64> = x.iter().map(|x| x / norm).collect();
    for _ in 0..steps {
        let gram = multiply(&x, &transpose(&x, rows, columns), rows, columns, rows);
        let square = multiply(&gram, &gram, rows, rows, rows);
        let polynomial: Vec<f64> = gram.iter().zip(&square).map(|(g, s)| b * g + c * s).collect();
        let bent = multiply(&polynomial, &x, rows, rows, columns);
        x = x.iter().zip(&bent).map(|(x, y)| a * x + y).collect();
    }
    x
}
