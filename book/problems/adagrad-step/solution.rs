/// One step of Adagrad on every coordinate, in place.
pub fn adagrad_step(learning_rate: f64, eps: f64, theta: &mut [f64], g: &[f64], s: &mut [f64]) {
    for (i, &g) in g.iter().enumerate() {
        s[i] += g * g;
        theta[i] -= learning_rate * g / (s[i].sqrt() + eps);
    }
}
