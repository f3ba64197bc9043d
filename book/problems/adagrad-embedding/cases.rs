pub fn run(cases: &mut Cases) {
    let batches: [&[usize]; 5] = [&[2, 0], &[1, 1, 3], &[], &[0, 2, 0, 2, 0], &[3, 3]];
    for width in [1, 3] {
        for eps in [1e-2, 1e-8] {
            let mut theta = cases.uniforms(4 * width, -1.0, 1.0);
            let mut s = cases.uniforms(4 * width, 0.01, 0.1);
            for t in 1..=15 {
                let rows = batches[t % 5];
                let mut gradients = cases.uniforms(rows.len() * width, -1.0, 1.0);
                if t == 9 {
                    // Two occurrences of row 3 that cancel.
                    let (one, other) = gradients.split_at_mut(width);
                    other.iter_mut().zip(one).for_each(|(other, one)| *other = -*one);
                }
                adagrad_rows(0.1, eps, width, &mut theta, &mut s, rows, &gradients);
                let when = format!(
                    "after step {t}, whose batch has the rows {rows:?}, with width = {width}, eps = \
                     {eps}"
                );
                cases.values(format!("s {when}"), &s);
                cases.values(format!("theta {when}"), &theta);
            }
        }
    }
}
