pub fn run(cases: &mut Cases) {
    let no_number = f64::NAN;
    let too_large = f64::INFINITY;
    for (scale, growth_interval) in [(4.0, 3), (1024.0, 1), (2.0, 5)] {
        let mut scaler = LossScaler { scale, growth_interval, clean_steps: 0 };
        for step in 1..=30 {
            let mut gradients = cases.uniforms(3, -8.0, 8.0);
            let bad = match step {
                3 | 20 => Some(no_number),
                5 | 14 | 15 | 16 => Some(-too_large),
                11 => Some(too_large),
                _ => None,
            };
            if let Some(bad) = bad {
                gradients[step % 3] = bad;
            }
            let taken = unscale(&mut scaler, &mut gradients);
            let when = format!(
                "at step {step} with a first scale of {scale} and an interval of {growth_interval}{}",
                bad.map_or(String::new(), |bad| format!(", where one gradient is {bad}"))
            );
            cases.value(format!("whether the step is taken (1 is yes) {when}"), f64::from(taken));
            if taken && bad.is_none() {
                cases.values(format!("the gradients {when}"), &gradients);
            }
            cases.value(format!("the scale for the next step {when}"), scaler.scale);
            cases.value(format!("the clean steps so far {when}"), scaler.clean_steps as f64);
        }
    }
}
