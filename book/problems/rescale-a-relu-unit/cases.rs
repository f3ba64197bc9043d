fn output(layers: &[Layer], input: &[f64]) -> Vec<f64> {
    let mut values = input.to_vec();
    for (number, layer) in layers.iter().enumerate() {
        values = layer
            .weights
            .iter()
            .zip(&layer.bias)
            .map(|(row, bias)| row.iter().zip(&values).map(|(w, x)| w * x).sum::<f64>() + bias)
            .map(|sum| if number + 1 < layers.len() { sum.max(0.0) } else { sum })
            .collect();
    }
    values
}

pub fn run(cases: &mut Cases) {
    for (layer, unit, factor) in [
        (0, 0, 10.0),
        (0, 2, 0.1),
        (1, 1, 3.0),
        (1, 0, 1.0),
        (2, 1, 10.0),
        (0, 1, -2.0),
        (1, 2, 0.0),
        (1, 2, 7.0),
    ] {
        let mut layers: Vec<Layer> = (0..3)
            .map(|_| Layer {
                weights: (0..3).map(|_| cases.uniforms(3, -1.0, 2.0)).collect(),
                bias: cases.uniforms(3, -0.5, 1.0),
            })
            .collect();
        let when = format!("after rescaling unit {unit} of layer {layer} of three by {factor}");
        let done = rescale(&mut layers, layer, unit, factor);
        cases.value(format!("whether it was done (1 or 0), {when}"), f64::from(u8::from(done)));
        for _ in 0..4 {
            let input = cases.uniforms(3, -2.0, 2.0);
            cases.values(format!("output {when}"), &output(&layers, &input));
        }
        for (number, layer) in layers.iter().enumerate() {
            cases.values(format!("weights of layer {number} {when}"), &layer.weights.concat());
            cases.values(format!("bias of layer {number} {when}"), &layer.bias);
        }
    }
}
