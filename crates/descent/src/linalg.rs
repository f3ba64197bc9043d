//! Products and decompositions of matrices, summed in a fixed order.
//!
//! Libraries choose their kernels, and with them the order of their sums, by the processor they
//! find. These are plain loops, which the compiler may run on vector units only in ways that keep
//! every sum's order: results repeat to the last bit everywhere. Products that rules take at every
//! step write into matrices that are there already, so that a step allocates nothing.

use crate::Real;
use multiversion::multiversion;
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

/// A matrix in row-major order that can change its size without giving up its memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: Real")]
pub struct Matrix<F> {
    columns: usize,
    values: Vec<F>,
}

impl<F: Real> Matrix<F> {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { columns, values: vec![F::zero(); rows * columns] }
    }

    /// The identity.
    pub fn identity(size: usize) -> Self {
        let mut identity = Self::zeros(size, size);
        identity.fill(|i, j| if i == j { F::one() } else { F::zero() });
        identity
    }

    /// Makes this a rows×columns matrix of unspecified values.
    pub fn resize(&mut self, rows: usize, columns: usize) {
        self.columns = columns;
        self.values.resize(rows * columns, F::zero());
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The value in row i and column j.
    pub fn at(&self, i: usize, j: usize) -> F {
        self.values[i * self.columns + j]
    }

    /// The values, row by row.
    pub fn values(&self) -> &[F] {
        &self.values
    }

    /// The values, row by row.
    pub fn values_mut(&mut self) -> &mut [F] {
        &mut self.values
    }

    /// One row.
    pub fn row(&self, i: usize) -> &[F] {
        &self.values[i * self.columns..(i + 1) * self.columns]
    }

    /// Sets every value from its row and column.
    pub fn fill(&mut self, mut value: impl FnMut(usize, usize) -> F) {
        for (i, row) in self.values.chunks_exact_mut(self.columns.max(1)).enumerate() {
            for (j, x) in row.iter_mut().enumerate() {
                *x = value(i, j);
            }
        }
    }

    /// Becomes a copy of another matrix, in the memory it has.
    pub fn assign(&mut self, other: &Self) {
        self.columns = other.columns;
        self.values.clone_from(&other.values);
    }

    /// Becomes a tensor's values, read as rows of `columns` values each.
    pub fn copy_from(&mut self, tensor: &ArrayD<F>, columns: usize) {
        self.columns = columns;
        self.values.clear();
        self.values.extend(tensor.iter());
    }

    /// Multiplies every value by `factor`.
    pub fn scale(&mut self, factor: F) {
        self.values.iter_mut().for_each(|x| *x *= factor);
    }

    /// self ← own · self + factor · other, for matrices of one size.
    pub fn combine(&mut self, own: F, other: &Self, factor: F) {
        for (x, &y) in self.values.iter_mut().zip(&other.values) {
            *x = own * *x + factor * y;
        }
    }
}

/// out ← a b, for an n×k matrix a and a k×m matrix b.
///
/// `b` and `out` hold their matrices row by row, with m = `columns`. The entry of a in row i and
/// column j is `a[i * strides[0] + j * strides[1]]`, so that a matrix and its transpose are
/// multiplied alike, without a copy.
///
/// Every entry of `out` is added up from the first product to the last. What makes this faster than
/// three plain loops is only which entries are worked on at the same time: a tile of them stays in
/// registers until its sums are complete.
///
/// # Panics
/// If `a` is too short for its strides, or a length is no multiple of `columns`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl",
    "x86_64+avx2+fma",
    "x86_64+avx"
))]
pub fn product<F: Real>(a: &[F], strides: [usize; 2], b: &[F], columns: usize, out: &mut [F]) {
    if out.is_empty() {
        return;
    }
    let whole = b.len().is_multiple_of(columns) && out.len().is_multiple_of(columns);
    assert!(whole, "product: a row is cut short");
    let factors = Product { a, strides, b, columns };
    let start = tiles::<F, 16>(factors, out, 0);
    let start = tiles::<F, 4>(factors, out, start);
    tiles::<F, 1>(factors, out, start);
}

#[derive(Clone, Copy)]
struct Product<'a, F> {
    a: &'a [F],
    strides: [usize; 2],
    b: &'a [F],
    columns: usize,
}

/// Computes tiles of C columns from column `start` on, while they fit; returns where they end.
#[inline(always)]
fn tiles<F: Real, const C: usize>(product: Product<F>, out: &mut [F], start: usize) -> usize {
    const ROWS: usize = 4;
    let rows = out.len() / product.columns;
    let mut start = start;
    while start + C <= product.columns {
        let whole = rows - rows % ROWS;
        for row in (0..whole).step_by(ROWS) {
            tile::<F, ROWS, C>(product, out, row, start);
        }
        for row in whole..rows {
            tile::<F, 1, C>(product, out, row, start);
        }
        start += C;
    }
    start
}

#[inline(always)]
fn tile<F: Real, const R: usize, const C: usize>(
    product: Product<F>,
    out: &mut [F],
    row: usize,
    column: usize,
) {
    let Product { a, strides: [down, right], b, columns } = product;
    let mut sums = [[F::zero(); C]; R];
    for (k, from) in b.chunks_exact(columns).enumerate() {
        let from: &[F; C] = from[column..].first_chunk().expect("the tile fits its row");
        for (i, sums) in sums.iter_mut().enumerate() {
            let factor = a[(row + i) * down + k * right];
            for (sum, &x) in sums.iter_mut().zip(from) {
                *sum += factor * x;
            }
        }
    }
    for (i, sums) in sums.iter().enumerate() {
        out[(row + i) * columns + column..][..C].copy_from_slice(sums);
    }
}

/// out ← a b.
pub fn multiply<F: Real>(a: &Matrix<F>, b: &Matrix<F>, out: &mut Matrix<F>) {
    assert_eq!(a.columns, b.rows(), "multiply: inner dimensions differ");
    out.resize(a.rows(), b.columns);
    product(&a.values, [a.columns, 1], &b.values, b.columns, &mut out.values);
}

/// out ← aᵀ b.
pub fn multiply_transpose<F: Real>(a: &Matrix<F>, b: &Matrix<F>, out: &mut Matrix<F>) {
    assert_eq!(a.rows(), b.rows(), "multiply_transpose: inner dimensions differ");
    out.resize(a.columns, b.columns);
    product(&a.values, [1, a.columns], &b.values, b.columns, &mut out.values);
}

/// out ← a bᵀ.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl",
    "x86_64+avx2+fma",
    "x86_64+avx"
))]
pub fn multiply_by_transpose<F: Real>(a: &Matrix<F>, b: &Matrix<F>, out: &mut Matrix<F>) {
    const LANES: usize = 16;
    assert_eq!(a.columns, b.columns, "multiply_by_transpose: inner dimensions differ");
    out.resize(a.rows(), b.rows());
    for i in 0..a.rows() {
        let (whole, rest) = a.row(i).as_chunks::<LANES>();
        for j in 0..b.rows() {
            let (other_whole, other_rest) = b.row(j).as_chunks::<LANES>();
            let mut lanes = [F::zero(); LANES];
            for (x, y) in whole.iter().zip(other_whole) {
                for lane in 0..LANES {
                    lanes[lane] += x[lane] * y[lane];
                }
            }
            let rest = rest.iter().zip(other_rest).fold(F::zero(), |sum, (&x, &y)| sum + x * y);
            out.values[i * b.rows() + j] = lanes.iter().fold(rest, |sum, &lane| sum + lane);
        }
    }
}

/// The eigenvalues of a symmetric matrix, in no order, and its eigenvectors, as the columns of a
/// matrix.
///
/// Jacobi's method: rotates pairs of coordinates until nothing is left beside the diagonal. For an
/// n×n matrix a sweep over all pairs costs about 9 n³ operations, and some six to ten sweeps do.
/// `a` is used up.
pub fn symmetric_eigen<F: Real>(a: &mut Matrix<F>, vectors: &mut Matrix<F>) {
    const MOST_SWEEPS: usize = 60;
    let n = a.rows();
    assert_eq!(n, a.columns(), "symmetric_eigen: the matrix is not square");
    vectors.resize(n, n);
    vectors.fill(|i, j| if i == j { F::one() } else { F::zero() });
    let largest = a.values.iter().fold(F::zero(), |most, x| most.max(x.abs()));
    let floor = F::epsilon() * largest;
    // Vectors are rows while they are turned, so that a rotation reads contiguous memory.
    for _ in 0..MOST_SWEEPS {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let (app, aqq, apq) = (a.at(p, p), a.at(q, q), a.at(p, q));
                let between = app.abs().sqrt() * aqq.abs().sqrt();
                if apq.abs() <= F::epsilon() * between.max(floor) {
                    continue;
                }
                rotated = true;
                // The smaller root of t² + 2 τ t − 1 = 0 is the tangent of the angle.
                let tau = (aqq - app) / (apq + apq);
                let sign = if tau < F::zero() { -F::one() } else { F::one() };
                let tangent = sign / (tau.abs() + (F::one() + tau * tau).sqrt());
                let cosine = F::one() / (F::one() + tangent * tangent).sqrt();
                let sine = tangent * cosine;
                rotate_columns(a, p, q, cosine, sine);
                rotate_rows(a, p, q, cosine, sine);
                rotate_rows(vectors, p, q, cosine, sine);
            }
        }
        if !rotated {
            break;
        }
    }
    for i in 0..n {
        for j in 0..i {
            vectors.values.swap(i * n + j, j * n + i);
        }
    }
}

fn rotate_rows<F: Real>(a: &mut Matrix<F>, p: usize, q: usize, cosine: F, sine: F) {
    let columns = a.columns;
    let (head, tail) = a.values.split_at_mut(q * columns);
    let row_p = &mut head[p * columns..(p + 1) * columns];
    for (x, y) in row_p.iter_mut().zip(&mut tail[..columns]) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}

fn rotate_columns<F: Real>(a: &mut Matrix<F>, p: usize, q: usize, cosine: F, sine: F) {
    for row in a.values.chunks_exact_mut(a.columns) {
        (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
    }
}

/// Makes the columns of a square matrix orthonormal, from the first to the last (Gram and Schmidt,
/// twice over, which is enough for working precision). A column that depends on those before it is
/// replaced by a unit vector that does not.
pub fn orthonormalize_columns<F: Real>(a: &mut Matrix<F>) {
    let n = a.rows();
    let column_dot = |a: &Matrix<F>, p: usize, q: usize| {
        (0..n).fold(F::zero(), |sum, k| sum + a.at(k, p) * a.at(k, q))
    };
    for j in 0..a.columns {
        let mut candidate = 0;
        loop {
            let before = column_dot(a, j, j).sqrt();
            for _ in 0..2 {
                for p in 0..j {
                    let share = column_dot(a, p, j);
                    for k in 0..n {
                        let projected = share * a.at(k, p);
                        a.values[k * a.columns + j] -= projected;
                    }
                }
            }
            let norm = column_dot(a, j, j).sqrt();
            if norm > F::of(16.0) * F::epsilon() * before && norm > F::zero() {
                (0..n).for_each(|k| a.values[k * a.columns + j] /= norm);
                break;
            }
            assert!(candidate < n, "some unit vector is independent of fewer than n columns");
            for k in 0..n {
                a.values[k * a.columns + j] = if k == candidate { F::one() } else { F::zero() };
            }
            candidate += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;

    fn example(rows: usize, columns: usize) -> Matrix<f64> {
        let mut a = Matrix::zeros(rows, columns);
        a.fill(|i, j| ((i * 31 + j * 17 + 3) % 23) as f64 / 7.0 - 1.5);
        a
    }

    fn transposed(a: &Matrix<f64>) -> Matrix<f64> {
        let mut t = Matrix::zeros(a.columns(), a.rows());
        t.fill(|i, j| a.at(j, i));
        t
    }

    #[test]
    fn the_three_products_agree() {
        let (a, b) = (example(5, 37), example(37, 4));
        let [mut plain, mut left, mut right] = [const { Matrix { columns: 0, values: vec![] } }; 3];
        multiply(&a, &b, &mut plain);
        multiply_transpose(&transposed(&a), &b, &mut left);
        multiply_by_transpose(&a, &transposed(&b), &mut right);
        assert_eq!(plain, left);
        for (x, y) in plain.values().iter().zip(right.values()) {
            assert_abs_diff_eq!(x, y, epsilon = 1e-12);
        }
        assert_abs_diff_eq!(plain.at(0, 0), (0..37).map(|k| a.at(0, k) * b.at(k, 0)).sum::<f64>());
    }

    #[test]
    fn eigenvectors_rebuild_their_matrix() {
        let half = example(12, 12);
        let mut symmetric = Matrix::zeros(12, 12);
        multiply_by_transpose(&half, &half, &mut symmetric);
        let (mut diagonal, mut vectors) = (symmetric.clone(), Matrix::zeros(0, 0));
        symmetric_eigen(&mut diagonal, &mut vectors);
        let (mut gram, mut scaled) = (Matrix::zeros(0, 0), vectors.clone());
        multiply_transpose(&vectors, &vectors, &mut gram);
        scaled.fill(|i, j| vectors.at(i, j) * diagonal.at(j, j));
        let mut rebuilt = Matrix::zeros(0, 0);
        multiply_by_transpose(&scaled, &vectors, &mut rebuilt);
        for i in 0..12 {
            for j in 0..12 {
                assert_abs_diff_eq!(rebuilt.at(i, j), symmetric.at(i, j), epsilon = 1e-11);
                let unit = if i == j { 1.0 } else { 0.0 };
                assert_abs_diff_eq!(gram.at(i, j), unit, epsilon = 1e-12);
            }
        }
    }

    #[test]
    fn dependent_columns_are_replaced() {
        let mut a = Matrix::zeros(4, 4);
        a.fill(|i, j| if j < 2 { (i + 1) as f64 } else { (i * j) as f64 });
        orthonormalize_columns(&mut a);
        let mut gram = Matrix::zeros(0, 0);
        multiply_transpose(&a, &a, &mut gram);
        for (k, x) in gram.values().iter().enumerate() {
            assert_abs_diff_eq!(*x, if k % 5 == 0 { 1.0 } else { 0.0 }, epsilon = 1e-12);
        }
    }
}
