pub fn run(cases: &mut Cases) {
    let mut theta = cases.uniforms(4, -1.0, 1.0);
    let healthy: [[f64; 4]; 3] =
        [[0.5, -4.0, 1e-3, 2.0], [0.0, 1e-310, -1e5, 1e6], [3.0, 0.0, 0.0, -1e-4]];
    for g in healthy {
        for learning_rate in [0.25, 0.0] {
            let answer = step(&mut theta, &g, learning_rate);
            let when = format!("with the finite gradient {g:?} at rate {learning_rate}");
            let answer = answer.map_or_else(|broken| broken as f64, |()| -1.0);
            cases.value(format!("the index refused (-1 for none) {when}"), answer);
            cases.values(format!("theta {when}"), &theta);
        }
    }
    let broken = [
        [f64::NAN, 1.0, 1.0, 1.0],
        [1.0, 1.0, f64::NAN, 1.0],
        [1.0, f64::INFINITY, 1.0, 1.0],
        [1.0, 1.0, 1.0, f64::NEG_INFINITY],
        [1.0, f64::NAN, f64::INFINITY, f64::NAN],
    ];
    for g in broken {
        let mut theta = cases.uniforms(4, -1.0, 1.0);
        let answer = step(&mut theta, &g, 0.5);
        let answer = answer.map_or_else(|broken| broken as f64, |()| -1.0);
        cases.value(format!("the index refused (-1 for none) with the gradient {g:?}"), answer);
        cases.values(format!("theta after the gradient {g:?} was refused"), &theta);
    }
    let nothing = f64::from(step(&mut [], &[], 0.1).is_ok());
    cases.value("whether a step without coordinates is fine (1 for yes)", nothing);
}
