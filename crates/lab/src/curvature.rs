//! The Hessian of a model's loss, seen through its products with vectors.
//!
//! ```
//! use lab::curvature::Hessian;
//! use lab::data::Digits;
//! use lab::model::{Mlp, Model};
//! use lab::random::{Purpose, Stream};
//!
//! let digits = Digits::load();
//! let model = Mlp::tanh(&[64, 16, 10]);
//! let parameters = Model::initial(&model, &mut Stream::new(0, Purpose::Initialization));
//! let hessian = Hessian::new(&model, &digits.test, parameters);
//! let sharpness = hessian.largest_eigenvalues(20, 0)[0];
//! let trace = hessian.trace(10, 0);
//! assert!(sharpness > 0.0 && trace.mean > sharpness);
//! ```

use crate::LabError;
use crate::linalg::{dot, symmetric_eigenvalues};
use crate::model::Model;
use crate::random::{Purpose, Stream};
use crate::statistics::{linear, mean, variance};
use descent::Tensors;
use ndarray::{Array2, ArrayD};
use serde::{Deserialize, Serialize};

/// The Hessian of a model's loss on some data, at one point.
///
/// A product with a vector d is the difference of two gradients, (g(θ + h d) − g(θ − h d)) / 2h, with
/// h ‖d‖ = 10⁻⁵ (1 + ‖θ‖). What it leaves out is h² times a third derivative, what rounding adds about
/// 10⁻¹⁶ ‖g‖ / h: for the networks here, some nine digits are right. Where a ReLU changes sides within h,
/// the product sees a part of the kink.
pub struct Hessian<'a, M: Model> {
    model: &'a M,
    data: &'a M::Data,
    at: Tensors<f64>,
    /// P^(−1/2), where the Hessian is preconditioned.
    scale: Option<Vec<f64>>,
}

/// A mean over random draws, and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
}

impl<'a, M: Model> Hessian<'a, M> {
    /// The Hessian of the mean loss over `data` at these parameters.
    pub fn new(model: &'a M, data: &'a M::Data, at: Tensors<f64>) -> Self {
        Self { model, data, at, scale: None }
    }

    /// P^(−1/2) H P^(−1/2), with P the diagonal matrix of what a rule divides each coordinate's step
    /// by. Its largest eigenvalue is what the learning rate of such a rule has to face: Cohen et al.
    /// (2022), section 2.
    ///
    /// # Errors
    /// If there is not one positive number for each parameter.
    pub fn preconditioned(self, denominators: &[f64]) -> Result<Self, LabError> {
        if denominators.len() != self.dimension() {
            let range = format!("{}, one for each parameter", self.dimension());
            return Err(LabError::setting("denominators", denominators.len(), range));
        }
        if let Some(odd) = denominators.iter().find(|d| !(d.is_finite() && **d > 0.0)) {
            return Err(LabError::setting("denominators", odd, "the finite numbers above 0"));
        }
        let scale = denominators.iter().map(|d| 1.0 / d.sqrt()).collect();
        Ok(Self { scale: Some(scale), ..self })
    }

    /// How many parameters there are.
    pub fn dimension(&self) -> usize {
        self.at.iter().map(|(_, array)| array.len()).sum()
    }

    /// The product with a vector that has a number for each parameter, in their order.
    ///
    /// # Panics
    /// If it has more or fewer.
    pub fn times(&self, direction: &[f64]) -> Vec<f64> {
        assert_eq!(direction.len(), self.dimension(), "one number for each parameter");
        let scaled = |values: &mut [f64]| {
            if let Some(scale) = &self.scale {
                values.iter_mut().zip(scale).for_each(|(x, scale)| *x *= scale);
            }
        };
        let mut direction = direction.to_vec();
        scaled(&mut direction);
        let length = dot(&direction, &direction).sqrt();
        if length == 0.0 {
            return direction;
        }
        let h = 1e-5 * (1.0 + self.at.norm()) / length;
        let gradient = |by: f64| -> Vec<f64> {
            let moved = moved(&self.at, by, &direction);
            self.model.loss_and_gradient(&moved, self.data).1.scalars().collect()
        };
        let (ahead, behind) = (gradient(h), gradient(-h));
        let mut product: Vec<f64> =
            ahead.iter().zip(&behind).map(|(a, b)| (a - b) / (2.0 * h)).collect();
        scaled(&mut product);
        product
    }

    /// Power iteration: `start`, replaced by its product over its length, turns towards the
    /// eigenvector of the eigenvalue farthest from zero. Returns that eigenvalue, as the last vector
    /// shows it. Starting from a vector that an earlier call left saves most of the iterations.
    pub fn power_iteration(&self, start: &mut Vec<f64>, iterations: usize) -> f64 {
        let mut eigenvalue = f64::NAN;
        for _ in 0..iterations {
            let length = dot(start, start).sqrt();
            start.iter_mut().for_each(|x| *x /= length);
            let product = self.times(start);
            eigenvalue = dot(start, &product);
            *start = product;
        }
        eigenvalue
    }

    /// A vector of normal draws to start from.
    pub fn random_direction(&self, seed: u64) -> Vec<f64> {
        let mut stream = Stream::new(seed, Purpose::Noise);
        (0..self.dimension()).map(|_| stream.normal()).collect()
    }

    /// The largest eigenvalues as Lanczos's method finds them in this many products, largest first.
    ///
    /// It finds the outermost eigenvalues first, several that lie close together as well, which power
    /// iteration cannot tell apart. Vectors are kept orthogonal to all before them.
    pub fn largest_eigenvalues(&self, iterations: usize, seed: u64) -> Vec<f64> {
        let mut basis: Vec<Vec<f64>> = Vec::new();
        let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
        let mut next = self.random_direction(seed);
        for _ in 0..iterations.min(self.dimension()) {
            let length = dot(&next, &next).sqrt();
            if length < 1e-10 {
                break;
            }
            next.iter_mut().for_each(|x| *x /= length);
            beside.push(length);
            let mut product = self.times(&next);
            diagonal.push(dot(&next, &product));
            basis.push(next);
            for _ in 0..2 {
                for earlier in &basis {
                    let share = dot(earlier, &product);
                    product.iter_mut().zip(earlier).for_each(|(x, e)| *x -= share * e);
                }
            }
            next = product;
        }
        let size = diagonal.len();
        symmetric_eigenvalues(&Array2::from_shape_fn((size, size), |(i, j)| match i.abs_diff(j) {
            0 => diagonal[i],
            1 => beside[i.max(j)],
            _ => 0.0,
        }))
    }

    /// Hutchinson's estimate of the trace: the mean of zᵀ H z over vectors z of random signs.
    pub fn trace(&self, probes: usize, seed: u64) -> Estimate {
        let mut stream = Stream::new(seed, Purpose::Noise);
        let mut probe = || {
            let signs: Vec<f64> = (0..self.dimension())
                .map(|_| if stream.uniform() < 0.5 { 1.0 } else { -1.0 })
                .collect();
            dot(&signs, &self.times(&signs))
        };
        let values: Vec<f64> = (0..probes).map(|_| probe()).collect();
        let error = (variance(&values) / values.len().saturating_sub(1).max(1) as f64).sqrt();
        Estimate { mean: mean(&values), error }
    }

    /// The whole matrix, one product a column, made symmetric: for models of a few hundred
    /// parameters.
    pub fn matrix(&self) -> Array2<f64> {
        let size = self.dimension();
        let columns: Vec<Vec<f64>> = (0..size)
            .map(|place| {
                let mut unit = vec![0.0; size];
                unit[place] = 1.0;
                self.times(&unit)
            })
            .collect();
        Array2::from_shape_fn((size, size), |(i, j)| (columns[i][j] + columns[j][i]) / 2.0)
    }
}

/// The parameters plus `by` times the direction.
fn moved(parameters: &Tensors<f64>, by: f64, direction: &[f64]) -> Tensors<f64> {
    let mut moved = parameters.clone();
    let mut direction = direction.iter();
    for (_, array) in moved.iter_mut() {
        array.iter_mut().zip(direction.by_ref()).for_each(|(x, d)| *x += by * d);
    }
    moved
}

/// Losses over a plane through a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// How far along either direction, in lengths of the directions; the middle one is 0.
    pub places: Vec<f64>,
    /// The loss at each place along the second direction (row) and the first (column).
    pub losses: Vec<Vec<f64>>,
}

/// The loss over the plane through `at` that two random directions span, as far as `reach` times
/// their length to each side, at 2 · `half` + 1 places.
///
/// Directions are normalized by filter, as Li, Xu, Taylor, Studer and Goldstein (2018, section 4) do:
/// each column of a weight matrix, that is, the incoming weights of one unit, has in the direction the
/// norm that it has in the model, so that rescaling a layer does not change the picture. Biases and
/// gains stay where they are.
pub fn plane<M: Model>(
    model: &M,
    data: &M::Data,
    at: &Tensors<f64>,
    reach: f64,
    half: usize,
    seed: u64,
) -> Plane {
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut direction = || -> Vec<f64> {
        let filters = |(_, array): (&str, &ArrayD<f64>)| normalized_draw(array, &mut stream);
        at.iter().flat_map(filters).collect()
    };
    let (first, second) = (direction(), direction());
    let places = linear(-reach, reach, 2 * half + 1);
    let row = |&up: &f64| {
        let above = moved(at, up, &second);
        let loss = |&along: &f64| model.loss(&moved(&above, along, &first), data);
        places.iter().map(loss).collect::<Vec<f64>>()
    };
    Plane { losses: crate::parallel::map(&places, row), places }
}

/// A draw of a tensor's size in row-major order: each column with the norm of that column; zeros for
/// what is not a matrix.
fn normalized_draw(array: &ArrayD<f64>, stream: &mut Stream) -> Vec<f64> {
    let Ok(matrix) = array.view().into_dimensionality::<ndarray::Ix2>() else {
        return vec![0.0; array.len()];
    };
    let mut draw = Array2::from_shape_simple_fn(matrix.raw_dim(), || stream.normal());
    for (mut drawn, weights) in draw.columns_mut().into_iter().zip(matrix.columns()) {
        let norm = |squares: f64| squares.sqrt();
        let wanted = norm(weights.iter().map(|w| w * w).sum());
        let length = norm(drawn.iter().map(|d| d * d).sum());
        drawn *= wanted / length;
    }
    draw.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{Hessian, plane};
    use crate::data::{Digits, Pairs};
    use crate::linalg::{matmul, symmetric_eigenvalues};
    use crate::model::{Linear, Mlp, Model, Squared};
    use crate::random::{Purpose, Stream};
    use approx::assert_relative_eq;
    use ndarray::Array2;

    fn start<M: Model>(model: &M) -> descent::Tensors<f64> {
        model.initial(&mut Stream::new(3, Purpose::Initialization))
    }

    /// Linear regression of one output on inputs whose columns have very different sizes: its
    /// Hessian is XᵀX / n, bordered by the bias.
    fn regression() -> (Squared<Linear>, Pairs, Array2<f64>) {
        let mut stream = Stream::new(1, Purpose::Noise);
        let inputs = Array2::from_shape_fn((40, 6), |(_, j)| stream.normal() * (j + 1) as f64);
        let mut bordered = Array2::ones((40, 7));
        bordered.slice_mut(ndarray::s![.., ..6]).assign(&inputs);
        let exact = matmul(bordered.t(), bordered.view()) / 40.0;
        (Squared(Linear::new(6, 1)), Pairs { inputs, targets: Array2::ones((40, 1)) }, exact)
    }

    #[test]
    fn products_eigenvalues_and_trace_are_those_of_the_known_hessian() {
        let (model, pairs, exact) = regression();
        let hessian = Hessian::new(&model, &pairs, start(&model));
        let difference = hessian.matrix() - &exact;
        assert!(difference.iter().all(|d| d.abs() < 1e-9), "{difference}");
        let known = symmetric_eigenvalues(&exact);
        for (found, known) in hessian.largest_eigenvalues(7, 0).iter().zip(&known) {
            assert_relative_eq!(found, known, max_relative = 1e-8);
        }
        let mut direction = hessian.random_direction(0);
        assert_relative_eq!(
            hessian.power_iteration(&mut direction, 200),
            known[0],
            max_relative = 1e-8
        );
        let trace = hessian.trace(400, 0);
        assert!((trace.mean - exact.diag().sum()).abs() < 4.0 * trace.error, "{trace:?}");
    }

    #[test]
    fn preconditioning_scales_rows_and_columns() {
        let (model, pairs, exact) = regression();
        let denominators: Vec<f64> = (1..=7).map(|i| 0.5 * f64::from(i)).collect();
        let scaled = Array2::from_shape_fn((7, 7), |(i, j)| {
            exact[[i, j]] / (denominators[i] * denominators[j]).sqrt()
        });
        let hessian = Hessian::new(&model, &pairs, start(&model));
        let difference = hessian.preconditioned(&denominators).unwrap().matrix() - scaled;
        assert!(difference.iter().all(|d| d.abs() < 1e-9));
        for wrong in [&[1.0; 6][..], &[0.0; 7][..]] {
            let refused = Hessian::new(&model, &pairs, start(&model)).preconditioned(wrong);
            assert!(refused.is_err());
        }
    }

    #[test]
    fn lanczos_and_power_iteration_agree_on_a_network() {
        let pairs = Digits::load().training.select(&(0..50).collect::<Vec<_>>()).one_hot(10);
        let model = Squared(Mlp::tanh(&[64, 4, 10]));
        let hessian = Hessian::new(&model, &pairs, start(&model));
        let exact = symmetric_eigenvalues(&hessian.matrix());
        assert_relative_eq!(hessian.largest_eigenvalues(40, 1)[0], exact[0], max_relative = 1e-6);
        let trace = hessian.trace(200, 2);
        assert!((trace.mean - exact.iter().sum::<f64>()).abs() < 4.0 * trace.error);
    }

    #[test]
    fn rescaling_a_layer_does_not_change_the_plane() {
        let digits = Digits::load().training.select(&(0..50).collect::<Vec<_>>());
        let model = Mlp::relu(&[64, 8, 10]);
        let parameters = start(&model);
        let mut rescaled = parameters.clone();
        for (name, array) in rescaled.iter_mut() {
            match name {
                "weight1" => array.mapv_inplace(|w| 10.0 * w),
                "weight2" => array.mapv_inplace(|w| w / 10.0),
                _ => {}
            }
        }
        let of = |at| plane(&model, &digits, at, 1.0, 2, 0);
        let (one, other) = (of(&parameters), of(&rescaled));
        assert_relative_eq!(one.losses[2][2], model.loss(&parameters, &digits));
        for (a, b) in one.losses.iter().flatten().zip(other.losses.iter().flatten()) {
            assert_relative_eq!(a, b, max_relative = 1e-9);
        }
        assert!(one.losses[0][0] != one.losses[2][2]);
    }
}
