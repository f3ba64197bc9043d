pub fn run(cases: &mut Cases) {
    for (learning_rate, eps, start) in [(0.1, 1e-2, 0.0), (0.5, 1e-8, 0.1), (1.0, 1.0, 0.0)] {
        let mut theta = cases.uniforms(4, -1.0, 1.0);
        let mut s = vec![start; 4];
        for t in 1..=30 {
            // One coordinate is rare, and one has tiny gradients, where ε matters.
            let rare = if t % 5 == 0 { cases.uniform(0.5, 3.0) } else { 0.0 };
            let g = [cases.uniform(-2.0, 2.0), cases.uniform(-1e-3, 1e-3), rare, 0.5];
            adagrad_step(learning_rate, eps, &mut theta, &g, &mut s);
            let when = format!("after step {t} with eps = {eps} and a sum that started at {start}");
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("s {when}"), &s);
        }
    }
    let (mut theta, mut s) = ([1.0], [0.0]);
    adagrad_step(0.1, 1e-10, &mut theta, &[0.0], &mut s);
    cases.value("theta after a first gradient of zero", theta[0]);
    adagrad_step(0.1, 1e-10, &mut theta, &[-7.0], &mut s);
    cases.value("theta after a second gradient of -7", theta[0]);
}
