//! Adafactor: a second moment kept as its row means and its column means.
//!
//! ```text
//! β₂ₜ = 1 − t^γ                    ρₜ = min(η, 1/√t)
//! α = max(ε₂, RMS(θ)) ρₜ
//! matrix:  r ← β₂ₜ r + (1 − β₂ₜ) row means of G²,  c likewise by columns,  V = r cᵀ / mean(r)
//! vector:  V ← β₂ₜ V + (1 − β₂ₜ) g²
//! U = G / √max(V, ε₁²)
//! θ ← θ − η λ θ − α U / max(1, RMS(U) / d)
//! ```
//!
//! Shazeer and Stern (2018), Algorithms 4 to 6 without momentum, as PyTorch has them: mean(r) is
//! kept at ε₁ or above, V at ε₁² or above, where the paper adds ε₁ to G². Of a tensor with more
//! than two axes the last two are factored, for each place in the others. RMS(θ) is that of the
//! parameter before it decays.

use crate::{HyperparameterError, Real, Rule, State, reduce};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// Adafactor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adafactor {
    /// γ, the exponent by which 1 − β₂ₜ falls: at most 0.
    pub beta2_decay: f64,
    /// ε₁, the least root of V: at least 0; where absent, the gap between 1 and the next number.
    pub eps1: Option<f64>,
    /// ε₂, the least size a parameter is taken to have: at least 0.
    pub eps2: f64,
    /// d, the root mean square beyond which an update is scaled down: above 0.
    pub clip_threshold: f64,
    /// λ, the strength of the decay, multiplied by η: at least 0.
    pub weight_decay: f64,
}

impl Default for Adafactor {
    /// PyTorch's settings: γ = −0.8, ε₁ absent, ε₂ = 10⁻³, d = 1, λ = 0. γ, ε₂ and d are the paper's,
    /// whose ε₁ is 10⁻³⁰.
    fn default() -> Self {
        let (beta2_decay, eps1, eps2) = (-0.8, None, 1e-3);
        Self { beta2_decay, eps1, eps2, clip_threshold: 1.0, weight_decay: 0.0 }
    }
}

/// The second moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub enum AdafactorState<F> {
    /// Of a matrix, or of each matrix in a tensor: one mean a row and one a column.
    Factored {
        /// r, rows of all matrices one after the other.
        row_means: Vec<F>,
        /// c, columns of all matrices one after the other.
        column_means: Vec<F>,
    },
    /// Of a vector or a scalar: V itself.
    Full {
        /// V.
        second_moment: Vec<F>,
    },
}

impl<F: Real> State for AdafactorState<F> {
    fn bytes(&self) -> usize {
        size_of::<F>()
            * match self {
                Self::Factored { row_means, column_means } => row_means.len() + column_means.len(),
                Self::Full { second_moment } => second_moment.len(),
            }
    }
}

impl<F: Real> Rule<F> for Adafactor {
    type State = AdafactorState<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        let (name, value) = ("-beta2_decay", -self.beta2_decay);
        HyperparameterError::check_non_negative("Adafactor", name, value)?;
        HyperparameterError::check_non_negative("Adafactor", "eps1", self.eps1.unwrap_or(0.0))?;
        HyperparameterError::check_non_negative("Adafactor", "eps2", self.eps2)?;
        HyperparameterError::check_positive("Adafactor", "clip_threshold", self.clip_threshold)?;
        HyperparameterError::check_non_negative("Adafactor", "weight_decay", self.weight_decay)
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Self::State {
        let zeros = |count| vec![F::zero(); count];
        match parameter.shape() {
            [matrices @ .., rows, columns] => {
                let matrices: usize = matrices.iter().product();
                AdafactorState::Factored {
                    row_means: zeros(matrices * rows),
                    column_means: zeros(matrices * columns),
                }
            }
            _ => AdafactorState::Full { second_moment: zeros(parameter.len()) },
        }
    }

    // ANCHOR: update
    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Self::State,
    ) {
        let fresh = F::of(libm::pow(step as f64, self.beta2_decay));
        let rate = learning_rate.min(1.0 / (step as f64).sqrt());
        let rate = self.eps2.max(reduce::root_mean_square(parameter)) * rate;
        let kept = F::of(1.0 - learning_rate * self.weight_decay);
        let eps1 = self.eps1.map_or(F::epsilon(), F::of);

        let g = gradient.as_slice().expect("the driver passes the standard layout");
        let theta = parameter.as_slice_mut().expect("the driver passes the standard layout");
        let (rows, columns) = last_two(gradient.shape());
        state.average(g, rows, columns, fresh);
        // The square of a small ε₁ may be no number of this type.
        let least = (eps1 * eps1).max(F::min_positive_value());
        let direction = move |g: F, v: F| g / v.max(least).sqrt();

        let mut squares = 0.0;
        state.for_each_row(rows, columns, eps1, |first, scale, v| {
            squares += reduce::sum_of([&g[first..first + v.len()], v], move |[g, v]| {
                let u = direction(g, scale * v).as_f64();
                u * u
            });
        });
        let root_mean_square = (squares / g.len() as f64).sqrt();
        let rate = F::of(rate / (root_mean_square / self.clip_threshold).max(1.0));
        state.for_each_row(rows, columns, eps1, |first, scale, v| {
            let theta = &mut theta[first..first + v.len()];
            for ((theta, &g), &v) in theta.iter_mut().zip(&g[first..]).zip(v) {
                *theta = kept * *theta - rate * direction(g, scale * v);
            }
        });
    }
    // ANCHOR_END: update
}

impl<F: Real> AdafactorState<F> {
    /// Moves the averages towards the squares of this gradient, by the fraction `fresh`.
    fn average(&mut self, g: &[F], rows: usize, columns: usize, fresh: F) {
        let kept = F::one() - fresh;
        match self {
            Self::Full { second_moment } => {
                for (v, &g) in second_moment.iter_mut().zip(g) {
                    *v = kept * *v + fresh * g * g;
                }
            }
            Self::Factored { row_means, column_means } => {
                let per_column = fresh / F::of(rows as f64);
                column_means.iter_mut().for_each(|c| *c = kept * *c);
                for (i, (r, row)) in row_means.iter_mut().zip(g.chunks_exact(columns)).enumerate() {
                    let squares = reduce::sum_of([row], |[g]| g.as_f64() * g.as_f64());
                    *r = kept * *r + fresh * F::of(squares / columns as f64);
                    let first = i / rows * columns;
                    let means = &mut column_means[first..first + columns];
                    means.iter_mut().zip(row).for_each(|(c, &g)| *c += per_column * g * g);
                }
            }
        }
    }

    /// Calls `visit` for each row with the place of its first coordinate, a scale, and the numbers
    /// that make V where they are multiplied by it.
    fn for_each_row(
        &self,
        rows: usize,
        columns: usize,
        eps1: F,
        mut visit: impl FnMut(usize, F, &[F]),
    ) {
        match self {
            Self::Full { second_moment } => visit(0, F::one(), second_moment),
            Self::Factored { row_means, column_means } => {
                let matrices = row_means.chunks_exact(rows).zip(column_means.chunks_exact(columns));
                for (matrix, (r, c)) in matrices.enumerate() {
                    let sum = r.iter().fold(F::zero(), |sum, &r| sum + r);
                    let mean = (sum / F::of(rows as f64)).max(eps1);
                    for (i, &r) in r.iter().enumerate() {
                        visit((matrix * rows + i) * columns, r / mean, c);
                    }
                }
            }
        }
    }
}

/// The lengths of the last two axes.
fn last_two(shape: &[usize]) -> (usize, usize) {
    match shape {
        [.., rows, columns] => (*rows, *columns),
        _ => (1, 1),
    }
}
