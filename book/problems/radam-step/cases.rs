pub fn run(cases: &mut Cases) {
    // With 0.5 there are never enough degrees of freedom, with 0.7 late.
    for (beta1, beta2, eps) in [
        (0.9, 0.999, 1e-8),
        (0.9, 0.9, 0.01),
        (0.5, 0.7, 1e-8),
        (0.9, 0.5, 1e-8),
        (0.0, 0.99, 1e-8),
    ] {
        let radam = RAdam { learning_rate: 0.1, beta1, beta2, eps };
        let mut theta = cases.uniforms(4, -1.0, 1.0);
        let (mut m, mut v) = (vec![0.0; 4], vec![0.0; 4]);
        for t in 1..=40 {
            // Large ones, small ones, gradients of one sign, and none.
            let g = [
                cases.uniform(-20.0, 20.0),
                cases.uniform(-0.01, 0.01),
                cases.uniform(0.5, 1.0),
                0.0,
            ];
            radam_step(&radam, t, &mut theta, &g, &mut m, &mut v);
            let when = format!("after step {t} with beta1 = {beta1}, beta2 = {beta2}, eps = {eps}");
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("m {when}"), &m);
            cases.values(format!("v {when}"), &v);
        }
    }
}
