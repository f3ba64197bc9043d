fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// One step of sign descent with error feedback, in place.
pub fn ef_sign_step(learning_rate: f64, theta: &mut [f64], g: &[f64], e: &mut [f64]) {
    let p: Vec<f64> = g.iter().zip(&*e).map(|(g, e)| learning_rate * g + e).collect();
    let scale = p.iter().map(|p| p.abs()).sum::<f64>() / p.len() as f64;
    for ((theta, p), e) in theta.iter_mut().zip(&p).zip(e) {
        let step = scale * sign(*p);
        *theta -= step;
        *e = p - step;
    }
}
