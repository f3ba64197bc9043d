pub fn run(cases: &mut Cases) {
    let mut record = |cases: &mut Cases, what: &str, x: &[f64], rows: usize, columns: usize| {
        for steps in [0, 1, 2, 5] {
            let after = orthogonalize(x, rows, columns, steps);
            cases.values(format!("{what} of {rows} by {columns} after {steps} iterations"), &after);
        }
    };
    for (rows, columns) in [(1, 1), (1, 4), (2, 3), (3, 2), (3, 3)] {
        for size in [1.0, 1e-4] {
            let x = cases.uniforms(rows * columns, -size, size);
            record(cases, &format!("a matrix of entries up to {size}"), &x, rows, columns);
        }
    }
    record(cases, "a diagonal matrix, 0.5 and 0.001,", &[0.5, 0.0, 0.0, 0.001], 2, 2);
    record(cases, "a matrix of ones", &[1.0; 9], 3, 3);
    let large = cases.uniforms(4, -50.0, 50.0);
    record(cases, "a matrix of entries up to 50", &large, 2, 2);
    record(cases, "a matrix of zeros", &[0.0; 6], 2, 3);
    let tiny = cases.uniforms(4, -1e-9, 1e-9);
    record(cases, "a matrix of entries up to 1e-9", &tiny, 2, 2);
}
