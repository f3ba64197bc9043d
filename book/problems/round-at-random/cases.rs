pub fn run(cases: &mut Cases) {
    for value in [1.0_f32, -0.5, 0.0, 1.001, -1.003, 0.999, -3.7, 1234.5, 0.0123] {
        for draw in [0, 1, 1000, 20_000, 40_000, 65_535] {
            let rounded = f64::from(to_bf16(value, draw));
            cases.value(format!("what {value} becomes with the draw {draw}"), rounded);
        }
        let sum: f64 = (0..=u16::MAX).map(|draw| f64::from(to_bf16(value, draw))).sum();
        cases.value(format!("the mean of what {value} becomes, over all draws"), sum / 65_536.0);
    }
    // v of Adam with gradients of zero falls by a thousandth of itself in a step.
    let mut v = 1.0_f32;
    for step in 1..=3000 {
        let draw = cases.uniform(0.0, 65_536.0) as u16;
        v = to_bf16(0.999 * v, draw);
        if step % 500 == 0 {
            let what =
                format!("v after {step} steps with beta2 = 0.999 and gradients of zero, from 1");
            cases.value(what, f64::from(v));
        }
    }
}
