//! Products of vectors and matrices, summed in a fixed order.
//!
//! `ndarray`'s own `dot` chooses its kernel, and with it the order of its sums, by the processor
//! it finds. These keep every sum's order, from the first product to the last.

use crate::random::Stream;
use descent::{Matrix, orthonormalize_columns, symmetric_eigen};
use ndarray::{Array2, ArrayView2};

/// Σ aᵢ bᵢ, from the first product to the last.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The matrix product of an n×k and a k×m matrix: n×m. Either may be the transpose of another.
///
/// # Panics
/// If the first has another number of columns than the second has rows.
pub fn matmul(a: ArrayView2<f64>, b: ArrayView2<f64>) -> Array2<f64> {
    let ([n, inner], [rows, m]) = ([a.nrows(), a.ncols()], [b.nrows(), b.ncols()]);
    assert_eq!(inner, rows, "matmul: the inner dimensions of {n}×{inner} and {rows}×{m} differ");
    let mut product = vec![0.0; n * m];
    let b = b.as_standard_layout();
    if let (Some(a), Some(b)) = (a.as_slice(), b.as_slice()) {
        descent::product(a, [inner, 1], b, m, &mut product);
    } else if let (Some(a), Some(b)) = (a.t().as_slice(), b.as_slice()) {
        descent::product(a, [1, n], b, m, &mut product);
    } else {
        return matmul(a.as_standard_layout().view(), b.view());
    }
    Array2::from_shape_vec((n, m), product).expect("n·m values fill an n×m matrix")
}

/// A matrix with orthonormal columns, uniform among all of them: normal draws, made orthonormal.
pub fn random_rotation(size: usize, stream: &mut Stream) -> Array2<f64> {
    let mut columns = Matrix::zeros(size, size);
    columns.fill(|_, _| stream.normal());
    orthonormalize_columns(&mut columns);
    Array2::from_shape_fn((size, size), |(i, j)| columns.at(i, j))
}

/// The eigenvalues of a symmetric matrix, largest first.
///
/// # Panics
/// If the matrix is not square.
pub fn symmetric_eigenvalues(matrix: &Array2<f64>) -> Vec<f64> {
    let size = matrix.nrows();
    assert_eq!(size, matrix.ncols(), "a matrix with eigenvalues is square");
    let (mut a, mut vectors) = (Matrix::zeros(size, size), Matrix::default());
    a.fill(|i, j| matrix[[i, j]]);
    symmetric_eigen(&mut a, &mut vectors);
    let mut values: Vec<f64> = (0..size).map(|i| a.at(i, i)).collect();
    values.sort_by(|x, y| y.total_cmp(x));
    values
}

#[cfg(test)]
mod tests {
    use super::{matmul, random_rotation, symmetric_eigenvalues};
    use crate::random::{Purpose, Stream};
    use ndarray::{Array2, array, s};

    #[test]
    fn products_of_small_matrices() {
        let a = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let b = array![[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]];
        assert_eq!(matmul(a.view(), b.view()), array![[7.0, -1.0], [16.0, -1.0]]);
        assert_eq!(matmul(a.view(), a.t()), array![[14.0, 32.0], [32.0, 77.0]]);
    }

    #[test]
    fn every_size_and_layout_is_summed_from_the_first_product_to_the_last() {
        let mut stream = Stream::new(0, Purpose::Noise);
        let mut normal =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || stream.normal());
        for (n, inner, m) in
            [(1, 1, 1), (4, 3, 16), (5, 40, 21), (7, 0, 3), (0, 2, 5), (9, 17, 67), (3, 2, 0)]
        {
            let (a, b) = (normal(n, inner), normal(inner, m));
            let plain = Array2::from_shape_fn((n, m), |(i, j)| {
                (0..inner).fold(0.0, |sum, k| sum + a[[i, k]] * b[[k, j]])
            });
            let (a_columns, b_columns) = (a.t().to_owned(), b.t().to_owned());
            let mut wide = Array2::zeros((n, inner + 2));
            wide.slice_mut(s![.., 1..=inner]).assign(&a);
            for a in [a.view(), a_columns.t(), wide.slice(s![.., 1..=inner])] {
                for b in [b.view(), b_columns.t()] {
                    assert_eq!(matmul(a, b), plain, "{n}×{inner} by {inner}×{m}");
                }
            }
        }
    }

    #[test]
    fn a_rotated_diagonal_has_its_eigenvalues() {
        let rotation = random_rotation(12, &mut Stream::new(7, Purpose::Noise));
        let identity = matmul(rotation.t(), rotation.view());
        assert!((identity - Array2::<f64>::eye(12)).iter().all(|x| x.abs() < 1e-14));
        let expected: Vec<f64> = (0..12).map(|k| 10.0 - f64::from(k)).collect();
        let scaled = &rotation * &ndarray::arr1(&expected);
        let values = symmetric_eigenvalues(&matmul(scaled.view(), rotation.t()));
        assert!(
            values.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-12)
        );
    }
}
