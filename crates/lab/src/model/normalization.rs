//! Batch norm and layer norm.
//!
//! Both subtract a mean and divide by a standard deviation, then multiply by a gain and add a shift
//! that are learned, one of each a column. Batch norm takes the statistics of each column over the
//! rows of the batch (Ioffe and Szegedy 2015, Algorithm 1), layer norm those of each row (Ba, Kiros
//! and Hinton 2016, section 3).

use super::{sum_rows, vector};
use descent::Tensors;
use ndarray::{Array1, Array2, Axis};

/// What is added to variances.
const EPS: f64 = 1e-5;

/// Over what a mean and a variance are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    /// Over the examples, for each unit.
    Batch,
    /// Over the units, for each example.
    Layer,
}

/// What the way back needs of the way forward.
pub(super) struct Pass {
    /// The input with mean 0 and variance 1.
    standard: Array2<f64>,
    /// What it was divided by, as a factor: for each row or each column.
    inverse_deviation: Array1<f64>,
    /// Whether mean and variance were given, instead of computed from the input.
    fixed: bool,
}

impl Normalization {
    /// The axis along which mean and variance are taken.
    fn axis(self) -> Axis {
        match self {
            Self::Batch => Axis(0),
            Self::Layer => Axis(1),
        }
    }

    /// The mean and the variance along the axis, summed in order.
    fn statistics(self, input: &Array2<f64>) -> (Array1<f64>, Array1<f64>) {
        let count = input.len_of(self.axis()) as f64;
        let mean = self.sum(input) / count;
        let squares = self.centered(input, &mean).mapv(|x| x * x);
        (mean, self.sum(&squares) / count)
    }

    fn sum(self, input: &Array2<f64>) -> Array1<f64> {
        match self {
            Self::Batch => sum_rows(input),
            Self::Layer => input.rows().into_iter().map(|row| row.iter().sum()).collect(),
        }
    }

    /// A vector with one entry for each row or column of what is normalized, shaped to be combined
    /// with it.
    fn spread(self, values: &Array1<f64>) -> Array2<f64> {
        values.clone().insert_axis(self.axis())
    }

    fn centered(self, input: &Array2<f64>, mean: &Array1<f64>) -> Array2<f64> {
        input - &self.spread(mean)
    }

    /// Normalizes, multiplies by the tensor `gain` and adds the tensor `shift`, if there is one.
    /// Where the parameters hold `mean` and `variance` of this name, those are used.
    pub(super) fn forward(
        self,
        parameters: &Tensors<f64>,
        name: &str,
        input: &Array2<f64>,
    ) -> (Array2<f64>, Pass) {
        let fixed = parameters.get(&format!("mean{name}")).is_some();
        let (mean, variance) = if fixed {
            let stored = |what: &str| vector(parameters, &format!("{what}{name}")).to_owned();
            (stored("mean"), stored("variance"))
        } else {
            self.statistics(input)
        };
        let inverse_deviation = variance.mapv(|v| 1.0 / (v + EPS).sqrt());
        let standard = self.centered(input, &mean) * self.spread(&inverse_deviation);
        let mut output = &standard * &vector(parameters, &format!("gain{name}"));
        if parameters.get(&format!("shift{name}")).is_some() {
            output += &vector(parameters, &format!("shift{name}"));
        }
        (output, Pass { standard, inverse_deviation, fixed })
    }

    /// The gradient with respect to the input, and with those of gain and shift added to `found`.
    pub(super) fn backward(
        self,
        parameters: &Tensors<f64>,
        name: &str,
        pass: &Pass,
        error: Array2<f64>,
        found: Tensors<f64>,
    ) -> (Array2<f64>, Tensors<f64>) {
        let gain = format!("gain{name}");
        let mut found = found.with(&gain, sum_rows(&(&error * &pass.standard)).into_dyn());
        let shift = format!("shift{name}");
        if parameters.get(&shift).is_some() {
            found = found.with(&shift, sum_rows(&error).into_dyn());
        }
        let error = error * vector(parameters, &gain);
        let scale = self.spread(&pass.inverse_deviation);
        if pass.fixed {
            return (error * scale, found);
        }
        // Mean and variance depend on the input: what they contribute is taken off.
        let count = error.len_of(self.axis()) as f64;
        let mean = self.spread(&(self.sum(&error) / count));
        let along = self.spread(&(self.sum(&(&error * &pass.standard)) / count));
        ((error - mean - &pass.standard * &along) * scale, found)
    }

    /// The parameters with `input`'s statistics as this norm's population statistics.
    pub(super) fn with_population(
        self,
        parameters: Tensors<f64>,
        name: &str,
        input: &Array2<f64>,
    ) -> Tensors<f64> {
        match self {
            Self::Layer => parameters,
            Self::Batch => {
                let (mean, variance) = self.statistics(input);
                parameters
                    .with(&format!("mean{name}"), mean.into_dyn())
                    .with(&format!("variance{name}"), variance.into_dyn())
            }
        }
    }

    /// The parameters with a gain of 1 and a shift of 0 for each of `units`.
    pub(super) fn initial(parameters: Tensors<f64>, name: &str, units: usize) -> Tensors<f64> {
        parameters
            .with(&format!("gain{name}"), Array1::ones(units).into_dyn())
            .with(&format!("shift{name}"), Array1::zeros(units).into_dyn())
    }
}
