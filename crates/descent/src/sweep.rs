//! One pass over memory: a coordinate's update, applied to all coordinates of a tensor.
//!
//! The loop is compiled several times, for the vector units that processors may have, and the
//! right one is chosen when the program runs. Large tensors are cut in halves for all cores.
//! Neither can be seen in the result: each coordinate's arithmetic is the same, and Rust never
//! contracts a multiplication and an addition into one rounding.

use crate::parallel::{self, GRAIN};
use crate::{Real, Update};
use multiversion::multiversion;
use ndarray::ArrayD;

/// Applies `update` to every coordinate of `parameter`, with its gradient and its memory.
///
/// # Panics
/// If an array is not in the standard (row-major) layout or has another size than the parameter:
/// the [`Optimizer`](crate::Optimizer) sees to both.
pub fn sweep<F: Real, const N: usize>(
    parameter: &mut ArrayD<F>,
    gradient: &ArrayD<F>,
    state: [&mut ArrayD<F>; N],
    update: impl Update<F, [F; N]>,
) {
    let (theta, g, state) = slices(parameter, gradient, state);
    halve(theta, g, state, update);
}

/// Applies `update` to the coordinates of those rows (first axis) whose gradient is `touched`.
///
/// # Panics
/// As [`sweep`].
pub fn sweep_rows<F: Real, const N: usize>(
    parameter: &mut ArrayD<F>,
    gradient: &ArrayD<F>,
    state: [&mut ArrayD<F>; N],
    touched: impl Fn(&[F]) -> bool,
    update: impl Update<F, [F; N]>,
) {
    let width: usize = parameter.shape().iter().skip(1).product();
    let (theta, g, mut state) = slices(parameter, gradient, state);
    for (row, (theta, g)) in theta.chunks_exact_mut(width).zip(g.chunks_exact(width)).enumerate() {
        if touched(g) {
            let memory = state.each_mut().map(|slice| &mut slice[row * width..(row + 1) * width]);
            run(theta, g, memory, update);
        }
    }
}

fn slices<'a, F: Real, const N: usize>(
    parameter: &'a mut ArrayD<F>,
    gradient: &'a ArrayD<F>,
    state: [&'a mut ArrayD<F>; N],
) -> (&'a mut [F], &'a [F], [&'a mut [F]; N]) {
    const LAYOUT: &str = "the driver passes the standard layout";
    let state = state.map(|array| array.as_slice_mut().expect(LAYOUT));
    (parameter.as_slice_mut().expect(LAYOUT), gradient.as_slice().expect(LAYOUT), state)
}

fn halve<F: Real, const N: usize>(
    theta: &mut [F],
    g: &[F],
    state: [&mut [F]; N],
    update: impl Update<F, [F; N]>,
) {
    if theta.len() <= GRAIN || !parallel::worthwhile(theta.len()) {
        return run(theta, g, state, update);
    }
    let middle = theta.len() / 2;
    let (left, right) = theta.split_at_mut(middle);
    let (g_left, g_right) = g.split_at(middle);
    let mut rights = [const { None }; N];
    let mut place = 0;
    let state_left = state.map(|slice| {
        let (left, right) = slice.split_at_mut(middle);
        rights[place] = Some(right);
        place += 1;
        left
    });
    let state_right = rights.map(Option::unwrap_or_default);
    parallel::join(
        || halve(left, g_left, state_left, update),
        || halve(right, g_right, state_right, update),
    );
}

// ANCHOR: run
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl",
    "x86_64+avx2+fma",
    "x86_64+avx"
))]
fn run<F: Real, const N: usize, U: Update<F, [F; N]>>(
    theta: &mut [F],
    g: &[F],
    state: [&mut [F]; N],
    update: U,
) {
    // With all lengths known to be equal, the compiler drops the bounds checks.
    let length = theta.len();
    let g = &g[..length];
    let state = state.map(|slice| &mut slice[..length]);
    for i in 0..length {
        let (new, memory) = update(theta[i], g[i], std::array::from_fn(|k| state[k][i]));
        theta[i] = new;
        for k in 0..N {
            state[k][i] = memory[k];
        }
    }
}
// ANCHOR_END: run

#[cfg(test)]
mod tests {
    use super::sweep;
    use crate::{Adam, Elementwise, Real};
    use ndarray::{ArrayD, IxDyn};

    /// What vector units and several cores compute is what a plain loop does, to the bit.
    fn same_as_a_plain_loop<F: Real>(length: usize) {
        let start = |scale: f64| {
            ArrayD::from_shape_fn(IxDyn(&[length]), |i| {
                F::of(scale * f64::sin(i[0] as f64 + scale))
            })
        };
        let (mut theta, g, mut m) = (start(1.0), start(1e-3), start(0.5));
        let mut v = start(0.25).mapv(|x| x * x);
        let adam = Adam::default();
        let update = adam.update::<F>(7, 0.1);
        let expected: Vec<[F; 3]> = (0..length)
            .map(|i| {
                let (theta, [m, v]) = update(theta[i], g[i], [m[i], v[i]]);
                [theta, m, v]
            })
            .collect();
        sweep(&mut theta, &g, [&mut m, &mut v], update);
        for (i, expected) in expected.iter().enumerate() {
            assert_eq!([theta[i], m[i], v[i]], *expected, "{i} of {length}");
        }
    }

    #[test]
    fn every_length_is_swept_to_the_bit() {
        for length in (0..200).chain([1000, 4097, 300_001]) {
            same_as_a_plain_loop::<f32>(length);
            same_as_a_plain_loop::<f64>(length);
        }
    }
}
