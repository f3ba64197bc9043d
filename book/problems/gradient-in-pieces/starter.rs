/// Gathers the mean gradient of a batch that is processed in pieces.
pub struct Accumulator {
    sum: Vec<f64>,
    examples: usize,
}

impl Accumulator {
    /// For so many parameters.
    pub fn new(parameters: usize) -> Self {
        Self { sum: vec![0.0; parameters], examples: 0 }
    }

    /// Adds a piece: the mean gradient over so many examples.
    pub fn add(&mut self, mean: &[f64], examples: usize) {
        todo!()
    }

    /// The mean gradient over all examples added since the last time; zeros if there were none.
    pub fn take(&mut self) -> Vec<f64> {
        todo!()
    }
}
