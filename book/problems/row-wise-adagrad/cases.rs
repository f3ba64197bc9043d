pub fn run(cases: &mut Cases) {
    for (width, learning_rate, eps) in [(1, 0.1, 1e-8), (3, 0.05, 1e-10), (4, 0.5, 0.1)] {
        let rule = RowWiseAdagrad { learning_rate, eps };
        let mut table = cases.uniforms(5 * width, -1.0, 1.0);
        let mut sums = vec![0.0; 5];
        for step in 1..=15 {
            // Row 1 at every step, row 3 often, row 0 rarely, row 2 once; row 4 is never looked up.
            let mut rows = vec![1];
            rows.extend([3].iter().filter(|_| step % 2 == 0));
            rows.extend([0].iter().filter(|_| step % 5 == 0));
            rows.extend([2].iter().filter(|_| step == 7));
            if step % 3 == 0 {
                rows.reverse();
            }
            // Also small gradients, where eps matters, and an entry without one.
            let size = if step % 4 == 0 { 1e-4 } else { 2.0 };
            let mut gradients = cases.uniforms(rows.len() * width, -size, size);
            if width > 1 {
                gradients[0] = 0.0;
            }
            update_rows(&rule, &mut table, &mut sums, width, &rows, &gradients);
            let when = format!("after step {step} on rows {rows:?} of width {width}, eps = {eps}");
            cases.values(format!("sums {when}"), &sums);
            cases.values(format!("table {when}"), &table);
        }
    }
    let rule = RowWiseAdagrad { learning_rate: 0.1, eps: 1e-8 };
    let (mut table, mut sums) = (vec![1.0, 2.0], vec![0.0]);
    update_rows(&rule, &mut table, &mut sums, 2, &[], &[]);
    cases.values("the table after a batch that looked nothing up", &table);
    update_rows(&rule, &mut table, &mut sums, 2, &[0], &[0.3, 0.3]);
    cases.values("the table after a first visit with two equal gradients", &table);
}
