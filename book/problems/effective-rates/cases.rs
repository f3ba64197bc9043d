pub fn run(cases: &mut Cases) {
    for (beta2, eps) in [(0.999, 1e-8), (0.95, 1e-3), (0.5, 0.1), (0.0, 1e-8)] {
        for t in [1, 2, 10, 100, 5000] {
            let mut v = cases.uniforms(3, 1e-4, 2.0);
            // A coordinate with tiny gradients, and one that has never had any.
            v.extend([1e-12, 0.0]);
            let rates = effective_rates(0.01, beta2, eps, t, &v);
            cases.values(
                format!("the rates after step {t} with beta2 = {beta2}, eps = {eps}"),
                &rates,
            );
        }
    }
    // As it would be called in a run: on a gradient of 1 the rate never changes.
    let mut v = 0.0;
    for t in 1..=50 {
        v = 0.99 * v + 0.01;
        let rates = effective_rates(0.1, 0.99, 1e-8, t, &[v]);
        cases.values(format!("the rate after step {t} of gradients that are all 1"), &rates);
    }
    cases.values("the rates of no coordinates", &effective_rates(0.1, 0.9, 1e-8, 1, &[]));
}
