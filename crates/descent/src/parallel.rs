//! When work is worth more than one core, and how it is handed out.

use crate::Real;
use ndarray::ArrayD;

/// The smallest piece of a tensor that is given to a core, in coordinates.
pub(crate) const GRAIN: usize = 1 << 15;

/// Below this many coordinates, waking another core costs more than it brings.
const FROM: usize = 1 << 17;

/// Whether this many coordinates are worth several cores, and there are several.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn worthwhile(coordinates: usize) -> bool {
    // Pieces of work that is shared already are shared further, down to the grain.
    (coordinates >= FROM || rayon::current_thread_index().is_some())
        && rayon::current_num_threads() > 1
}

/// Runs both, at the same time where a core is free.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn join<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    rayon::join(a, b)
}

/// There are no threads in a page.
#[cfg(target_family = "wasm")]
pub(crate) fn worthwhile(coordinates: usize) -> bool {
    let _ = (coordinates, FROM);
    false
}

/// One after the other: there are no threads in a page.
#[cfg(target_family = "wasm")]
pub(crate) fn join<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    (a(), b())
}

/// Calls `update` for every tensor with its slot and its gradient, on several cores where the
/// tensors are many coordinates together.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn for_each_tensor<S: Send, F: Real>(
    slots: &mut [S],
    parameters: &mut [(String, ArrayD<F>)],
    gradients: &[(String, ArrayD<F>)],
    update: impl Fn(&mut S, &mut ArrayD<F>, &ArrayD<F>) + Sync,
) {
    use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator};
    use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};
    let coordinates: usize = gradients.iter().map(|(_, gradient)| gradient.len()).sum();
    if slots.len() < 2 || !worthwhile(coordinates) {
        return one_by_one(slots, parameters, gradients, update);
    }
    // Small tensors go in batches of about a grain.
    let batch = (slots.len() * GRAIN / coordinates.max(1)).max(1);
    slots
        .par_iter_mut()
        .zip(parameters.par_iter_mut().zip(gradients.par_iter()))
        .with_min_len(batch)
        .for_each(|(slot, ((_, parameter), (_, gradient)))| update(slot, parameter, gradient));
}

#[cfg(target_family = "wasm")]
pub(crate) use one_by_one as for_each_tensor;

pub(crate) fn one_by_one<S, F: Real>(
    slots: &mut [S],
    parameters: &mut [(String, ArrayD<F>)],
    gradients: &[(String, ArrayD<F>)],
    update: impl Fn(&mut S, &mut ArrayD<F>, &ArrayD<F>),
) {
    for (slot, ((_, parameter), (_, gradient))) in
        slots.iter_mut().zip(parameters.iter_mut().zip(gradients))
    {
        update(slot, parameter, gradient);
    }
}
