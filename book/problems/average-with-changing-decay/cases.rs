pub fn run(cases: &mut Cases) {
    let one = corrected_averages(&[3.0], &[0.9]);
    cases.values("a single gradient of 3 with beta = 0.9", &one);
    let equal = corrected_averages(&[2.0; 8], &[0.9, 0.5, 0.99, 0.0, 0.8, 0.8, 0.3, 0.999]);
    cases.values("eight gradients of 2 with beta all over the place", &equal);
    let fixed = corrected_averages(&[1.0, -2.0, 4.0, 0.0, 1.0], &[0.9; 5]);
    cases.values("five gradients with beta = 0.9 throughout", &fixed);
    let g = cases.uniforms(30, -2.0, 2.0);
    let rising: Vec<f64> = (0..30).map(|t| 0.8 + 0.15 * (t as f64 / 20.0).min(1.0)).collect();
    let averages = corrected_averages(&g, &rising);
    cases.values("30 gradients while beta rises from 0.8 to 0.95", &averages);
    let falling: Vec<f64> = rising.iter().rev().copied().collect();
    let averages = corrected_averages(&g, &falling);
    cases.values("30 gradients while beta falls from 0.95 to 0.8", &averages);
    let late = [vec![0.0; 10], vec![1.0; 10]].concat();
    let averages = corrected_averages(&late, &rising[..20]);
    cases.values("ten gradients of 0 and ten of 1 while beta rises", &averages);
    cases.values("no gradient at all", &corrected_averages(&[], &[]));
}
