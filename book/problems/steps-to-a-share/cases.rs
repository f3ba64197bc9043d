pub fn run(cases: &mut Cases) {
    let mut check = |curvatures: &[f64], learning_rate: f64, share: f64| {
        let steps = steps_to_reach(curvatures, learning_rate, share);
        let what = format!(
            "the steps (-1 for never) to the share {share} at rate {learning_rate} with the \
             curvatures {curvatures:?}"
        );
        cases.value(what, steps.map_or(-1.0, f64::from));
    };
    // From creeping to diverging, on the chapter's ravine: the border is at 0.08.
    for learning_rate in [0.001, 0.02, 0.07, 0.0768, 0.079, 0.081, 0.12] {
        for share in [0.3, 1e-3, 1e-6] {
            check(&[1.0, 25.0], learning_rate, share);
            check(&[25.0, 7.0, 1.0, 3.0], learning_rate, share);
        }
    }
    // One direction: it arrives at once, jumps across, stays at the border.
    for learning_rate in [0.25, 0.4, 0.5, 0.6] {
        check(&[4.0], learning_rate, 0.01);
    }
    check(&[2.0, 2.0, 2.0], 0.1, 0.07);
    // Half of half is a quarter: the share is met exactly.
    check(&[1.0], 0.5, 0.25);
    // A direction without curvature, and a rate of zero.
    check(&[0.0, 1.0], 0.5, 0.1);
    check(&[1.0, 2.0], 0.0, 0.1);
}
