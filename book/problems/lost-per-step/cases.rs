pub fn run(cases: &mut Cases) {
    let shapes: [(&str, &[usize]); 6] = [
        ("an embedding", &[1000, 64]),
        ("a matrix", &[64, 32]),
        ("a matrix with one row", &[1, 64]),
        ("the kernels of a convolution", &[16, 3, 3, 3]),
        ("a bias or a gain", &[64]),
        ("a single number, such as a temperature", &[]),
    ];
    for (name, shape) in shapes {
        for (layers, factor) in [(6, 0.8), (12, 0.65), (3, 1.0), (1, 0.5)] {
            for layer in 0..layers {
                // In millionths, where differences can be seen.
                let lost = 1e6 * lost_per_step(shape, layer, layers, 1e-3, factor, 0.1);
                cases.value(
                    format!(
                        "10⁶ times what is lost by {name} in layer {layer} of {layers}, \
                         factor = {factor}"
                    ),
                    lost,
                );
            }
        }
        let lost = lost_per_step(shape, 1, 3, 0.5, 0.5, 0.0);
        cases.value(format!("what is lost by {name} without decay"), lost);
        let lost = lost_per_step(shape, 1, 3, 0.5, 0.5, 0.4);
        cases.value(
            format!("what is lost by {name} in layer 1 of 3 at a rate of 0.5, weight_decay = 0.4"),
            lost,
        );
    }
}
