/// One step of PyTorch's `SGD(momentum = beta, nesterov = True)` on every coordinate, in place.
pub fn nesterov_step(
    learning_rate: f64,
    beta: f64,
    weight_decay: f64,
    theta: &mut [f64],
    g: &[f64],
    velocity: &mut [f64],
) {
    for (i, &g) in g.iter().enumerate() {
        let g = g + weight_decay * theta[i];
        velocity[i] = beta * velocity[i] + g;
        let direction = g + beta * velocity[i];
        theta[i] -= learning_rate * direction;
    }
}
