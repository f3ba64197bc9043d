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
    let Soap { learning_rate, beta1, beta2, eps } = *soap;
    let Moments { m, v } = moments;
    let into_axes = |x: Matrix| multiply(multiply(transpose(q_left), x), q_right);
    let turned = into_axes(g);
    for i in 0..2 {
        for j in 0..2 {
            v[i][j] = beta2 * v[i][j] + (1.0 - beta2) * turned[i][j] * turned[i][j];
            m[i][j] = beta1 * m[i][j] + (1.0 - beta1) * g[i][j];
        }
    }
    let turned_m = into_axes(*m);
    let step = |m: f64, v: f64| {
        let v_hat = v / (1.0 - beta2.powi(t));
        m / (1.0 - beta1.powi(t)) / (v_hat.sqrt() + eps)
    };
    let u = [0, 1].map(|i| [0, 1].map(|j| step(turned_m[i][j], v[i][j])));
    let back = multiply(multiply(q_left, u), transpose(q_right));
    for i in 0..2 {
        for j in 0..2 {
            w[i][j] -= learning_rate * back[i][j];
        }
    }
}
