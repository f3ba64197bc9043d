pub fn run(cases: &mut Cases) {
    let batches: [&[u32]; 6] =
        [&[8, 8, 8, 8], &[32, 32, 32, 5], &[32, 16, 8, 4, 2, 1, 1], &[7], &[1, 63], &[1, 1, 1]];
    for counts in batches {
        for length in [1, 4] {
            let parts: Vec<Vec<f64>> =
                counts.iter().map(|_| cases.uniforms(length, -1.0, 3.0)).collect();
            let gradient = accumulate(&parts, counts);
            cases.values(format!("the gradient from parts of {counts:?} examples"), &gradient);
        }
    }
    let gradient = accumulate(&[vec![2.0, -1.0], vec![2.0, -1.0]], &[3, 1]);
    cases.values("the gradient from parts of 3 and 1 examples that agree", &gradient);
}
