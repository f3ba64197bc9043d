pub fn run(cases: &mut Cases) {
    for (peak, min_lr, first_period, period_mult) in
        [(1.0, 0.0, 4, 2), (2.0, 0.2, 5, 3), (1.0, 0.1, 7, 1), (3.0, 0.0, 1, 2), (1.0, 0.5, 1, 1)]
    {
        let schedule = CosineRestarts { peak, min_lr, first_period, period_mult };
        for step in 1..=70 {
            let what = format!(
                "the rate of step {step} with a peak of {peak}, min_lr = {min_lr}, a first period of \
                 {first_period} and period_mult = {period_mult}"
            );
            cases.value(what, learning_rate(&schedule, step));
        }
    }
}
