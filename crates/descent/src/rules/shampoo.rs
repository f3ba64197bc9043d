//! Shampoo: the inverse roots of two matrices, one for a matrix's rows and one for its columns.
//!
//! ```text
//! L ← L + G Gᵀ                     rows×rows, started at ε I
//! R ← R + Gᵀ G                     columns×columns, started at ε I
//! θ ← θ − η L^(−1/4) G R^(−1/4)
//! ```
//!
//! Gupta, Koren and Singer (2018), Algorithm 1. The roots are taken every `every` steps and kept in
//! between, as the authors do in practice. A tensor of more than two axes is treated as
//! a matrix of its first axis by all others, and one of fewer as a matrix of one column, for which
//! R is the sum of all squares: the paper's Algorithm 2 keeps a matrix for every axis instead.

use crate::linalg::{Matrix, multiply, multiply_by_transpose, multiply_transpose, symmetric_eigen};
use crate::{HyperparameterError, Real, Rule, State};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// Shampoo.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shampoo {
    /// ε, what L and R start with on their diagonals: above 0, in units of the gradient squared.
    pub eps: f64,
    /// How many steps pass between two computations of the roots: at least 1.
    pub every: u64,
}

impl Default for Shampoo {
    /// ε = 10⁻⁴, and roots taken at every step.
    fn default() -> Self {
        Self { eps: 1e-4, every: 1 }
    }
}

/// L, R and their inverse fourth roots.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct ShampooState<F> {
    /// L in the formulas: rows×rows.
    pub left: Matrix<F>,
    /// R in the formulas: columns×columns.
    pub right: Matrix<F>,
    /// L^(−1/4), as old as `every` says.
    pub left_root: Matrix<F>,
    /// R^(−1/4), as old as `every` says.
    pub right_root: Matrix<F>,
    #[serde(skip)]
    room: [Matrix<F>; 3],
}

impl<F: Real> State for ShampooState<F> {
    fn bytes(&self) -> usize {
        let Self { left, right, left_root, right_root, room: _ } = self;
        [left, right, left_root, right_root].map(|a| a.values().len()).iter().sum::<usize>()
            * size_of::<F>()
    }
}

/// Rows and columns of the matrix that a tensor of this shape is treated as.
pub(crate) fn as_matrix(shape: &[usize]) -> (usize, usize) {
    match shape {
        [] => (1, 1),
        [rows, columns @ ..] => (*rows, columns.iter().product()),
    }
}

impl<F: Real> Rule<F> for Shampoo {
    type State = ShampooState<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        HyperparameterError::check_positive("Shampoo", "eps", self.eps)?;
        HyperparameterError::check_positive("Shampoo", "every", self.every as f64)
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Self::State {
        let (rows, columns) = as_matrix(parameter.shape());
        let start = |size, value| {
            let mut matrix = Matrix::identity(size);
            matrix.scale(F::of(value));
            matrix
        };
        let root = libm::pow(self.eps, -0.25);
        ShampooState {
            left: start(rows, self.eps),
            right: start(columns, self.eps),
            left_root: start(rows, root),
            right_root: start(columns, root),
            room: Default::default(),
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
        let ShampooState { left, right, left_root, right_root, room: [g, a, b] } = state;
        g.copy_from(gradient, right.rows());
        multiply_by_transpose(g, g, a);
        left.combine(F::one(), a, F::one());
        multiply_transpose(g, g, a);
        right.combine(F::one(), a, F::one());
        if (step - 1).is_multiple_of(self.every) {
            inverse_fourth_root(left, left_root, a, b);
            inverse_fourth_root(right, right_root, a, b);
        }
        multiply(left_root, g, a);
        multiply(a, right_root, b);
        let learning_rate = F::of(learning_rate);
        parameter.iter_mut().zip(b.values()).for_each(|(theta, &u)| *theta -= learning_rate * u);
    }
    // ANCHOR_END: update
}

/// root ← a^(−1/4), for a symmetric matrix without negative eigenvalues but for rounding.
fn inverse_fourth_root<F: Real>(
    a: &Matrix<F>,
    root: &mut Matrix<F>,
    diagonal: &mut Matrix<F>,
    vectors: &mut Matrix<F>,
) {
    diagonal.assign(a);
    symmetric_eigen(diagonal, vectors);
    let size = a.rows();
    let largest = (0..size).fold(F::zero(), |most, i| most.max(diagonal.at(i, i)));
    let least = largest * F::epsilon();
    // Rounding may leave an eigenvalue at zero or below, which has no such root.
    for i in 0..size {
        let value = diagonal.at(i, i).max(least);
        diagonal.values_mut()[i * size + i] = value.sqrt().sqrt().recip();
    }
    root.fill(|i, j| {
        (0..size)
            .fold(F::zero(), |sum, k| sum + vectors.at(i, k) * diagonal.at(k, k) * vectors.at(j, k))
    });
}

#[cfg(test)]
mod tests {
    use crate::{Optimizer, Shampoo, Tensors};
    use approx::assert_abs_diff_eq;
    use ndarray::{array, linalg::general_mat_mul};

    /// With G = U S Vᵀ and ε → 0, the first step is U Vᵀ: L^(−1/4) = U S^(−1/2) Uᵀ.
    #[test]
    fn the_first_step_is_orthogonal() {
        let g = array![[3.0, 1.0, 0.5], [-1.0, 2.0, 0.25], [0.5, 0.0, -4.0]];
        let mut parameters = Tensors::new().with("w", ndarray::Array2::zeros((3, 3)).into_dyn());
        let rule = Shampoo { eps: 1e-12, every: 1 };
        let mut optimizer = Optimizer::new(rule, 1.0, &parameters).unwrap();
        let gradients = Tensors::new().with("w", g.into_dyn());
        optimizer.step(&mut parameters, &gradients).unwrap();
        let w = parameters.get("w").unwrap().clone().into_dimensionality::<ndarray::Ix2>().unwrap();
        let mut gram = ndarray::Array2::zeros((3, 3));
        general_mat_mul(1.0, &w, &w.t(), 0.0, &mut gram);
        for ((i, j), &x) in gram.indexed_iter() {
            assert_abs_diff_eq!(x, if i == j { 1.0 } else { 0.0 }, epsilon = 1e-9);
        }
    }

    /// For one column, L^(−1/4) g R^(−1/4) = g / √(‖g‖ ‖g‖) on the first step.
    #[test]
    fn a_vector_is_scaled_by_its_norm() {
        let mut parameters = Tensors::new().with("b", array![0.0, 0.0].into_dyn());
        let rule = Shampoo { eps: 1e-14, every: 1 };
        let mut optimizer = Optimizer::new(rule, 1.0, &parameters).unwrap();
        let gradients = Tensors::new().with("b", array![3.0, 4.0].into_dyn());
        optimizer.step(&mut parameters, &gradients).unwrap();
        let b: Vec<f64> = parameters.scalars().collect();
        assert_abs_diff_eq!(b[0], -0.6, epsilon = 1e-6);
        assert_abs_diff_eq!(b[1], -0.8, epsilon = 1e-6);
    }
}
