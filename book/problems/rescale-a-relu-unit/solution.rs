pub struct Layer {
    pub weights: Vec<Vec<f64>>,
    pub bias: Vec<f64>,
}

/// Multiplies what flows into `unit` of `layers[layer]` by `factor`, and keeps the function.
pub fn rescale(layers: &mut [Layer], layer: usize, unit: usize, factor: f64) -> bool {
    if factor <= 0.0 || layer + 1 >= layers.len() {
        return false;
    }
    let (before, after) = layers.split_at_mut(layer + 1);
    let (own, next) = (&mut before[layer], &mut after[0]);
    own.weights[unit].iter_mut().for_each(|w| *w *= factor);
    own.bias[unit] *= factor;
    next.weights.iter_mut().for_each(|row| row[unit] /= factor);
    true
}
