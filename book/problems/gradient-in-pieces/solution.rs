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
        for (sum, mean) in self.sum.iter_mut().zip(mean) {
            *sum += examples as f64 * mean;
        }
        self.examples += examples;
    }

    /// The mean gradient over all examples added since the last time; zeros if there were none.
    pub fn take(&mut self) -> Vec<f64> {
        let examples = self.examples.max(1) as f64;
        let gradient = self.sum.iter().map(|sum| sum / examples).collect();
        self.sum.fill(0.0);
        self.examples = 0;
        gradient
    }
}
