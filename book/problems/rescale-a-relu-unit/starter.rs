pub struct Layer {
    pub weights: Vec<Vec<f64>>,
    pub bias: Vec<f64>,
}

/// Multiplies what flows into `unit` of `layers[layer]` by `factor`, and keeps the function.
pub fn rescale(layers: &mut [Layer], layer: usize, unit: usize, factor: f64) -> bool {
    todo!()
}
