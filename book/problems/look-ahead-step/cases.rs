pub fn run(cases: &mut Cases) {
    let curvatures = [1.0, 4.0, 0.0, 25.0];
    for (learning_rate, beta) in [(0.02, 0.9), (0.04, 0.5), (0.03, 0.0), (0.01, 0.99)] {
        let mut theta = cases.uniforms(4, -1.0, 1.0);
        let mut v = vec![0.0; 4];
        for step in 1..=20 {
            let phi = look_ahead_step(&curvatures, learning_rate, beta, &mut theta, &mut v);
            let when = format!("after step {step} with rate {learning_rate}, beta {beta}");
            cases.values(format!("theta {when}"), &theta);
            cases.values(format!("v {when}"), &v);
            cases.values(format!("the point ahead {when}"), &phi);
        }
    }
    // A velocity along a flat direction, from before.
    let (mut theta, mut v) = ([1.0], [2.0]);
    let phi = look_ahead_step(&[0.0], 0.1, 0.5, &mut theta, &mut v);
    cases.values("theta after a step without curvature from 1 with velocity 2", &theta);
    cases.values("the point ahead after it", &phi);
}
