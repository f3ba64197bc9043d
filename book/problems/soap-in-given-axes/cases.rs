pub fn run(cases: &mut Cases) {
    let flat = |a: Matrix| [a[0][0], a[0][1], a[1][0], a[1][1]];
    let turn = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        [[cos, -sin], [sin, cos]]
    };
    for (beta1, beta2, eps) in [(0.9, 0.95, 1e-8), (0.5, 0.8, 0.1)] {
        let soap = Soap { learning_rate: 0.1, beta1, beta2, eps };
        for axes in ["the identity", "fixed axes", "axes that turn"] {
            let mut draw = || cases.uniform(-1.0, 1.0);
            let mut w = [[draw(), draw()], [draw(), draw()]];
            let mut moments = Moments { m: [[0.0; 2]; 2], v: [[0.0; 2]; 2] };
            for t in 1..=8 {
                let mut draw = || cases.uniform(-2.0, 2.0);
                let mut g = [[draw(), draw()], [draw(), draw()]];
                if t == 5 {
                    g = [[0.0; 2]; 2];
                }
                let bases = match axes {
                    "the identity" => [turn(0.0), turn(0.0)],
                    "fixed axes" => [turn(0.4), turn(-1.1)],
                    _ => [turn(0.3 * f64::from(t)), turn(0.7 - 0.2 * f64::from(t))],
                };
                soap_step(&soap, t, &mut w, g, &mut moments, bases);
                let when = format!("after step {t} in {axes}, beta2 = {beta2}, eps = {eps}");
                cases.values(format!("weights {when}"), &flat(w));
                cases.values(format!("m {when}"), &flat(moments.m));
                cases.values(format!("v {when}"), &flat(moments.v));
            }
        }
    }
}
