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
    for (row, (theta, g)) in
        theta.chunks_exact_mut(width.max(1)).zip(g.chunks_exact(width.max(1))).enumerate()
    {
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
