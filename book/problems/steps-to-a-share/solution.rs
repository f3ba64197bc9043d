/// After how many steps the error along every direction is at most `share` of what it was.
pub fn steps_to_reach(curvatures: &[f64], learning_rate: f64, share: f64) -> Option<u32> {
    let factors = curvatures.iter().map(|curvature| (1.0 - learning_rate * curvature).abs());
    let slowest = factors.fold(0.0, f64::max);
    if slowest >= 1.0 {
        return None;
    }
    let steps = share.ln() / slowest.ln();
    Some(steps.ceil().max(1.0) as u32)
}
