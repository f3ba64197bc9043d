#[derive(Clone, Copy)]
pub enum Convention {
    Accumulated,
    Averaged,
}

/// One step of momentum on every coordinate, in place.
pub fn momentum_step(
    convention: Convention,
    learning_rate: f64,
    beta: f64,
    theta: &mut [f64],
    g: &[f64],
    velocity: &mut [f64],
) {
    let gain = match convention {
        Convention::Accumulated => 1.0,
        Convention::Averaged => 1.0 - beta,
    };
    for (i, &g) in g.iter().enumerate() {
        velocity[i] = beta * velocity[i] + gain * g;
        theta[i] -= learning_rate * velocity[i];
    }
}
