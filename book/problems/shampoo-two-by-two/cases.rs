pub fn run(cases: &mut Cases) {
    let flat = |a: Matrix| [a[0][0], a[0][1], a[1][0], a[1][1]];
    for (eps, learning_rate) in [(1e-4, 0.1), (1.0, 0.5)] {
        for kind in [
            "any gradients",
            "diagonal gradients",
            "one gradient again and again",
            "a zero gradient first",
        ] {
            let mut draw = || cases.uniform(-1.0, 1.0);
            let mut w = [[draw(), draw()], [draw(), draw()]];
            let fixed = [[2.0, 1.0], [0.5, -1.0]];
            let (mut left, mut right) = ([[eps, 0.0], [0.0, eps]], [[eps, 0.0], [0.0, eps]]);
            for step in 1..=8 {
                let mut draw = || cases.uniform(-2.0, 2.0);
                let any = [[draw(), draw()], [draw(), draw()]];
                let g = match kind {
                    "diagonal gradients" => [[any[0][0], 0.0], [0.0, any[1][1]]],
                    "one gradient again and again" => fixed,
                    "a zero gradient first" if step == 1 => [[0.0; 2]; 2],
                    _ => any,
                };
                shampoo_step(learning_rate, &mut w, g, &mut left, &mut right);
                let when = format!("after step {step}, {kind}, eps = {eps}");
                cases.values(format!("weights {when}"), &flat(w));
                cases.values(format!("L {when}"), &flat(left));
                cases.values(format!("R {when}"), &flat(right));
            }
        }
    }
}
