pub fn run(cases: &mut Cases) {
    let mut check = |curvatures: &[f64], learning_rate: f64, beta: f64| {
        let what = format!(
            "the factor with the curvatures {curvatures:?}, rate {learning_rate}, beta {beta}"
        );
        cases.value(what, factor(curvatures, learning_rate, beta));
    };
    // One direction, from creeping over complex roots to divergence.
    for beta in [0.0, 0.3, 0.9, 0.99] {
        for learning_rate in [0.0, 1e-5, 0.001, 0.05, 0.5, 1.0, 1.7, 2.1, 3.0, 3.7, 3.9, 5.0] {
            check(&[1.0], learning_rate, beta);
        }
    }
    // Several directions: which is the slowest?
    for beta in [0.0, 0.5, 0.7, 0.95] {
        for learning_rate in [0.001, 0.02, 0.03, 0.04, 0.06] {
            check(&[1.0, 10.0, 100.0], learning_rate, beta);
            check(&[100.0, 30.0, 1.0], learning_rate, beta);
        }
    }
    // A flat direction, and equal curvatures.
    check(&[0.0, 1.0], 0.1, 0.9);
    check(&[2.0, 2.0], 0.1, 0.5);
}
