pub type Matrix = [[f64; 2]; 2];

pub fn multiply(a: Matrix, b: Matrix) -> Matrix {
    a.map(|row| [0, 1].map(|j| row[0] * b[0][j] + row[1] * b[1][j]))
}

pub fn transpose(a: Matrix) -> Matrix {
    [[a[0][0], a[1][0]], [a[0][1], a[1][1]]]
}

pub fn add(a: Matrix, b: Matrix) -> Matrix {
    [0, 1].map(|i| [0, 1].map(|j| a[i][j] + b[i][j]))
}

/// A symmetric positive matrix to a power: that of its eigenvalues.
pub fn power(a: Matrix, exponent: f64) -> Matrix {
    let (sin, cos) = (0.5 * (2.0 * a[0][1]).atan2(a[0][0] - a[1][1])).sin_cos();
    let vectors = [[cos, -sin], [sin, cos]];
    let values = multiply(multiply(transpose(vectors), a), vectors);
    let powers = [[values[0][0].powf(exponent), 0.0], [0.0, values[1][1].powf(exponent)]];
    multiply(multiply(vectors, powers), transpose(vectors))
}

/// One step of Shampoo, in place.
pub fn shampoo_step(
    learning_rate: f64,
    w: &mut Matrix,
    g: Matrix,
    left: &mut Matrix,
    right: &mut Matrix,
) {
    todo!()
}
