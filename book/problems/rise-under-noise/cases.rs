fn bowl(theta: &[f64]) -> f64 {
    theta.iter().zip([1.0, 10.0, 0.1]).map(|(w, c)| 0.5 * c * (w - 1.0) * (w - 1.0)).sum::<f64>()
        + 0.25
}

fn network(theta: &[f64]) -> f64 {
    let value = theta[2] * (theta[0] * 1.5 + theta[1]).max(0.0);
    0.5 * (value - 1.0) * (value - 1.0) + 0.1
}

pub fn run(cases: &mut Cases) {
    for count in [1, 2, 8] {
        for spread in [0.1, 0.01, 0.0, 0.5] {
            let draws: Vec<Vec<f64>> = (0..count).map(|_| cases.uniforms(3, -1.7, 1.7)).collect();
            let when = format!("with {count} draws and a spread of {spread}");
            for (place, theta) in [
                ("at the minimum", [1.0, 1.0, 1.0]),
                ("beside the minimum", [0.5, 2.0, -1.0]),
                ("with a weight of zero", [0.0, 1.0, 3.0]),
            ] {
                let rise = rise_under_noise(&bowl, &theta, &draws, spread);
                cases.value(format!("the rise in a bowl, {place}, {when}"), rise);
            }
            for factor in [1.0, 10.0] {
                let theta = [0.4 * factor, 0.3 * factor, 1.2 / factor];
                let rise = rise_under_noise(&network, &theta, &draws, spread);
                cases.value(format!("the rise of a network rescaled by {factor}, {when}"), rise);
            }
        }
    }
}
