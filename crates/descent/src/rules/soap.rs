//! SOAP: Adam, run in the directions that Shampoo's matrices point out.
//!
//! ```text
//! G' = Q_Lᵀ G Q_R
//! M ← β₁ M + (1 − β₁) G            M' = Q_Lᵀ M Q_R
//! V ← β₂ V + (1 − β₂) G'²
//! U' = M̂' / (√V̂ + ε)               corrected as in Adam
//! θ ← θ − η λ θ − η Q_L U' Q_Rᵀ
//! L ← β₂ L + (1 − β₂) G Gᵀ         R ← β₂ R + (1 − β₂) Gᵀ G
//! Q_L, Q_R: eigenvectors of L and R, renewed every `every` steps
//! ```
//!
//! Vyas et al. (2025), Algorithm 3, with the basis renewed as in their Algorithm 4: from the second
//! time on by one step of power iteration and an orthonormalization, Q ← orth(L Q), which keeps its
//! columns in place, so that V still belongs to them. The basis is renewed after the step, so that a
//! gradient does not choose the directions in which it is measured itself. The authors' code skips its
//! first step, which it uses to find the basis; here the first gradient's basis serves the first step
//! too. Their code also sorts the columns by eigenvalue, with V, before each renewal, which Algorithm 4
//! does not. Tensors that are not matrices are treated as in [`Shampoo`](crate::Shampoo).

use crate::linalg::{
    Matrix, multiply, multiply_by_transpose, multiply_transpose, orthonormalize_columns,
    symmetric_eigen,
};
use crate::rules::adam::bias_correction;
use crate::rules::shampoo::as_matrix;
use crate::{Adam, HyperparameterError, Real, Rule, State};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// SOAP.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Soap {
    /// β₁, the decay rate of the first moment: in [0, 1).
    pub beta1: f64,
    /// β₂, the decay rate of the second moment and of L and R: in [0, 1).
    pub beta2: f64,
    /// ε, added to the root of the second moment: at least 0, in units of the gradient. At 0,
    /// a coordinate whose gradients have all been zero becomes NaN.
    pub eps: f64,
    /// λ, the strength of the decay, multiplied by η: at least 0.
    pub weight_decay: f64,
    /// How many steps pass between two renewals of the basis: at least 1.
    pub every: u64,
}

impl Default for Soap {
    /// The paper's settings: β₁ = β₂ = 0.95, ε = 10⁻⁸, a basis every ten steps; no decay.
    fn default() -> Self {
        Self { beta1: 0.95, beta2: 0.95, eps: 1e-8, weight_decay: 0.0, every: 10 }
    }
}

/// L, R, their eigenvectors, and Adam's moments.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct SoapState<F> {
    /// L and Q_L: rows×rows.
    pub left: Side<F>,
    /// R and Q_R: columns×columns.
    pub right: Side<F>,
    /// M, in the parameter's coordinates.
    pub first_moment: Matrix<F>,
    /// V, in the coordinates of the basis.
    pub second_moment: Matrix<F>,
    #[serde(skip)]
    room: [Matrix<F>; 3],
}

/// One side's covariance of gradients and its eigenvectors.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct Side<F> {
    /// L or R.
    pub covariance: Matrix<F>,
    /// Q_L or Q_R, one vector a column.
    pub basis: Matrix<F>,
}

type Product<F> = fn(&Matrix<F>, &Matrix<F>, &mut Matrix<F>);

impl<F: Real> Side<F> {
    fn new(size: usize) -> Self {
        Self { covariance: Matrix::zeros(size, size), basis: Matrix::identity(size) }
    }

    /// Takes G Gᵀ or Gᵀ G into the covariance.
    fn observe(&mut self, beta2: f64, square: Product<F>, g: &Matrix<F>, room: &mut Matrix<F>) {
        square(g, g, room);
        self.covariance.combine(F::of(beta2), room, F::of(1.0 - beta2));
    }

    fn find_basis(&mut self, room: &mut Matrix<F>) {
        room.assign(&self.covariance);
        symmetric_eigen(room, &mut self.basis);
    }

    fn renew_basis(&mut self, room: &mut Matrix<F>) {
        multiply(&self.covariance, &self.basis, room);
        orthonormalize_columns(room);
        self.basis.assign(room);
    }
}

impl<F: Real> State for SoapState<F> {
    fn bytes(&self) -> usize {
        let Self { left, right, first_moment, second_moment, room: _ } = self;
        let matrices = [
            &left.covariance,
            &left.basis,
            &right.covariance,
            &right.basis,
            first_moment,
            second_moment,
        ];
        matrices.map(|a| a.values().len()).iter().sum::<usize>() * size_of::<F>()
    }
}

impl<F: Real> Rule<F> for Soap {
    type State = SoapState<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Adam::check("Soap", self.beta1, self.beta2, self.eps)?;
        HyperparameterError::check_non_negative("Soap", "weight_decay", self.weight_decay)?;
        HyperparameterError::check_positive("Soap", "every", self.every as f64)
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Self::State {
        let (rows, columns) = as_matrix(parameter.shape());
        SoapState {
            left: Side::new(rows),
            right: Side::new(columns),
            first_moment: Matrix::zeros(rows, columns),
            second_moment: Matrix::zeros(rows, columns),
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
        let first_correction = F::of(bias_correction(self.beta1, step));
        let second_correction = F::of(bias_correction(self.beta2, step));
        let kept = F::of(1.0 - learning_rate * self.weight_decay);
        let [learning_rate, beta1, beta2, eps] =
            [learning_rate, self.beta1, self.beta2, self.eps].map(F::of);
        let [one_minus_beta1, one_minus_beta2] = [1.0 - self.beta1, 1.0 - self.beta2].map(F::of);
        let SoapState { left, right, first_moment, second_moment, room: [g, a, rotated] } = state;
        g.copy_from(gradient, right.basis.rows());

        if step == 1 {
            left.observe(self.beta2, multiply_by_transpose, g, a);
            right.observe(self.beta2, multiply_transpose, g, a);
            left.find_basis(a);
            right.find_basis(a);
        }

        multiply_transpose(&left.basis, g, a);
        multiply(a, &right.basis, rotated);
        for (v, &g) in second_moment.values_mut().iter_mut().zip(rotated.values()) {
            *v = beta2 * *v + one_minus_beta2 * g * g;
        }
        first_moment.combine(beta1, g, one_minus_beta1);
        multiply_transpose(&left.basis, first_moment, a);
        multiply(a, &right.basis, rotated);
        for (m, &v) in rotated.values_mut().iter_mut().zip(second_moment.values()) {
            *m = first_correction * *m / ((second_correction * v).sqrt() + eps);
        }
        multiply(&left.basis, rotated, a);
        multiply_by_transpose(a, &right.basis, rotated);
        for (theta, &u) in parameter.iter_mut().zip(rotated.values()) {
            *theta = kept * *theta - learning_rate * u;
        }

        if step > 1 {
            left.observe(self.beta2, multiply_by_transpose, g, a);
            right.observe(self.beta2, multiply_transpose, g, a);
            if step.is_multiple_of(self.every) {
                left.renew_basis(a);
                right.renew_basis(a);
            }
        }
    }
    // ANCHOR_END: update
}

#[cfg(test)]
mod tests {
    use crate::{Adam, Optimizer, Rule, Soap, Tensors};
    use approx::assert_abs_diff_eq;
    use ndarray::{ArrayD, IxDyn};

    fn run(
        rule: impl Rule<f64>,
        steps: usize,
        gradient: impl Fn(usize) -> ArrayD<f64>,
    ) -> ArrayD<f64> {
        let mut parameters = Tensors::new().with("w", ArrayD::zeros(gradient(0).shape()));
        let mut optimizer = Optimizer::new(rule, 0.1, &parameters).unwrap();
        for step in 0..steps {
            let gradients = Tensors::new().with("w", gradient(step));
            optimizer.step(&mut parameters, &gradients).unwrap();
        }
        parameters.get("w").unwrap().clone()
    }

    /// After a diagonal gradient the basis is that of the coordinates, and stays it for one more step,
    /// whatever its gradient.
    #[test]
    fn a_gradient_does_not_turn_the_basis_of_its_own_step() {
        let gradient = |step: usize| {
            let values = [[2.0, 0.0, 0.0, 1.0], [1.0, 1.0, 0.5, 1.0]][step];
            ArrayD::from_shape_vec(IxDyn(&[2, 2]), values.to_vec()).unwrap()
        };
        let soap = Soap { beta1: 0.9, beta2: 0.99, every: 1, ..Soap::default() };
        let adam = run(Adam { beta1: 0.9, beta2: 0.99, eps: 1e-8 }, 2, gradient);
        assert_abs_diff_eq!(run(soap, 2, gradient), adam, epsilon = 1e-12);
    }

    /// Where gradients are diagonal the basis is that of the coordinates, and SOAP is Adam.
    #[test]
    fn in_the_right_coordinates_it_is_adam() {
        let gradient = |step: usize| {
            ArrayD::from_shape_fn(IxDyn(&[3, 3]), |i| {
                if i[0] == i[1] {
                    ((step * (i[0] + 1)) as f64).cos() * 10f64.powi(i[0] as i32)
                } else {
                    0.0
                }
            })
        };
        let soap = run(Soap { beta1: 0.9, beta2: 0.99, ..Soap::default() }, 40, gradient);
        let adam = run(Adam { beta1: 0.9, beta2: 0.99, eps: 1e-8 }, 40, gradient);
        for (x, y) in soap.iter().zip(&adam) {
            assert_abs_diff_eq!(x, y, epsilon = 1e-9);
        }
    }
}
