pub fn run(cases: &mut Cases) {
    // Batches that fit an epoch, that do not, that are larger than one, and a single example.
    for (examples, batch_size) in [(12, 4), (10, 4), (5, 12), (7, 7), (1, 3), (23, 1)] {
        for seed in [0, 5] {
            // Not in order: a resumed run asks for a step that nobody asked for before.
            for step in [1, 2, 3, 7, 4, 5, 30, 6] {
                let visited = batch(seed, step, batch_size, examples);
                let visited: Vec<f64> = visited.into_iter().map(|example| example as f64).collect();
                let what = format!(
                    "the batch of step {step}, of {batch_size} from {examples} examples, seed {seed}"
                );
                cases.values(what, &visited);
            }
        }
    }
}
