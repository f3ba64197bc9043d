pub fn run(cases: &mut Cases) {
    for (beta1, beta2, eps) in
        [(0.9, 0.999, 1e-8), (0.0, 0.1, 1e-8), (0.5, 0.9, 0.01), (0.9, 0.5, 1e-8)]
    {
        let amsgrad = AmsGrad { learning_rate: 0.1, beta1, beta2, eps };
        let mut theta = cases.uniforms(5, -1.0, 1.0);
        let (mut m, mut v, mut w) = (vec![0.0; 5], vec![0.0; 5], vec![0.0; 5]);
        for t in 1..=30 {
            // Noise, a rare large gradient, gradients that shrink, gradients of one size, and none.
            let g = [
                cases.uniform(-2.0, 2.0),
                if t % 3 == 1 { 3.0 } else { -1.0 },
                cases.uniform(0.5, 1.0) * 0.7_f64.powi(t),
                1.0,
                0.0,
            ];
            amsgrad_step(&amsgrad, t, &mut theta, &g, &mut m, &mut v, &mut w);
            let when = format!("after step {t} with beta1 = {beta1}, beta2 = {beta2}, eps = {eps}");
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("m {when}"), &m);
            cases.values(format!("v {when}"), &v);
            cases.values(format!("w, the memory of the maximum, {when}"), &w);
        }
    }
}
