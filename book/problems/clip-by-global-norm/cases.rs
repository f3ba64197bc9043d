fn record(cases: &mut Cases, what: &str, mut gradients: Vec<Vec<f64>>, limit: f64) {
    let norm = clip_by_global_norm(&mut gradients, limit);
    cases.value(format!("the norm returned for {what}"), norm);
    for (tensor, gradient) in gradients.iter().enumerate() {
        cases.values(format!("tensor {tensor} after clipping {what}"), gradient);
    }
}

pub fn run(cases: &mut Cases) {
    record(cases, "(3, -4) and (0, 12) at 6.5", vec![vec![3.0, -4.0], vec![0.0, 12.0]], 6.5);
    record(cases, "(3, -4) and (0, 12) at 20", vec![vec![3.0, -4.0], vec![0.0, 12.0]], 20.0);
    record(cases, "a gradient whose norm is the limit", vec![vec![3.0], vec![4.0]], 5.0);
    record(cases, "a gradient of zeros at 1", vec![vec![0.0, 0.0], vec![0.0]], 1.0);
    record(cases, "one coordinate of -7 at 2", vec![vec![-7.0]], 2.0);
    record(cases, "a tiny gradient at 1", vec![vec![1e-6, -2e-6], vec![3e-6]], 1.0);
    record(cases, "many equal coordinates at 1", vec![vec![0.3; 8], vec![0.3; 8]], 1.0);
    for limit in [0.5, 1.0, 5.0] {
        for draw in 0..5 {
            let size = [0.01, 0.3, 1.0, 10.0, 1000.0][draw];
            let gradients = [3, 1, 4].map(|count| cases.uniforms(count, -size, size)).to_vec();
            let what = format!("three tensors with coordinates up to {size} at {limit}");
            record(cases, &what, gradients, limit);
        }
    }
    let broken = vec![vec![2.0, f64::INFINITY], vec![-3.0]];
    record(cases, "a gradient with an infinite coordinate at 1", broken, 1.0);
    record(cases, "a gradient with a NaN at 1", vec![vec![2.0, f64::NAN], vec![-3.0]], 1.0);
}
