/// The share of a weight that decay takes in one step, for a tensor of this shape in this layer,
/// counted from 0 at the input to `layers - 1` at the output.
pub fn lost_per_step(
    shape: &[usize],
    layer: usize,
    layers: usize,
    learning_rate: f64,
    factor: f64,
    weight_decay: f64,
) -> f64 {
    todo!()
}
