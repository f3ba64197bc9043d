pub fn run(cases: &mut Cases) {
    let settings = [
        (0.1, 0.9, 0.999, 1e-8, 0.1),
        (0.01, 0.9, 0.95, 1e-8, 2.0),
        (0.3, 0.0, 0.9, 0.1, 0.5),
        (0.1, 0.9, 0.999, 1e-8, 0.0),
    ];
    for (learning_rate, beta1, beta2, eps, weight_decay) in settings {
        let adamw = AdamW { learning_rate, beta1, beta2, eps, weight_decay };
        let mut theta = cases.uniforms(4, -1.0, 1.0);
        // The last weight has no gradient, as that of a pixel that is never inked.
        theta[3] = 1.0;
        let (mut m, mut v) = (vec![0.0; 4], vec![0.0; 4]);
        for t in 1..=20 {
            let g = [
                cases.uniform(-2.0, 2.0),
                cases.uniform(-1e-4, 1e-4),
                cases.uniform(50.0, 100.0),
                0.0,
            ];
            adamw_step(&adamw, t, &mut theta, &g, &mut m, &mut v);
            let when = format!(
                "after step {t} with learning_rate = {learning_rate}, beta1 = {beta1}, \
                 beta2 = {beta2}, eps = {eps}, weight_decay = {weight_decay}"
            );
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("m {when}"), &m);
            cases.values(format!("v {when}"), &v);
        }
    }
}
