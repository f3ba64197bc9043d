pub fn run(cases: &mut Cases) {
    let mut accumulator = Accumulator::new(3);
    cases.values("the gradient when nothing was added", &accumulator.take());
    let batches: [&[usize]; 5] = [&[4], &[8, 8], &[64, 8], &[16, 16, 16, 1], &[3, 0, 5]];
    for (batch, sizes) in batches.iter().enumerate() {
        for &size in *sizes {
            let mean = match size {
                0 => vec![0.0; 3],
                _ => vec![cases.uniform(-2.0, 2.0), cases.uniform(-1e-4, 1e-4), 0.0],
            };
            accumulator.add(&mean, size);
        }
        let what = format!("the gradient of batch {} from pieces of {sizes:?}", batch + 1);
        cases.values(what, &accumulator.take());
    }
    cases.values("the gradient when nothing was added after a batch", &accumulator.take());
    let mut other = Accumulator::new(1);
    other.add(&[1.0], 1);
    other.add(&[-1.0], 3);
    cases.values("the gradient of one example with 1 and three with mean -1", &other.take());
}
