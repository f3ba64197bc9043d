pub fn run(cases: &mut Cases) {
    for (beta1, beta2) in [(0.9, 0.999), (0.9, 0.95), (0.95, 0.95), (0.0, 0.99), (0.9, 0.6)] {
        for t in [1, 2, 3, 10, 40, 200] {
            let step = largest_step(beta1, beta2, t);
            cases.value(
                format!("the largest step at t = {t} with beta1 = {beta1}, beta2 = {beta2}"),
                step,
            );
        }
    }
    let late = largest_step(0.9, 0.999, 5000);
    cases.value("the largest step at t = 5000 with beta1 = 0.9, beta2 = 0.999", late);
}
