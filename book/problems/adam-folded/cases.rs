pub fn run(cases: &mut Cases) {
    for (beta1, beta2, eps) in
        [(0.9, 0.999, 1e-8), (0.9, 0.95, 1e-2), (0.5, 0.75, 1.0), (0.0, 0.9, 0.1)]
    {
        let adam = Adam { learning_rate: 0.1, beta1, beta2, eps };
        let (mut theta, mut m, mut v) = (1.0, 0.0, 0.0);
        for t in 1..=20 {
            let when = format!("at step {t} with beta1 = {beta1}, beta2 = {beta2}, eps = {eps}");
            let (rate, small) = folded(&adam, t);
            cases.value(format!("the rate {when}"), rate);
            cases.value(format!("the small number, as a share of eps, {when}"), small / eps);
            let g = cases.uniform(-1.0, 2.0);
            m = beta1 * m + (1.0 - beta1) * g;
            v = beta2 * v + (1.0 - beta2) * g * g;
            theta -= rate * m / (f64::sqrt(v) + small);
            cases.value(format!("a parameter {when}"), theta);
        }
        let (rate, small) = folded(&adam, 100_000);
        cases.value(format!("the rate long after the start, with beta1 = {beta1}"), rate);
        cases.value(format!("the share of eps long after the start, {beta2}"), small / eps);
    }
}
