pub fn run(cases: &mut Cases) {
    for (trust_coefficient, weight_decay, momentum) in
        [(1.0, 0.0, 0.9), (0.01, 0.1, 0.9), (0.5, 0.5, 0.0), (0.02, 0.0, 0.5)]
    {
        let lars = Lars { trust_coefficient, weight_decay, momentum };
        let settings = format!(
            "with trust_coefficient = {trust_coefficient}, weight_decay = {weight_decay}, \
             momentum = {momentum}"
        );
        // A layer of ordinary size, a large one with tiny gradients, a bias at zero, one number.
        let mut theta = vec![
            cases.uniforms(3, -1.0, 1.0),
            cases.uniforms(2, 20.0, 40.0),
            vec![0.0; 2],
            cases.uniforms(1, 1.0, 2.0),
        ];
        let mut b: Vec<Vec<f64>> = theta.iter().map(|layer| vec![0.0; layer.len()]).collect();
        for step in 1..=8 {
            // The rate falls, and the last layer has no gradient.
            let learning_rate = if step <= 4 { 0.1 } else { 0.01 };
            let g = vec![
                cases.uniforms(3, -2.0, 2.0),
                cases.uniforms(2, -1e-3, 1e-3),
                cases.uniforms(2, 0.5, 1.0),
                vec![0.0],
            ];
            lars_step(&lars, learning_rate, &mut theta, &g, &mut b);
            for (layer, (theta, b)) in theta.iter().zip(&b).enumerate() {
                let when = format!("of layer {layer} after step {step} {settings}");
                cases.values(format!("theta {when}"), theta);
                cases.values(format!("b {when}"), b);
            }
        }
    }
}
