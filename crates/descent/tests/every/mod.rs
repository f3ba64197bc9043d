//! Every rule and every schedule, for tests that hold for all of them.

use descent::*;
use half::{bf16, f16};
use serde::{Serialize, de::DeserializeOwned};

/// Something to be done with every rule.
pub trait Visitor {
    /// Does it with this one. `bytes` is the formula of its state's size for a tensor.
    fn visit<R>(&mut self, rule: R, bytes: fn(&[usize]) -> usize)
    where
        R: Rule<f32, State: Serialize + DeserializeOwned> + Serialize + DeserializeOwned;
}

fn coordinates(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// The matrix that a tensor is treated as by rules with a matrix a side.
fn sides(shape: &[usize]) -> (usize, usize) {
    (shape[0], shape[1..].iter().product())
}

/// Visits every rule with settings that use all of its parts.
pub fn every_rule(visitor: &mut impl Visitor) {
    visitor.visit(Sgd, |_| 0);
    visitor.visit(SignSgd, |_| 0);
    visitor.visit(Momentum::accumulated(0.9), |shape| 4 * coordinates(shape));
    visitor.visit(Momentum::averaged(0.9), |shape| 4 * coordinates(shape));
    let dampened = Momentum { beta: 0.9, convention: Convention::Dampened(0.5) };
    visitor.visit(dampened, |shape| 4 * coordinates(shape));
    visitor.visit(Nesterov { beta: 0.9 }, |shape| 4 * coordinates(shape));
    visitor.visit(Adagrad::default(), |shape| 4 * coordinates(shape));
    visitor.visit(Adadelta::default(), |shape| 8 * coordinates(shape));
    visitor.visit(RmsProp::default(), |shape| 4 * coordinates(shape));
    let rmsprop = RmsProp { momentum: 0.9, ..RmsProp::default() };
    visitor.visit(rmsprop, |shape| 8 * coordinates(shape));
    visitor.visit(RmsProp { centered: true, ..rmsprop }, |shape| 12 * coordinates(shape));
    visitor.visit(Adam::default(), |shape| 8 * coordinates(shape));
    let coupled = CoupledL2 { weight_decay: 0.1, rule: Adam::default() };
    visitor.visit(coupled, |shape| 8 * coordinates(shape));
    visitor.visit(AmsGrad::default(), |shape| 12 * coordinates(shape));
    visitor.visit(AdamW::default(), |shape| 8 * coordinates(shape));
    visitor.visit(NAdam::default(), |shape| 8 * coordinates(shape) + 8);
    visitor.visit(RAdam::default(), |shape| 8 * coordinates(shape));
    visitor.visit(Adafactor::default(), |shape| match shape {
        [rows, columns] => 4 * (rows + columns),
        _ => 4 * coordinates(shape),
    });
    visitor.visit(Lars::default(), |shape| 4 * coordinates(shape));
    visitor.visit(Lamb::default(), |shape| 8 * coordinates(shape));
    visitor.visit(Signum::default(), |shape| 4 * coordinates(shape));
    visitor.visit(Lion { weight_decay: 0.1, ..Lion::default() }, |shape| 4 * coordinates(shape));
    visitor.visit(Muon::default(), |shape| 4 * coordinates(shape));
    let shampoo = Shampoo { every: 3, ..Shampoo::default() };
    visitor.visit(shampoo, |shape| {
        let (rows, columns) = sides(shape);
        4 * 2 * (rows * rows + columns * columns)
    });
    visitor.visit(Soap { every: 3, ..Soap::default() }, |shape| {
        let (rows, columns) = sides(shape);
        4 * (2 * (rows * rows + columns * columns) + 2 * coordinates(shape))
    });
    visitor.visit(ScheduleFreeAdamW::default(), |shape| 8 * coordinates(shape) + 16);
    visitor.visit(LazyAdam::default(), |shape| 8 * coordinates(shape));
    let stochastic = Rounding::Stochastic { seed: 5 };
    let adam = Adam::default();
    visitor.visit(LowPrecision::<_, bf16>::new(adam, stochastic), |shape| 4 * coordinates(shape));
    let nearest = LowPrecision::<_, f16>::new(Lion::default(), Rounding::Nearest);
    visitor.visit(nearest, |shape| 2 * coordinates(shape));
    visitor.visit(EightBitAdam::default(), |shape| match coordinates(shape) {
        small @ 0..4096 => 8 * small,
        large => 2 * (large + 4 * large.div_ceil(256)),
    });
}

/// Every schedule, with settings that change within twenty steps.
#[allow(dead_code, reason = "not every test that shares this module needs the schedules")]
pub fn every_schedule() -> Vec<AnySchedule> {
    let cosine = Cosine { base_lr: 0.1, min_lr: 0.01, total_steps: 10 };
    let mode = CyclicMode::Triangular2;
    let (base_lr, max_lr, min_lr) = (0.01, 0.1, 0.001);
    vec![
        0.05.into(),
        StepDecay { base_lr, step_size: 4, gamma: 0.5 }.into(),
        Exponential { base_lr, gamma: 0.9 }.into(),
        Polynomial { base_lr, total_steps: 12, power: 2.0 }.into(),
        Linear { base_lr, min_lr, total_steps: 12 }.into(),
        cosine.into(),
        CosineRestarts { base_lr, min_lr, first_period: 3, period_mult: 2 }.into(),
        Cyclic { base_lr, max_lr, step_size_up: 3, step_size_down: 2, mode }.into(),
        OneCycle::new(max_lr, 15).into(),
        WarmupCosine { initial_lr: 0.0, base_lr, warmup_steps: 4, total_steps: 14, min_lr }.into(),
        InverseSqrt { base_lr, warmup_steps: 5 }.into(),
        WarmupStableDecay { base_lr, warmup_steps: 3, stable_steps: 5, decay_steps: 6, min_lr }
            .into(),
        Table::of(9, |t| 0.1 / (t + 1) as f64).into(),
        Warmup::new(4, cosine).into(),
        Sequence::new(0.02, 5, cosine).into(),
        Restarts::new(6, Warmup::new(2, cosine)).into(),
        Scaled { factor: 0.3, schedule: Box::new(cosine.into()) }.into(),
    ]
}

/// Tensors that all rules take: a matrix, one that is large enough to be quantized, and a vector
/// where the rule accepts one.
pub fn start(rule: &impl Rule<f32>) -> Tensors<f32> {
    let shapes: [(&str, &[usize]); 3] = [("small", &[6, 5]), ("large", &[70, 64]), ("bias", &[7])];
    shapes.iter().filter(|(_, shape)| rule.accepts(shape).is_ok()).fold(
        Tensors::new(),
        |tensors, (name, shape)| {
            let mut place = 0.0;
            let array = ndarray::ArrayD::from_shape_simple_fn(*shape, || {
                place += 1.0;
                0.5 + f32::sin(place)
            });
            tensors.with(name, array)
        },
    )
}
