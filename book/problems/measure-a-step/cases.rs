fn record(cases: &mut Cases, what: &str, before: &[Vec<f64>], after: &[Vec<f64>], rate: f64) {
    let Measured { update_rms, update_ratios } = measure(before, after, rate);
    cases.value(format!("update_rms of {what}"), update_rms);
    cases.values(format!("update_ratios of {what}"), &update_ratios);
}

pub fn run(cases: &mut Cases) {
    let before = vec![vec![3.0, -4.0], vec![1.0]];
    record(cases, "a step that moves nothing", &before, &before, 0.1);
    let after = vec![vec![3.0, -4.0], vec![1.5]];
    record(cases, "a step with a frozen layer", &before, &after, 0.1);
    let after = vec![vec![4.0, 3.0], vec![-1.0]];
    record(cases, "a step that turns a layer and flips another", &before, &after, 0.5);
    record(cases, "a single weight", &[vec![-2.0]], &[vec![-2.25]], 0.125);
    for learning_rate in [1.0, 1e-3, 3e-4] {
        let mut before: Vec<Vec<f64>> =
            [2, 6, 1].map(|count| cases.uniforms(count, 0.5, 2.0)).to_vec();
        for step in 1..=10 {
            let mut after = before.clone();
            for (layer, size) in after.iter_mut().zip([1.0, 0.1, 20.0]) {
                for x in layer.iter_mut() {
                    *x += learning_rate * cases.uniform(-size, size);
                }
            }
            let what = format!("step {step} of three layers at a rate of {learning_rate}");
            record(cases, &what, &before, &after, learning_rate);
            before = after;
        }
    }
}
