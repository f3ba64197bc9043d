//! Sums over tensors in an order that depends on their length alone.
//!
//! Each piece of the tensor is added up in sixteen lanes, which vector units can hold, the lanes
//! are added in order, and the pieces' sums are added pairwise. Sums are in double precision
//! whatever the tensor's type. So a norm is the same number on every machine, on one core or many.

use crate::Real;
use crate::parallel::{self, GRAIN};
use multiversion::multiversion;
use ndarray::ArrayD;

const LANES: usize = 16;

/// Σ `term` over the coordinates of arrays of one shape, in the standard layout.
pub fn sum<F: Real, const N: usize>(
    arrays: [&ArrayD<F>; N],
    term: impl Fn([F; N]) -> f64 + Copy + Send + Sync,
) -> f64 {
    if let Some(slices) = slices(arrays) {
        return sum_of(slices, term);
    }
    let owned = arrays.map(|array| array.as_standard_layout().into_owned());
    sum(owned.each_ref(), term)
}

/// The Euclidean norm of a tensor.
pub fn norm<F: Real>(array: &ArrayD<F>) -> f64 {
    norm_of([array], |[x]| x)
}

/// The Euclidean norm of what `coordinate` makes of arrays of one shape.
pub fn norm_of<F: Real, const N: usize>(
    arrays: [&ArrayD<F>; N],
    coordinate: impl Fn([F; N]) -> F + Copy + Send + Sync,
) -> f64 {
    sum(arrays, move |at| {
        let x = coordinate(at).as_f64();
        x * x
    })
    .sqrt()
}

/// The Euclidean norm of a slice.
pub fn norm_of_slice<F: Real>(slice: &[F]) -> f64 {
    sum_of([slice], |[x]| x.as_f64() * x.as_f64()).sqrt()
}

/// The root of the mean square of a tensor's coordinates; 0 for an empty tensor.
pub fn root_mean_square<F: Real>(array: &ArrayD<F>) -> f64 {
    norm(array) / (array.len().max(1) as f64).sqrt()
}

/// Whether every coordinate is a finite number.
pub fn all_finite<F: Real>(array: &ArrayD<F>) -> bool {
    match array.as_slice() {
        Some(slice) => finite_halves(slice),
        None => array.iter().all(|x| x.is_finite()),
    }
}

fn slices<F: Real, const N: usize>(arrays: [&ArrayD<F>; N]) -> Option<[&[F]; N]> {
    let mut slices = [&[][..]; N];
    for (slice, array) in slices.iter_mut().zip(arrays) {
        *slice = array.as_slice()?;
    }
    Some(slices)
}

/// Σ `term` over the coordinates of slices of one length.
pub fn sum_of<F: Real, const N: usize>(
    slices: [&[F]; N],
    term: impl Fn([F; N]) -> f64 + Copy + Send + Sync,
) -> f64 {
    let length = slices.first().map_or(0, |slice| slice.len());
    if length <= GRAIN {
        return piece(slices, term);
    }
    // The cut is the same whether or not the halves are summed at the same time.
    let middle = length / 2;
    let left = slices.map(|slice| &slice[..middle]);
    let right = slices.map(|slice| &slice[middle..]);
    let (a, b) = if parallel::worthwhile(length) {
        parallel::join(|| sum_of(left, term), || sum_of(right, term))
    } else {
        (sum_of(left, term), sum_of(right, term))
    };
    a + b
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "x86_64+avx"))]
fn piece<F: Real, const N: usize, T: Fn([F; N]) -> f64>(slices: [&[F]; N], term: T) -> f64 {
    let length = slices.first().map_or(0, |slice| slice.len());
    let slices = slices.map(|slice| &slice[..length]);
    let mut lanes = [0.0; LANES];
    let whole = length - length % LANES;
    for start in (0..whole).step_by(LANES) {
        let rows: [&[F; LANES]; N] = std::array::from_fn(|k| {
            slices[k][start..].first_chunk().expect("whole is a multiple of the lanes")
        });
        for lane in 0..LANES {
            lanes[lane] += term(std::array::from_fn(|k| rows[k][lane]));
        }
    }
    let rest: f64 = (whole..length).map(|i| term(std::array::from_fn(|k| slices[k][i]))).sum();
    lanes.iter().sum::<f64>() + rest
}

fn finite_halves<F: Real>(slice: &[F]) -> bool {
    if slice.len() <= GRAIN {
        return finite_piece(slice);
    }
    let (left, right) = slice.split_at(slice.len() / 2);
    if parallel::worthwhile(slice.len()) {
        let (a, b) = parallel::join(|| finite_halves(left), || finite_halves(right));
        a && b
    } else {
        finite_halves(left) && finite_halves(right)
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "x86_64+avx"))]
fn finite_piece<F: Real>(slice: &[F]) -> bool {
    // No early exit: without one, this runs on vector units.
    slice.iter().fold(true, |finite, x| finite & x.is_finite())
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayD, IxDyn};

    #[test]
    fn a_sum_does_not_depend_on_the_number_of_threads() {
        // Terms of both signs and of many sizes, whose sum shows any other order.
        let array = ArrayD::from_shape_fn(IxDyn(&[300_007]), |i| {
            libm::sin((i[0] * 7919) as f64) * libm::pow(10.0, (i[0] % 31) as f64 - 15.0)
        });
        let on = |threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap()
                .install(|| super::sum([&array], |[x]| x))
        };
        assert_eq!(on(1).to_bits(), on(4).to_bits());
    }

    #[test]
    fn the_layout_does_not_change_a_norm() {
        let array = ArrayD::from_shape_fn(IxDyn(&[50, 70]), |i| (i[0] * 70 + i[1]) as f64);
        assert_eq!(super::norm(&array), super::norm(&array.t().to_owned().t().to_owned()));
        assert!((super::norm(&array.t().to_owned()) - super::norm(&array)).abs() < 1e-6);
        assert!(!super::all_finite(&array.mapv(|x| if x == 77.0 { f64::NAN } else { x })));
        assert!(super::all_finite(&array));
    }
}
