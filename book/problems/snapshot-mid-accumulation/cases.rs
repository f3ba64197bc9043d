pub fn run(cases: &mut Cases) {
    for size in [3, 1] {
        // Right after an update, with one, two and three gradients under way, and before all.
        for interrupted in [40, 41, 22, 7, 0, 3] {
            let mut run = Run::new(cases.uniforms(size, -1.0, 1.0));
            for _ in 0..interrupted {
                // The first coordinate has gradients of one sign; its moments matter most.
                let mut gradient = cases.uniforms(size, -1.0, 1.0);
                gradient[0] += 1.5;
                run.micro_batch(&gradient);
            }
            let saved = save(&run);
            drop(run);
            let mut run = load(&saved);
            let when = format!("with {size} parameters, saved after {interrupted} micro-batches");
            cases.values(format!("theta as loaded, {when}"), &run.theta);
            for after in 1..=9 {
                let gradient = cases.uniforms(size, -1.0, 1.0);
                run.micro_batch(&gradient);
                cases.values(format!("theta {after} micro-batches later, {when}"), &run.theta);
            }
        }
    }
}
