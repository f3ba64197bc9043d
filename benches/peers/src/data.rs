//! The numbers every contender starts from: the same in Rust and in `python/worker.py`, to the bit.
//!
//! They come from a multiplicative hash of the parameter's place. No number is zero and none of
//! the results denormal, which some libraries would be slower or faster with.

/// The gradient of each of the steps that are taken before anything is timed, as multiples of
/// [`gradient`]. They differ, because Adam's update under a constant gradient does not depend on
/// its decay rates.
pub const CHECKED_STEPS: [f32; 3] = [1.0, -0.5, 2.0];

/// Where a parameter starts: within 1/512 of zero, so that a step is large beside it.
pub fn start(index: usize) -> f32 {
    scattered(index, 0x9E37_79B1) / 512.0
}

/// Its gradient, within 1 of zero. The cube spreads gradients over orders of magnitude, as those
/// of models are; Adam's ε matters only to the smallest.
pub fn gradient(index: usize) -> f32 {
    let root = scattered(index, 0x85EB_CA77);
    root * root * root
}

fn scattered(index: usize, multiplier: u32) -> f32 {
    let hash = (index as u32).wrapping_mul(multiplier) >> 16;
    (hash as f32 - 32_767.5) / 32_768.0
}
