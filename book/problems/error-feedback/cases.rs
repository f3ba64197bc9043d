pub fn run(cases: &mut Cases) {
    // One gradient in ten is +10, the others -1: the sign alone climbs.
    for count in [1, 5] {
        let (mut theta, mut e) = (vec![0.0; count], vec![0.0; count]);
        for step in 1..=40 {
            let learning_rate = if step <= 20 { 0.1 } else { 0.02 };
            let g: Vec<f64> = (0..count)
                .map(|_| if cases.uniform(0.0, 1.0) < 0.1 { 10.0 } else { -1.0 })
                .collect();
            ef_sign_step(learning_rate, &mut theta, &g, &mut e);
            let when = format!("after step {step} on {count} skewed coordinates");
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("e {when}"), &e);
        }
    }
    // Coordinates of very different size, one that has no gradient, and no gradient at all.
    let (mut theta, mut e) = (cases.uniforms(4, -1.0, 1.0), vec![0.0; 4]);
    for step in 1..=30 {
        let size = if step == 30 { 0.0 } else { 1.0 };
        let g = [
            size * cases.uniform(-50.0, 60.0),
            size * cases.uniform(-1e-3, 1e-3),
            size * cases.uniform(-1.0, 1.0),
            0.0,
        ];
        ef_sign_step(0.5, &mut theta, &g, &mut e);
        let when = format!("after step {step} on coordinates of different size");
        cases.values(format!("theta {when}"), &theta);
        cases.values(format!("e {when}"), &e);
    }
    let (mut theta, mut e) = (vec![1.0, 2.0], vec![0.0; 2]);
    ef_sign_step(0.5, &mut theta, &[0.0, 0.0], &mut e);
    cases.values("theta after a step without any gradient", &theta);
}
