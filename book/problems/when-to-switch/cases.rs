fn record(cases: &mut Cases, when: &str, watch: &Watch, found: Option<f64>) {
    cases.value(format!("whether {when} switches"), f64::from(u8::from(found.is_some())));
    cases.value(format!("the rate {when} returns, 0 if none"), found.unwrap_or(0.0));
    cases.value(format!("the average after {when}"), watch.average);
    cases.value(format!("how many estimates after {when}"), f64::from(watch.estimates));
}

pub fn run(cases: &mut Cases) {
    // Steps of one kind: every estimate is 0.5, so the second switches.
    let mut watch = Watch { beta: 0.9, tolerance: 1e-3, average: 0.0, estimates: 0 };
    for step in 1..=3 {
        let found = observe(&mut watch, &[-0.1, 0.1], &[0.2, -0.2]);
        record(cases, &format!("step {step} of three equal ones"), &watch, found);
    }
    // One coordinate, and a step uphill between two downhill.
    let mut watch = Watch { beta: 0.5, tolerance: 0.1, average: 0.0, estimates: 0 };
    for (step, (p, g)) in
        [(-0.3, 1.0), (0.3, 1.0), (-0.3, 1.1), (-0.1, 0.0), (-0.2, 1.0)].iter().enumerate()
    {
        let found = observe(&mut watch, &[*p], &[*g]);
        record(cases, &format!("step {step} of one coordinate"), &watch, found);
    }
    for (beta, tolerance) in [(0.9, 0.02), (0.99, 0.2), (0.5, 0.05)] {
        let mut watch = Watch { beta, tolerance, average: 0.0, estimates: 0 };
        for step in 1..=40 {
            // Gradients that shrink, and steps roughly against them, some of which go uphill.
            let size = 2.0 / f64::from(step);
            let g = cases.uniforms(3, 0.2 * size, size);
            let turn = if step % 7 == 0 { 1.0 } else { -1.0 };
            let p: Vec<f64> =
                g.iter().map(|g| turn * 0.3 * g + cases.uniform(-0.05, 0.05) * size).collect();
            let found = observe(&mut watch, &p, &g);
            let when = format!("step {step} with beta = {beta}, tolerance = {tolerance}");
            record(cases, &when, &watch, found);
        }
    }
}
