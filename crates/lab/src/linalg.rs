//! Products of vectors and matrices, summed in a fixed order.
//!
//! `ndarray`'s own `dot` chooses its kernel, and with it the order of its sums, by the processor
//! it finds. These are plain loops instead: the compiler may run them on vector units only in ways
//! that keep every sum's order.

use ndarray::{Array2, ArrayView2};

/// Σ aᵢ bᵢ, from the first product to the last.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The matrix product of an n×k and a k×m matrix: n×m.
pub fn matmul(a: ArrayView2<f64>, b: ArrayView2<f64>) -> Array2<f64> {
    assert_eq!(a.ncols(), b.nrows(), "matmul: inner dimensions differ");
    let b = b.as_standard_layout();
    let (n, m) = (a.nrows(), b.ncols());
    let mut product = vec![0.0; n * m];
    let rows = b.as_slice().unwrap_or_default();
    for (i, out) in product.chunks_exact_mut(m).enumerate() {
        for (k, row) in rows.chunks_exact(m).enumerate() {
            let factor = a[[i, k]];
            for (sum, &x) in out.iter_mut().zip(row) {
                *sum += factor * x;
            }
        }
    }
    Array2::from_shape_vec((n, m), product).expect("n·m values fill an n×m matrix")
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    #[test]
    fn products_of_small_matrices() {
        let a = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let b = array![[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]];
        assert_eq!(super::matmul(a.view(), b.view()), array![[7.0, -1.0], [16.0, -1.0]]);
        assert_eq!(super::matmul(a.view(), a.t()), array![[14.0, 32.0], [32.0, 77.0]]);
    }
}
