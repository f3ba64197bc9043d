//! A step allocates nothing after the first, and states are as large as their formulas say.

#![allow(unsafe_code, reason = "an allocator that counts can only be installed so")]
#![allow(clippy::unwrap_used, reason = "a test reports a failure by panicking")]

mod every;

use descent::{AdamW, NonFinite, Optimizer, Rule, Tensors};
use every::{Visitor, every_rule, start};
use ndarray::{ArrayD, IxDyn};
use serde::{Serialize, de::DeserializeOwned};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static HERE: Cell<usize> = const { Cell::new(0) };
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HERE.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the allocator's contract, which is passed on unchanged.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations_here(work: impl FnOnce()) -> usize {
    let before = HERE.with(Cell::get);
    work();
    HERE.with(Cell::get) - before
}

struct Frugal;

impl Visitor for Frugal {
    fn visit<R>(&mut self, rule: R, bytes: fn(&[usize]) -> usize)
    where
        R: Rule<f32, State: Serialize + DeserializeOwned> + Serialize + DeserializeOwned,
    {
        let mut parameters = start(&rule);
        let gradients = parameters.clone();
        let mut optimizer = Optimizer::new(rule.clone(), 1e-3, &parameters).unwrap();
        let formula: usize = parameters.shapes().map(|(_, shape)| bytes(shape)).sum();
        assert_eq!(optimizer.state_bytes(), formula, "{rule:?} at the start");
        optimizer.step(&mut parameters, &gradients).unwrap();
        let count = allocations_here(|| {
            for _ in 0..12 {
                optimizer.step(&mut parameters, &gradients).unwrap();
            }
        });
        assert_eq!(count, 0, "{rule:?} allocates");
        assert_eq!(optimizer.state_bytes(), formula, "{rule:?} after some steps");
    }
}

#[test]
fn no_rule_allocates_after_its_first_step_and_states_have_their_size() {
    assert_eq!(allocations_here(|| drop(std::hint::black_box(Box::new(1)))), 1);
    every_rule(&mut Frugal);
}

/// On several cores, the queue through which rayon takes work from outside its threads renews a
/// block of memory every 63 calls; a step makes two.
#[test]
fn steps_on_several_cores_allocate_only_what_the_queue_does() {
    let mut parameters = Tensors::new().with("w", ArrayD::from_elem(IxDyn(&[1_000_000]), 1.0_f32));
    let gradients = parameters.clone();
    let optimizer = Optimizer::new(AdamW::default(), 1e-3, &parameters).unwrap();
    let mut optimizer = optimizer.with_non_finite(NonFinite::Refuse);
    for _ in 0..20 {
        optimizer.step(&mut parameters, &gradients).unwrap();
    }
    let before = HERE.with(Cell::get);
    for _ in 0..315 {
        optimizer.step(&mut parameters, &gradients).unwrap();
    }
    let count = HERE.with(Cell::get) - before;
    assert!(count <= 2 * 315 / 63 + 1, "{count} allocations in 315 steps");
}
