pub fn run(cases: &mut Cases) {
    // A bowl, a coordinate with a curvature that changes, and one without any gradient.
    let gradient = |at: &[f64]| vec![3.0 * (at[0] - 1.0), at[1].sin() + 0.2 * at[1], 0.0];
    for (learning_rate, beta1, weight_decay) in [(0.1, 0.9, 0.0), (0.2, 0.5, 0.1), (0.05, 0.8, 1.0)]
    {
        let rule = ScheduleFree { learning_rate, beta1, weight_decay };
        let start = cases.uniforms(3, -2.0, 2.0);
        let (mut z, mut x) = (start.clone(), start);
        for t in 1..=20 {
            schedule_free_step(&rule, t, &mut z, &mut x, gradient);
            let when = format!(
                "after step {t} with learning_rate = {learning_rate}, beta1 = {beta1}, weight_decay = \
                 {weight_decay}"
            );
            cases.values(format!("z {when}"), &z);
            cases.values(format!("x {when}"), &x);
        }
    }
}
