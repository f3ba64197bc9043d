//! Muon: momentum, with all singular values of its step brought close to one.
//!
//! ```text
//! b ← μ b + (1 − μ) g                      a matrix
//! u = (1 − μ) g + μ b                      Nesterov; otherwise u = b
//! X = u / ‖u‖_F, then five times:  A = X Xᵀ,  X ← a X + (b A + c A²) X
//! θ ← θ − η λ θ − η √max(1, rows / columns) X
//! ```
//!
//! Jordan et al. (2024), "Muon: An optimizer for hidden layers in neural networks". The iteration
//! is Newton–Schulz's with coefficients (a, b, c) = (3.4445, −4.7750, 2.0315), chosen to raise small
//! singular values fast and not to settle: five steps map [0.0015, 1] into [0.679, 1.203] instead of
//! to 1; on a scale of powers all but seven hundredths of it into [0.68, 1.14]. PyTorch runs the iteration in bf16; here it runs in the parameter's own precision.

use crate::linalg::{Matrix, multiply, multiply_by_transpose};
use crate::{HyperparameterError, Real, Rule, State, reduce};
use ndarray::{Array2, ArrayD, ArrayView2, Axis, Ix2};
use serde::{Deserialize, Serialize};

/// Muon, for matrices. Give vectors to another rule, such as [`AdamW`](crate::AdamW).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Muon {
    /// μ, the momentum: in [0, 1).
    pub momentum: f64,
    /// Whether the step looks ahead along the momentum.
    pub nesterov: bool,
    /// How many Newton–Schulz iterations bring the singular values close to one: fewer than 100.
    pub newton_schulz_steps: usize,
    /// λ, the strength of the decay, multiplied by η: at least 0.
    pub weight_decay: f64,
}

impl Default for Muon {
    /// PyTorch's settings: μ = 0.95 with Nesterov's look-ahead, five iterations, λ = 0.1.
    fn default() -> Self {
        Self { momentum: 0.95, nesterov: true, newton_schulz_steps: 5, weight_decay: 0.1 }
    }
}

/// b in the formulas, and room to work in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct MuonState<F> {
    /// The momentum buffer, with the shape of its parameter.
    pub velocity: Array2<F>,
    #[serde(skip)]
    room: Room<F>,
}

/// X, A, b A + c A² and the next X. Nothing in it outlives a step.
#[derive(Clone, Debug, Default)]
struct Room<F> {
    x: Matrix<F>,
    gram: Matrix<F>,
    polynomial: Matrix<F>,
    next: Matrix<F>,
}

impl<F: Real> State for MuonState<F> {
    fn bytes(&self) -> usize {
        self.velocity.len() * size_of::<F>()
    }
}

impl<F: Real> Rule<F> for Muon {
    type State = MuonState<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_decay_rate("Muon", "momentum", self.momentum)?;
        HyperparameterError::check_non_negative("Muon", "weight_decay", self.weight_decay)?;
        let steps = self.newton_schulz_steps;
        if steps < 100 {
            return Ok(());
        }
        let (rule, name, range) = ("Muon", "newton_schulz_steps".into(), "[0, 100)");
        Err(HyperparameterError { rule, name, value: steps as f64, range })
    }

    fn accepts(&self, shape: &[usize]) -> Result<(), &'static str> {
        if shape.len() == 2 { Ok(()) } else { Err("a matrix; give other tensors to another rule") }
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Self::State {
        let shape = (parameter.len_of(Axis(0)), parameter.len_of(Axis(1)));
        MuonState { velocity: Array2::zeros(shape), room: Room::default() }
    }

    // ANCHOR: update
    fn update(
        &self,
        _step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Self::State,
    ) {
        let mut parameter = matrix_mut(parameter);
        let gradient = matrix(gradient);
        let MuonState { velocity, room } = state;
        let (rows, columns) = velocity.dim();
        let [momentum, one_minus_momentum] = [self.momentum, 1.0 - self.momentum].map(F::of);
        let average = |b: F, g: F| momentum * b + one_minus_momentum * g;
        velocity.zip_mut_with(&gradient, |b, &g| *b = average(*b, g));

        // The iteration multiplies by X Xᵀ, which is smaller where X is wide.
        let tall = rows > columns;
        let look_ahead = |b: F, g: F| if self.nesterov { average(b, g) } else { b };
        room.x.resize(rows.min(columns), rows.max(columns));
        room.x.fill(|i, j| {
            let place = if tall { [j, i] } else { [i, j] };
            look_ahead(velocity[place], gradient[place])
        });
        room.orthogonalize(self.newton_schulz_steps);

        let shape_factor = (rows as f64 / columns as f64).max(1.0).sqrt();
        let rate = F::of(learning_rate * shape_factor);
        let kept = F::of(1.0 - learning_rate * self.weight_decay);
        parameter.indexed_iter_mut().for_each(|((i, j), theta)| {
            let x = if tall { room.x.at(j, i) } else { room.x.at(i, j) };
            *theta = kept * *theta - rate * x;
        });
    }
    // ANCHOR_END: update
}

impl<F: Real> Room<F> {
    // ANCHOR: orthogonalize
    /// Newton–Schulz: moves every singular value of x towards one and leaves its vectors.
    fn orthogonalize(&mut self, steps: usize) {
        let [a, b, c] = [3.4445, -4.7750, 2.0315].map(F::of);
        let Self { x, gram, polynomial, next } = self;
        let norm = F::of(reduce::norm_of_slice(x.values()).max(1e-7));
        x.scale(F::one() / norm);
        for _ in 0..steps {
            multiply_by_transpose(x, x, gram);
            multiply(gram, gram, polynomial);
            polynomial.combine(c, gram, b);
            multiply(polynomial, x, next);
            next.combine(F::one(), x, a);
            std::mem::swap(x, next);
        }
    }
    // ANCHOR_END: orthogonalize
}

fn matrix<F: Real>(array: &ArrayD<F>) -> ArrayView2<'_, F> {
    array.view().into_dimensionality::<Ix2>().expect("Muon accepts matrices only")
}

fn matrix_mut<F: Real>(array: &mut ArrayD<F>) -> ndarray::ArrayViewMut2<'_, F> {
    array.view_mut().into_dimensionality::<Ix2>().expect("Muon accepts matrices only")
}
