/// Shortens all tensors together to a norm of at most `limit`; returns the norm that was met.
pub fn clip_by_global_norm(gradients: &mut [Vec<f64>], limit: f64) -> f64 {
    let norm = gradients.iter().flatten().map(|g| g * g).sum::<f64>().sqrt();
    if norm.is_finite() && norm > limit {
        let factor = limit / norm;
        for g in gradients.iter_mut().flatten() {
            *g *= factor;
        }
    }
    norm
}
