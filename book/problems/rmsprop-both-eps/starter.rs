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
    todo!()
}
