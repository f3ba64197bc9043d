pub fn run(cases: &mut Cases) {
    let none = f64::INFINITY;
    for (weight_decay, max_norm) in [(0.0, none), (0.1, none), (0.1, 0.6), (0.0, 3.0)] {
        let (beta1, beta2) = if weight_decay == 0.0 { (0.9, 0.999) } else { (0.5, 0.75) };
        let lamb = Lamb { learning_rate: 0.1, beta1, beta2, eps: 1e-6, weight_decay, max_norm };
        let settings = format!("with weight_decay = {weight_decay}, max_norm = {max_norm}");
        for layer in ["an ordinary layer", "a large layer", "a bias that starts at zero"] {
            let size = match layer {
                "an ordinary layer" => 1.0,
                "a large layer" => 30.0,
                _ => 0.0,
            };
            let mut theta = cases.uniforms(4, -size, size);
            let (mut m, mut v) = (vec![0.0; 4], vec![0.0; 4]);
            for t in 1..=8 {
                let mut g = cases.uniforms(4, -1.0, 2.0);
                g[0] *= 1e-4;
                lamb_step(&lamb, t, &mut theta, &g, &mut m, &mut v);
                let when = format!("of {layer} after step {t} {settings}");
                cases.values(format!("theta {when}"), &theta);
                cases.values(format!("m {when}"), &m);
                cases.values(format!("v {when}"), &v);
            }
        }
        let (mut theta, mut m, mut v) = (vec![3.0, -4.0], vec![0.0; 2], vec![0.0; 2]);
        for t in 1..=3 {
            lamb_step(&lamb, t, &mut theta, &[0.0, 0.0], &mut m, &mut v);
            let when = format!("after step {t} without any gradient {settings}");
            cases.values(format!("theta {when}"), &theta);
        }
    }
}
