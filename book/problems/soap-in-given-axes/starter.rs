pub type Matrix = [[f64; 2]; 2];

pub fn multiply(a: Matrix, b: Matrix) -> Matrix {
    a.map(|row| [0, 1].map(|j| row[0] * b[0][j] + row[1] * b[1][j]))
}

pub fn transpose(a: Matrix) -> Matrix {
    [[a[0][0], a[1][0]], [a[0][1], a[1][1]]]
}

pub struct Soap {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
}

/// What is kept: the first moment in the weights' coordinates, the second in the axes.
pub struct Moments {
    pub m: Matrix,
    pub v: Matrix,
}

/// One step in these axes, in place.
pub fn soap_step(
    soap: &Soap,
    t: i32,
    w: &mut Matrix,
    g: Matrix,
    moments: &mut Moments,
    [q_left, q_right]: [Matrix; 2],
) {
    todo!()
}
