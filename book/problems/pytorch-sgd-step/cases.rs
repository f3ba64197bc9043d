pub fn run(cases: &mut Cases) {
    let settings = [
        (0.9, 0.0, false),
        (0.9, 0.0, true),
        (0.9, 0.9, false),
        (0.5, 0.3, false),
        (0.99, 0.0, true),
        (0.0, 0.0, false),
    ];
    for (momentum, dampening, nesterov) in settings {
        let sgd = Sgd { momentum, dampening, nesterov };
        let mut theta = cases.uniforms(3, -1.0, 1.0);
        let mut v = vec![0.0; 3];
        for step in 1..=15 {
            // The rate is lowered after ten steps.
            let learning_rate = if step <= 10 { 0.1 } else { 0.01 };
            let g = [cases.uniform(-2.0, 2.0), cases.uniform(0.5, 1.0), 0.0];
            sgd_step(&sgd, step, learning_rate, &mut theta, &g, &mut v);
            let when = format!(
                "after step {step} with momentum = {momentum}, dampening = {dampening}, \
                 nesterov = {nesterov}, rate {learning_rate}"
            );
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("v {when}"), &v);
        }
    }
}
