pub fn run(cases: &mut Cases) {
    let settings = [
        (0.1, 0.9, 0.1, 0.0),
        (0.1, 0.9, 0.0, 0.1),
        (0.1, 0.9, 0.3, 0.2),
        (0.5, 0.5, 0.1, 0.4),
        (0.1, 0.0, 0.1, 0.0),
        (0.1, 0.9, 0.0, 0.0),
    ];
    for (learning_rate, momentum, l2, weight_decay) in settings {
        let sgd = Sgd { learning_rate, momentum, l2, weight_decay };
        let mut theta = cases.uniforms(2, -1.0, 1.0);
        theta.push(1.0);
        let mut velocity = vec![0.0; 3];
        for step in 1..=15 {
            // The last weight has no gradient of its own.
            let g = [cases.uniform(-1.0, 1.0), cases.uniform(0.0, 10.0), 0.0];
            sgd_step(&sgd, &mut theta, &g, &mut velocity);
            let when = format!(
                "after step {step} with learning_rate = {learning_rate}, momentum = {momentum}, \
                 l2 = {l2}, weight_decay = {weight_decay}"
            );
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("velocity {when}"), &velocity);
        }
    }
}
