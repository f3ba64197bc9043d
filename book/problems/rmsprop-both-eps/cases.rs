pub fn run(cases: &mut Cases) {
    for root_eps in [RootEps::Outside, RootEps::Inside] {
        for (alpha, eps, momentum) in [(0.99, 1e-2, 0.0), (0.9, 1e-8, 0.9), (0.7, 0.5, 0.5)] {
            let rule = RmsProp { learning_rate: 0.1, alpha, eps, root_eps, momentum };
            let mut theta = cases.uniforms(3, -1.0, 1.0);
            let (mut s, mut velocity) = (vec![0.0; 3], vec![0.0; 3]);
            for t in 1..=25 {
                // Tiny gradients, too, and now and then none.
                let third = if t % 4 == 0 { 0.0 } else { cases.uniform(0.5, 1.0) };
                let g = [cases.uniform(-2.0, 2.0), cases.uniform(-1e-3, 1e-3), third];
                rmsprop_step(&rule, &mut theta, &g, &mut s, &mut velocity);
                let when = format!(
                    "after step {t} with ε {root_eps:?}, alpha = {alpha}, eps = {eps}, momentum = \
                     {momentum}"
                );
                cases.values(format!("s {when}"), &s);
                cases.values(format!("velocity {when}"), &velocity);
                cases.values(format!("theta {when}"), &theta);
            }
        }
    }
}
