/// The gradient of ½ xᵀAx + ¼ Σ c x⁴, whose Hessian is A + diag(3 c x²).
fn gradient(a: &[Vec<f64>], c: f64) -> impl Fn(&[f64]) -> Vec<f64> {
    move |x| {
        let row = |row: &Vec<f64>| row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>();
        a.iter().zip(x).map(|(a, x)| row(a) + c * x * x * x).collect()
    }
}

pub fn run(cases: &mut Cases) {
    let bowl = vec![vec![4.0, 0.0], vec![0.0, 1.0]];
    for products in 1..=6 {
        let found = sharpness(gradient(&bowl, 0.0), &[1.0, -1.0], &[3.0, 4.0], 0.1, products);
        cases.value(format!("the bowl with curvatures 4 and 1, {products} products"), found);
    }
    let hill = vec![vec![-5.0, 1.0], vec![1.0, 2.0]];
    let found = sharpness(gradient(&hill, 0.0), &[0.0, 0.0], &[1.0, 1.0], 0.01, 40);
    cases.value("a saddle whose largest curvature is negative, 40 products", found);
    let found = sharpness(gradient(&[vec![3.0]], 0.0), &[2.0], &[-0.25], 0.5, 3);
    cases.value("one coordinate with curvature 3", found);
    let flat = vec![vec![0.0; 2]; 2];
    let found = sharpness(gradient(&flat, 0.0), &[1.0, 2.0], &[1.0, 1.0], 0.1, 5);
    cases.value("a flat loss", found);
    let found = sharpness(gradient(&flat, 1.0), &[1.0, 2.0], &[1.0, 1.0], 0.01, 30);
    cases.value("a loss of fourth powers at (1, 2), 30 products", found);
    for delta in [0.5, 1e-2] {
        for draw in 0..4 {
            let drawn: Vec<Vec<f64>> = (0..4).map(|_| cases.uniforms(4, -1.0, 1.0)).collect();
            let entry = |i: usize, j: usize| drawn[i][j] + drawn[j][i];
            let a: Vec<Vec<f64>> = (0..4).map(|i| (0..4).map(|j| entry(i, j)).collect()).collect();
            let (theta, start) = (cases.uniforms(4, -1.0, 1.0), cases.uniforms(4, 0.2, 1.0));
            for products in [1, 2, 10] {
                let found = sharpness(gradient(&a, 0.5), &theta, &start, delta, products);
                cases.value(
                    format!("random loss {draw}, delta = {delta}, {products} products"),
                    found,
                );
            }
        }
    }
}
