pub fn run(cases: &mut Cases) {
    let even: Vec<f64> = (-4..=4).map(|k| f64::from(k) / 4.0).collect();
    let dense = vec![-1.0, -0.5, -0.1, -0.05, -0.01, -0.001, 0.0, 0.001, 0.01, 0.05, 0.1, 0.5, 1.0];
    let positive = vec![0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0];
    for (name, levels) in
        [("even levels", even), ("dense levels", dense), ("dense levels without zero", positive)]
    {
        let low = if levels[0] < 0.0 { -1.0 } else { 0.0 };
        // Blocks of very different size; one that is negative where there are such levels; zeros.
        let mut values = cases.uniforms(4, low, 1.0);
        values.extend(cases.uniforms(4, 100.0 * low, 100.0));
        values.extend(cases.uniforms(4, 1e-3 * low, 1e-3).iter().map(|x| low.signum() * x.abs()));
        values.extend([0.0; 4]);
        values.extend(cases.uniforms(3, low, 2.0));
        for length in [4, 5, 1, 100] {
            let read = there_and_back(&values, length, &levels);
            cases.values(format!("what is read again with {name} in blocks of {length}"), &read);
        }
    }
    // Exactly between two levels, on either side of zero.
    let halves = [-1.0, -0.5, 0.0, 0.5, 1.0];
    let read = there_and_back(&[4.0, 1.0, -1.0, 3.0, -3.0], 5, &halves);
    cases.values("what is read again of numbers half-way between two even levels", &read);
    cases.values("what is read again of a few zeros", &there_and_back(&[0.0; 3], 2, &[0.5, 1.0]));
}
