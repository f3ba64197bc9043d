pub fn run(cases: &mut Cases) {
    for (peak, min_lr, warmup_steps, total_steps) in
        [(1.0, 0.0, 4, 20), (3.0, 0.3, 10, 50), (0.5, 0.1, 0, 12), (2.0, 0.2, 1, 3)]
    {
        let schedule = WarmupCosine { peak, min_lr, warmup_steps, total_steps };
        // Past the end, too: by half a length, by a length, and far.
        for step in (1..=2 * total_steps + 5).chain([1000]) {
            let what = format!(
                "the rate of step {step} with a peak of {peak}, min_lr = {min_lr}, {warmup_steps} \
                 steps of warmup and {total_steps} steps in all"
            );
            cases.value(what, learning_rate(&schedule, step));
        }
    }
}
