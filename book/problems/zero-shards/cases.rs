pub fn run(cases: &mut Cases) {
    for (name, [weight, gradient, master, moments]) in [
        ("AdamW in mixed precision", [2, 2, 4, 8]),
        ("AdamW with gradients in single precision", [2, 4, 4, 8]),
        ("Lion in single precision", [4, 4, 0, 4]),
        ("SGD in mixed precision", [2, 2, 4, 0]),
    ] {
        let bytes = Bytes { weight, gradient, master, moments };
        for parameters in [10, 64, 1001, 13_000_000_000] {
            for ranks in [1, 3, 8, 2000] {
                for stage in 0..4 {
                    let what = format!(
                        "bytes for {name} with {parameters} parameters on {ranks} ranks at stage {stage}"
                    );
                    cases.value(what, bytes_per_rank(parameters, &bytes, stage, ranks) as f64);
                }
            }
        }
    }
}
