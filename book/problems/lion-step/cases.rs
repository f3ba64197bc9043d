pub fn run(cases: &mut Cases) {
    for (beta1, beta2, weight_decay) in
        [(0.9, 0.99, 0.0), (0.9, 0.99, 0.5), (0.95, 0.98, 0.1), (0.0, 0.5, 0.0), (0.5, 0.5, 0.2)]
    {
        let lion = Lion { beta1, beta2, weight_decay };
        let settings =
            format!("with beta1 = {beta1}, beta2 = {beta2}, weight_decay = {weight_decay}");
        let mut theta = cases.uniforms(4, -2.0, 2.0);
        let mut m = vec![0.0; 4];
        for step in 1..=60 {
            let learning_rate = if step <= 40 { 0.1 } else { 0.01 };
            // Noise, a slow turn, tiny gradients, and a coordinate that never gets one.
            let turned = if step <= 20 { 1.0 } else { -1.0 };
            let g = [
                cases.uniform(-2.0, 2.0),
                turned + cases.uniform(-0.2, 0.2),
                cases.uniform(-1e-9, 2e-9),
                0.0,
            ];
            lion_step(&lion, learning_rate, &mut theta, &g, &mut m);
            let when = format!("after step {step} {settings}");
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("m {when}"), &m);
        }
    }
}
