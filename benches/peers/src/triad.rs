//! How fast memory is: the limit of every optimizer whose tensors do not fit the caches.
//!
//! [`Triad`] is the loop of McCalpin's STREAM benchmark, in `f32`. Each pass reads two arrays and
//! writes a third; like STREAM we count these three. The processor moves a fourth: it reads a
//! line of the third array before it overwrites it. An optimizer writes only what it has read,
//! so [`InPlace`], which does the same and moves what is counted, is the stricter limit.

use std::thread;

/// The length of an array, 256 MiB: far more than a processor's caches hold.
const LENGTH: usize = 1 << 26;

const SCALAR: f32 = 0.5;

/// A loop over memory.
pub trait Pass {
    /// Goes over all arrays once, on as many threads as this process has cores.
    fn pass(&mut self);
}

/// The bytes that are counted for a pass of either loop: three numbers for each place.
pub const BYTES_PER_PASS: u64 = 3 * 4 * LENGTH as u64;

/// a ← b + s c.
pub struct Triad {
    a: Vec<f32>,
    b: Vec<f32>,
    c: Vec<f32>,
}

impl Triad {
    /// Three arrays whose memory is in place.
    pub fn new() -> Self {
        // Ones, not zeros: memory that is asked for as zeros is not there until it is written.
        Self { a: vec![1.0; LENGTH], b: vec![1.0; LENGTH], c: vec![1.0; LENGTH] }
    }
}

impl Pass for Triad {
    fn pass(&mut self) {
        let share = share();
        thread::scope(|scope| {
            let shares = self.b.chunks(share).zip(self.c.chunks(share));
            for (a, (b, c)) in self.a.chunks_mut(share).zip(shares) {
                scope.spawn(move || {
                    for (a, (b, c)) in a.iter_mut().zip(b.iter().zip(c)) {
                        *a = b + SCALAR * c;
                    }
                });
            }
        });
    }
}

/// a ← s a + b.
pub struct InPlace {
    a: Vec<f32>,
    b: Vec<f32>,
}

impl InPlace {
    /// Two arrays whose memory is in place.
    pub fn new() -> Self {
        Self { a: vec![1.0; LENGTH], b: vec![1.0; LENGTH] }
    }
}

impl Pass for InPlace {
    fn pass(&mut self) {
        let share = share();
        thread::scope(|scope| {
            for (a, b) in self.a.chunks_mut(share).zip(self.b.chunks(share)) {
                scope.spawn(move || {
                    for (a, b) in a.iter_mut().zip(b) {
                        *a = SCALAR * *a + b;
                    }
                });
            }
        });
    }
}

/// How much of an array a thread gets.
fn share() -> usize {
    LENGTH.div_ceil(thread::available_parallelism().map_or(1, usize::from))
}
