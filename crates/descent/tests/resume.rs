//! A run that stops at any step and resumes from a file computes the same bits as one that does not.

#![allow(clippy::unwrap_used, reason = "a test reports a failure by panicking")]

mod every;

use descent::{
    Adam, AnySchedule, Checkpoint, ExponentialAverage, Optimizer, Rule, RunningAverage, Tensors,
    Warmup,
};
use every::{Visitor, every_rule, every_schedule, start};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;

type Extra = (ExponentialAverage<f32>, RunningAverage<f32>, ChaCha8Rng);

fn step<R: Rule<f32>>(run: &mut Checkpoint<R, f32, Extra>) {
    let Checkpoint { parameters, optimizer, extra: (moving, mean, random) } = run;
    let mut gradients = parameters.clone();
    for (_, gradient) in gradients.iter_mut() {
        gradient.mapv_inplace(|x| x + random.next_u32() as f32 / u32::MAX as f32 - 0.5);
    }
    optimizer.step(parameters, &gradients).unwrap();
    moving.update(parameters).unwrap();
    mean.update(parameters).unwrap();
}

/// Every number that the run holds, as bits.
fn bits<R: Rule<f32>>(run: &Checkpoint<R, f32, Extra>) -> Vec<u32> {
    let (moving, mean, _) = &run.extra;
    [&run.parameters, moving.weights(), mean.weights()]
        .into_iter()
        .flat_map(Tensors::scalars)
        .map(f32::to_bits)
        .collect()
}

fn holds_for<R>(rule: R, schedule: impl Into<AnySchedule>, steps: u64, path: &Path)
where
    R: Rule<f32, State: Serialize + DeserializeOwned> + Serialize + DeserializeOwned,
{
    let parameters = start(&rule);
    let optimizer = Optimizer::new(rule.clone(), schedule, &parameters).unwrap();
    let extra = (
        ExponentialAverage::new(0.9, &parameters).unwrap(),
        RunningAverage::new(&parameters),
        ChaCha8Rng::seed_from_u64(3),
    );
    let mut straight = Checkpoint { parameters, optimizer, extra };
    let mut stopped = vec![straight.clone()];
    for _ in 0..steps {
        step(&mut straight);
        stopped.push(straight.clone());
    }
    let expected: Vec<_> = stopped.iter().map(bits).collect();
    assert_ne!(expected[0], expected[steps as usize], "{rule:?} does not move");
    for (at, stopped) in stopped.iter().enumerate() {
        stopped.save(path).unwrap();
        let template = stopped.parameters.zeros_like();
        let mut resumed = Checkpoint::<R, f32, Extra>::load(path, &template).unwrap();
        assert_eq!(resumed.optimizer.steps_taken(), at as u64);
        for (later, expected) in expected.iter().enumerate().skip(at) {
            assert!(bits(&resumed) == *expected, "{rule:?}: stopped at {at}, differs at {later}");
            step(&mut resumed);
        }
    }
}

#[test]
fn every_rule_resumes_to_the_bit() {
    struct Resumes(tempfile::TempDir);
    impl Visitor for Resumes {
        fn visit<R>(&mut self, rule: R, _bytes: fn(&[usize]) -> usize)
        where
            R: Rule<f32, State: Serialize + DeserializeOwned> + Serialize + DeserializeOwned,
        {
            holds_for(rule, Warmup::new(3, 0.01), 7, &self.0.path().join("run.checkpoint"));
        }
    }
    every_rule(&mut Resumes(tempfile::tempdir().unwrap()));
}

/// A model may have tensors without coordinates; a step leaves them as they are.
#[test]
fn every_rule_passes_over_empty_tensors() {
    struct PassesOver;
    impl Visitor for PassesOver {
        fn visit<R>(&mut self, rule: R, _bytes: fn(&[usize]) -> usize)
        where
            R: Rule<f32, State: Serialize + DeserializeOwned> + Serialize + DeserializeOwned,
        {
            for shape in [[3, 0], [0, 3], [0, 0]] {
                let empty = ndarray::ArrayD::zeros(ndarray::IxDyn(&shape));
                let mut parameters = Tensors::new().with("a", empty.clone()).with("b", empty);
                let gradients = parameters.clone();
                let mut optimizer = Optimizer::new(rule.clone(), 0.1, &parameters).unwrap();
                for _ in 0..3 {
                    optimizer.step(&mut parameters, &gradients).unwrap();
                }
                assert_eq!(parameters, gradients, "{rule:?}");
            }
        }
    }
    every_rule(&mut PassesOver);
}

#[test]
fn every_schedule_resumes_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    for schedule in every_schedule() {
        holds_for(Adam::default(), schedule, 20, &folder.path().join("run.checkpoint"));
    }
}
