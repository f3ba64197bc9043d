pub fn run(cases: &mut Cases) {
    for (beta, weight_decay) in [(0.9, 0.0), (0.9, 0.1), (0.5, 0.01), (0.0, 0.2)] {
        let mut theta = cases.uniforms(4, -1.0, 1.0);
        let mut velocity = vec![0.0; 4];
        for t in 1..=15 {
            // The last coordinate has a gradient at the first step only, and the rate falls.
            let last = if t == 1 { 1.0 } else { 0.0 };
            let tiny = cases.uniform(-1e-4, 1e-4);
            let g = [cases.uniform(-2.0, 2.0), tiny, cases.uniform(0.5, 1.0), last];
            let learning_rate = 0.1 / f64::from(t);
            nesterov_step(learning_rate, beta, weight_decay, &mut theta, &g, &mut velocity);
            let when = format!("after step {t}, beta = {beta}, weight_decay = {weight_decay}");
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("velocity {when}"), &velocity);
        }
    }
}
