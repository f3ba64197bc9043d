//! Adam with moments of 8 bits: a quarter of their memory.
//!
//! Each block of 256 coordinates keeps its largest magnitude in `f32`, and every coordinate the
//! number of the nearest of 256 levels between. Dettmers, Lewis, Shleifer and Zettlemoyer (2022,
//! section 2) choose levels that are dense near zero, over seven powers of ten: their dynamic tree
//! quantization, which this follows, in blocks, with one change. A second moment that is rounded to
//! zero beside a first moment that is not makes a step of m/ε; the code for v therefore has no zero
//! but in blocks that are zero throughout (Li, Chen and Zhu 2023 name it the zero-point problem).
//! Tensors of fewer than 4096 coordinates keep their moments in `f32`, as in the authors' library.

use crate::{Adam, Elementwise, HyperparameterError, Rule, State, Tensors};
use ndarray::ArrayD;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// How many coordinates share a scale.
const BLOCK: usize = 256;

/// From how many coordinates on a tensor's moments are quantized.
const QUANTIZED_FROM: usize = 4096;

/// Adam with 8-bit moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EightBitAdam {
    /// The rule, which computes in `f32`.
    pub adam: Adam,
}

/// A tensor's moments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EightBitState {
    /// Of a small tensor: as they are.
    Exact(Tensors<f32>),
    /// Of a large one: in 8 bits.
    Quantized {
        /// m.
        first_moment: Quantized,
        /// v.
        second_moment: Quantized,
    },
}

/// Numbers in 8 bits each, and one scale for each block of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantized {
    codes: Vec<u8>,
    scales: Vec<f32>,
}

impl Quantized {
    fn zeros(length: usize, code: &Code) -> Self {
        let zero = code.nearest(0.0);
        Self { codes: vec![zero; length], scales: vec![0.0; length.div_ceil(BLOCK)] }
    }

    fn read(&self, block: usize, code: &Code, values: &mut [f32]) {
        let scale = self.scales[block];
        for (value, &level) in values.iter_mut().zip(&self.codes[block * BLOCK..]) {
            *value = code.levels[usize::from(level)] * scale;
        }
    }

    fn write(&mut self, block: usize, code: &Code, values: &[f32]) {
        let scale = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        self.scales[block] = scale;
        for (level, &value) in self.codes[block * BLOCK..].iter_mut().zip(values) {
            *level = code.nearest(if scale > 0.0 { value / scale } else { 0.0 });
        }
    }
}

impl State for EightBitState {
    fn bytes(&self) -> usize {
        match self {
            Self::Exact(moments) => moments.bytes(),
            Self::Quantized { first_moment, second_moment } => [first_moment, second_moment]
                .map(|moment| moment.codes.len() + moment.scales.len() * size_of::<f32>())
                .iter()
                .sum(),
        }
    }
}

/// 256 levels or fewer in [−1, 1], in rising order, and the boundaries half way between them.
struct Code {
    levels: Vec<f32>,
    boundaries: Vec<f32>,
}

/// The levels for numbers of either sign.
static SIGNED: LazyLock<Code> = LazyLock::new(|| {
    let positive = dynamic_levels(6, 1);
    let negative = positive.iter().map(|level| -level);
    Code::new(negative.chain(positive.clone()).chain([0.0, 1.0]))
});

/// The levels for numbers above zero.
static UNSIGNED: LazyLock<Code> =
    LazyLock::new(|| Code::new(dynamic_levels(6, 2).into_iter().chain([1.0])));

// ANCHOR: levels
/// The positive levels of the dynamic code below 1: for each power of ten from 10^−decades to 1, the
/// middles of equal parts of its upper nine tenths, twice as many parts from each power to the next.
fn dynamic_levels(decades: u32, first: u32) -> Vec<f32> {
    (0..=decades)
        .flat_map(|decade| {
            let parts = first << decade;
            let scale = libm::pow(10.0, f64::from(decade) - f64::from(decades));
            (0..parts).map(move |part| {
                let middle = 0.1 + 0.9 * (f64::from(part) + 0.5) / f64::from(parts);
                (scale * middle) as f32
            })
        })
        .collect()
}
// ANCHOR_END: levels

impl Code {
    fn new(levels: impl Iterator<Item = f32>) -> Self {
        let mut levels: Vec<f32> = levels.collect();
        levels.sort_by(f32::total_cmp);
        let boundaries = levels.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect();
        Self { levels, boundaries }
    }

    fn nearest(&self, value: f32) -> u8 {
        let level = self.boundaries.partition_point(|&boundary| boundary < value);
        u8::try_from(level).expect("a code has at most 256 levels")
    }
}

impl Rule<f32> for EightBitAdam {
    type State = EightBitState;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Elementwise::validate(&self.adam)
    }

    fn state(&self, parameter: &ArrayD<f32>, tensor: usize) -> Self::State {
        let length = parameter.len();
        if length < QUANTIZED_FROM {
            return EightBitState::Exact(Rule::state(&self.adam, parameter, tensor));
        }
        EightBitState::Quantized {
            first_moment: Quantized::zeros(length, &SIGNED),
            second_moment: Quantized::zeros(length, &UNSIGNED),
        }
    }

    // ANCHOR: update
    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<f32>,
        gradient: &ArrayD<f32>,
        state: &mut Self::State,
    ) {
        let (first_moment, second_moment) = match state {
            EightBitState::Exact(moments) => {
                return Rule::update(&self.adam, step, learning_rate, parameter, gradient, moments);
            }
            EightBitState::Quantized { first_moment, second_moment } => {
                (first_moment, second_moment)
            }
        };
        let update = Elementwise::update(&self.adam, step, learning_rate);
        let theta = parameter.as_slice_mut().expect("the driver passes the standard layout");
        let g = gradient.as_slice().expect("the driver passes the standard layout");
        let (mut m, mut v) = ([0.0; BLOCK], [0.0; BLOCK]);
        for (block, (theta, g)) in theta.chunks_mut(BLOCK).zip(g.chunks(BLOCK)).enumerate() {
            let (m, v) = (&mut m[..g.len()], &mut v[..g.len()]);
            first_moment.read(block, &SIGNED, m);
            second_moment.read(block, &UNSIGNED, v);
            for i in 0..g.len() {
                (theta[i], [m[i], v[i]]) = update(theta[i], g[i], [m[i], v[i]]);
            }
            first_moment.write(block, &SIGNED, m);
            second_moment.write(block, &UNSIGNED, v);
        }
    }
    // ANCHOR_END: update
}

#[cfg(test)]
mod tests {
    use super::{SIGNED, UNSIGNED};
    use crate::{Adam, EightBitAdam, Optimizer, Rule, Tensors};
    use ndarray::{ArrayD, IxDyn};

    #[test]
    fn the_codes_are_those_of_the_paper() {
        assert_eq!((SIGNED.levels.len(), UNSIGNED.levels.len()), (256, 255));
        assert!((UNSIGNED.levels[0] - 3.25e-7).abs() < 1e-12);
        assert!(UNSIGNED.levels.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(SIGNED.levels.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(SIGNED.levels.contains(&0.0) && !UNSIGNED.levels.contains(&0.0));
        for code in [&SIGNED, &UNSIGNED] {
            for (number, &level) in code.levels.iter().enumerate() {
                assert_eq!(usize::from(code.nearest(level)), number);
            }
        }
    }

    fn run(rule: impl Rule<f32>) -> Tensors<f32> {
        let shape = IxDyn(&[5000]);
        let mut parameters = Tensors::new().with("w", ArrayD::from_elem(shape.clone(), 1.0));
        let mut optimizer = Optimizer::new(rule, 0.01, &parameters).unwrap();
        for step in 0..60 {
            let gradients = parameters.get("w").unwrap().clone()
                + ArrayD::from_shape_fn(shape.clone(), |i| ((i[0] * 13 + step * 7) as f32).sin());
            let gradients = Tensors::new().with("w", gradients);
            optimizer.step(&mut parameters, &gradients).unwrap();
        }
        parameters
    }

    #[test]
    fn it_follows_adam_closely_and_never_leaps() {
        let exact = run(Adam::default());
        let eight = run(EightBitAdam::default());
        let apart = exact.scalars().zip(eight.scalars()).map(|(a, b)| (a - b).abs());
        let (most, sum) = apart.fold((0.0_f32, 0.0), |(most, sum), d| (most.max(d), sum + d));
        assert!(most < 0.2 && sum / 5000.0 < 0.03, "{most} {}", sum / 5000.0);
    }
}
