/// The eigenvalue of the Hessian at `theta` that is largest in magnitude, by power iteration.
pub fn sharpness(
    gradient: impl Fn(&[f64]) -> Vec<f64>,
    theta: &[f64],
    start: &[f64],
    delta: f64,
    products: usize,
) -> f64 {
    let moved = |d: &[f64], by: f64| -> Vec<f64> {
        let point: Vec<f64> = theta.iter().zip(d).map(|(x, d)| x + by * d).collect();
        gradient(&point)
    };
    let mut d = of_length_one(start);
    let mut estimate = 0.0;
    for _ in 0..products {
        let (ahead, behind) = (moved(&d, delta), moved(&d, -delta));
        let product: Vec<f64> =
            ahead.iter().zip(&behind).map(|(a, b)| (a - b) / (2.0 * delta)).collect();
        if product.iter().all(|x| *x == 0.0) {
            return 0.0;
        }
        estimate = dot(&d, &product);
        d = of_length_one(&product);
    }
    estimate
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn of_length_one(x: &[f64]) -> Vec<f64> {
    let length = dot(x, x).sqrt();
    x.iter().map(|x| x / length).collect()
}
