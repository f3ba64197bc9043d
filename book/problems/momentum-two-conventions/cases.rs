pub fn run(cases: &mut Cases) {
    for (name, convention) in
        [("accumulated", Convention::Accumulated), ("averaged", Convention::Averaged)]
    {
        for beta in [0.9, 0.5, 0.0] {
            let mut theta = cases.uniforms(3, -1.0, 1.0);
            let mut velocity = vec![0.0; 3];
            for t in 1..=20 {
                // The rate falls to a third half-way, and after step 15 there is no gradient.
                let learning_rate = if t <= 10 { 0.3 } else { 0.1 };
                let g = if t <= 15 {
                    [cases.uniform(-2.0, 2.0), cases.uniform(0.5, 1.0), cases.uniform(-1e-3, 1e-3)]
                } else {
                    [0.0; 3]
                };
                momentum_step(convention, learning_rate, beta, &mut theta, &g, &mut velocity);
                let when = format!("after step {t}, {name}, beta = {beta}, rate {learning_rate}");
                cases.values(format!("velocity {when}"), &velocity);
                cases.values(format!("theta {when}"), &theta);
            }
        }
        // One coordinate, always the same gradient: the velocity settles.
        let (mut theta, mut velocity) = ([1.0], [0.0]);
        for _ in 1..=200 {
            momentum_step(convention, 0.01, 0.9, &mut theta, &[2.0], &mut velocity);
        }
        cases.values(format!("velocity after 200 equal gradients of 2, {name}"), &velocity);
        cases.values(format!("theta after 200 equal gradients of 2, {name}"), &theta);
    }
}
