//! How long a step takes: every rule, at 10³, 10⁵ and 10⁷ parameters, in one tensor and in a
//! thousand.
//!
//! `cargo bench -p descent` runs all of it in some minutes, `cargo bench -p descent -- adamw` one
//! rule. `RAYON_NUM_THREADS=1` keeps it on one core. Throughput is in parameters a second. Rules that
//! multiply or decompose matrices are measured up to 10⁵, where they are slow enough.

use descent::*;
use divan::Bencher;
use divan::counter::ItemsCount;
use half::bf16;
use ndarray::{ArrayD, IxDyn};
use std::fmt;
use std::hint::black_box;

fn main() {
    divan::main();
}

/// How many parameters, and in how many tensors.
#[derive(Clone, Copy)]
struct Size {
    parameters: usize,
    tensors: usize,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0e} in {:4}", self.parameters as f64, self.tensors)
    }
}

const SIZES: [Size; 6] = [
    Size { parameters: 1_000, tensors: 1 },
    Size { parameters: 1_000, tensors: 1_000 },
    Size { parameters: 100_000, tensors: 1 },
    Size { parameters: 100_000, tensors: 1_000 },
    Size { parameters: 10_000_000, tensors: 1 },
    Size { parameters: 10_000_000, tensors: 1_000 },
];

const MATRIX_SIZES: [Size; 4] = [SIZES[0], SIZES[1], SIZES[2], SIZES[3]];

/// Tensors of two axes, as close to square as their size has divisors.
fn tensors(size: Size) -> Tensors<f32> {
    let each = size.parameters / size.tensors;
    let rows = (1..=each.isqrt()).rev().find(|rows| each.is_multiple_of(*rows)).unwrap_or(1);
    let shape = IxDyn(&[rows, each / rows]);
    (0..size.tensors).fold(Tensors::new(), |tensors, place| {
        let mut at = 0.0;
        let array = ArrayD::from_shape_simple_fn(shape.clone(), || {
            at += 1.0;
            f32::sin(at)
        });
        tensors.with(&format!("w{place}"), array)
    })
}

fn bench_step(bencher: Bencher<'_, '_>, size: Size, rule: impl Rule<f32>) {
    let mut parameters = tensors(size);
    let gradients = parameters.clone();
    let mut optimizer =
        Optimizer::new(rule, 1e-3, &parameters).expect("the benchmark's settings are in range");
    bencher.counter(ItemsCount::new(size.parameters)).bench_local(|| {
        optimizer.step(black_box(&mut parameters), black_box(&gradients)).expect("a finite step");
    });
}

macro_rules! benchmarks {
    ($sizes:ident: $($name:ident = $rule:expr),+ $(,)?) => {$(
        #[divan::bench(args = $sizes)]
        fn $name(bencher: Bencher<'_, '_>, size: Size) {
            bench_step(bencher, size, $rule);
        }
    )+};
}

benchmarks! { SIZES:
    sgd = Sgd,
    sign_sgd = SignSgd,
    momentum = Momentum::accumulated(0.9),
    nesterov = Nesterov { beta: 0.9 },
    adagrad = Adagrad::default(),
    adadelta = Adadelta::default(),
    rmsprop = RmsProp::default(),
    rmsprop_centered_momentum = RmsProp { momentum: 0.9, centered: true, ..RmsProp::default() },
    adam = Adam::default(),
    adam_coupled_l2 = CoupledL2 { weight_decay: 0.01, rule: Adam::default() },
    amsgrad = AmsGrad::default(),
    adamw = AdamW::default(),
    nadam = NAdam::default(),
    radam = RAdam::default(),
    adafactor = Adafactor::default(),
    lars = Lars::default(),
    lamb = Lamb::default(),
    signum = Signum::default(),
    lion = Lion::default(),
    schedule_free_adamw = ScheduleFreeAdamW::default(),
    lazy_adam = LazyAdam::default(),
    adam_in_bf16 = LowPrecision::<_, bf16>::new(Adam::default(), Rounding::Nearest),
    adam_in_bf16_stochastic =
        LowPrecision::<_, bf16>::new(Adam::default(), Rounding::Stochastic { seed: 1 }),
    adam_in_8_bits = EightBitAdam::default(),
}

benchmarks! { MATRIX_SIZES:
    muon = Muon::default(),
    shampoo = Shampoo { every: 10, ..Shampoo::default() },
    soap = Soap::default(),
}
