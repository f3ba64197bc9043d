pub fn run(cases: &mut Cases) {
    for (beta1, beta2, eps) in [(0.9, 0.999, 1e-8), (0.5, 0.75, 0.0), (0.0, 0.9, 0.1)] {
        let adam = Adam { learning_rate: 0.1, beta1, beta2, eps };
        let mut theta = cases.uniforms(3, -1.0, 1.0);
        let (mut m, mut v) = (vec![0.0; 3], vec![0.0; 3]);
        for t in 1..=20 {
            // Small gradients, too: where ε matters.
            let g = [cases.uniform(-2.0, 2.0), cases.uniform(-1e-4, 1e-4), cases.uniform(0.5, 1.0)];
            adam_step(&adam, t, &mut theta, &g, &mut m, &mut v);
            let when = format!("after step {t} with beta1 = {beta1}, beta2 = {beta2}, eps = {eps}");
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("m {when}"), &m);
            cases.values(format!("v {when}"), &v);
        }
    }
}
