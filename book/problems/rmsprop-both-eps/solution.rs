#[derive(Clone, Copy, Debug)]
pub enum RootEps {
    Outside,
    Inside,
}

pub struct RmsProp {
    pub learning_rate: f64,
    pub alpha: f64,
    pub eps: f64,
    pub root_eps: RootEps,
    pub momentum: f64,
}

/// One step of RMSprop on every coordinate, in place.
pub fn rmsprop_step(
    rule: &RmsProp,
    theta: &mut [f64],
    g: &[f64],
    s: &mut [f64],
    velocity: &mut [f64],
) {
    let RmsProp { learning_rate, alpha, eps, root_eps, momentum } = *rule;
    for (i, &g) in g.iter().enumerate() {
        s[i] = alpha * s[i] + (1.0 - alpha) * g * g;
        let root = match root_eps {
            RootEps::Outside => s[i].sqrt() + eps,
            RootEps::Inside => (s[i] + eps).sqrt(),
        };
        velocity[i] = momentum * velocity[i] + g / root;
        theta[i] -= learning_rate * velocity[i];
    }
}
