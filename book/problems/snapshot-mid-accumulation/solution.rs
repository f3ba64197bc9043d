/// How many micro-batches make an update.
pub const ACCUMULATE: usize = 4;

/// All that a run keeps.
pub struct Run {
    pub theta: Vec<f64>,
    /// Adam's moments.
    pub m: Vec<f64>,
    pub v: Vec<f64>,
    /// The sum of the gradients since the last update.
    pub sum: Vec<f64>,
    /// How many updates there were.
    pub step: i32,
    /// How many gradients are in the sum.
    pub micro: usize,
}

impl Run {
    pub fn new(theta: Vec<f64>) -> Self {
        let zero = vec![0.0; theta.len()];
        Self { theta, m: zero.clone(), v: zero.clone(), sum: zero, step: 0, micro: 0 }
    }

    /// Takes in one gradient, and updates if it is the last of its update.
    pub fn micro_batch(&mut self, gradient: &[f64]) {
        for (sum, g) in self.sum.iter_mut().zip(gradient) {
            *sum += g;
        }
        self.micro += 1;
        if self.micro < ACCUMULATE {
            return;
        }
        self.step += 1;
        let (beta1, beta2, eps): (f64, f64, f64) = (0.9, 0.99, 1e-8);
        let learning_rate = 0.1 * (f64::from(self.step) / 5.0).min(1.0);
        for i in 0..self.theta.len() {
            let g = self.sum[i] / ACCUMULATE as f64;
            self.m[i] = beta1 * self.m[i] + (1.0 - beta1) * g;
            self.v[i] = beta2 * self.v[i] + (1.0 - beta2) * g * g;
            let m_hat = self.m[i] / (1.0 - beta1.powi(self.step));
            let v_hat = self.v[i] / (1.0 - beta2.powi(self.step));
            self.theta[i] -= learning_rate * m_hat / (v_hat.sqrt() + eps);
        }
        self.sum.fill(0.0);
        self.micro = 0;
    }
}

/// Everything that the next update depends on.
pub fn save(run: &Run) -> Vec<f64> {
    let mut numbers = Vec::new();
    numbers.extend([&run.theta, &run.m, &run.v, &run.sum].into_iter().flatten());
    numbers.extend([f64::from(run.step), run.micro as f64]);
    numbers
}

/// The run that was saved.
pub fn load(numbers: &[f64]) -> Run {
    let size = (numbers.len() - 2) / 4;
    Run {
        theta: numbers[..size].to_vec(),
        m: numbers[size..2 * size].to_vec(),
        v: numbers[2 * size..3 * size].to_vec(),
        sum: numbers[3 * size..4 * size].to_vec(),
        micro: numbers[4 * size + 1] as usize,
        step: numbers[4 * size] as i32,
    }
}
