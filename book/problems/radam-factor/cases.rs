pub fn run(cases: &mut Cases) {
    // With 0.6 there are never enough degrees of freedom; with 0.75 there are, after a while.
    let drawn = cases.uniform(0.9, 0.9995);
    for beta2 in [0.999, 0.99, 0.9, 0.75, 0.6, drawn] {
        for t in [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 20, 50, 100, 556, 2737, 10_000] {
            let factor = rectification(beta2, t);
            let where_at = format!("at step {t} with beta2 = {beta2}");
            cases.value(
                format!("whether there is a factor (1) or none (0) {where_at}"),
                if factor.is_some() { 1.0 } else { 0.0 },
            );
            cases.value(format!("the factor (0 for none) {where_at}"), factor.unwrap_or(0.0));
        }
    }
}
