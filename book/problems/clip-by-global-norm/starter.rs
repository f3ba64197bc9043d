/// Shortens all tensors together to a norm of at most `limit`; returns the norm that was met.
pub fn clip_by_global_norm(gradients: &mut [Vec<f64>], limit: f64) -> f64 {
    todo!()
}
