pub fn run(cases: &mut Cases) {
    for (width, beta1, beta2, eps) in
        [(3, 0.9, 0.999, 1e-8), (1, 0.5, 0.9, 1e-3), (2, 0.8, 0.95, 0.1)]
    {
        let adam = Adam { learning_rate: 0.1, beta1, beta2, eps };
        let mut table = cases.uniforms(4 * width, -1.0, 1.0);
        let (mut m, mut v) = (vec![0.0; 4 * width], vec![0.0; 4 * width]);
        for t in 1..=24 {
            // Row 0 at every step, row 1 at every third, row 2 late, row 3 never.
            let mut g = vec![0.0; 4 * width];
            for (row, visited) in [true, t % 3 == 1, t >= 20, false].into_iter().enumerate() {
                for i in 0..width {
                    // At some visits only one entry of a row has a gradient, each in its turn.
                    if visited && (t % 4 != 0 || i == t as usize / 4 % width) {
                        g[row * width + i] =
                            cases.uniform(0.2, 1.0) * if t % 5 == 0 { -1e-3 } else { 1.0 };
                    }
                }
            }
            // Once the entries of a row cancel, though it was looked up.
            if t == 23 && width > 1 {
                g[..width].fill(0.0);
                (g[0], g[1]) = (0.5, -0.5);
            }
            lazy_adam(&adam, t, width, &mut table, &g, &mut m, &mut v);
            let when = format!("after step {t} with rows of {width}, beta2 = {beta2}, eps = {eps}");
            cases.values(format!("table {when}"), &table);
            cases.values(format!("m {when}"), &m);
            cases.values(format!("v {when}"), &v);
        }
    }
}
