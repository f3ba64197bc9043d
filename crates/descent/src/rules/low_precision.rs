//! States in 16 bits: half the memory of the moments, if rounding does not stop them.
//!
//! The rule computes in `f32`; only what it remembers is rounded, to [`bf16`] (8 bits of precision,
//! the range of `f32`) or to [`f16`] (11 bits, from 6·10⁻⁸ to 65504). With rounding to the nearest,
//! an average whose decay rate is above 1 − 2⁻⁹ never shrinks in bf16: its change is less than half
//! the gap to the next number. In f16 what is beyond 65504 is kept there, and squares of gradients
//! below about 5·10⁻³ vanish from an average with β₂ = 0.999. Rounding up or down at random, with the probabilities that make
//! the mean right, lets it move (Gupta et al. 2015, section 3.1; Zamirai et al. 2021 for bf16).

use crate::{Elementwise, HyperparameterError, Memory, Rule, State};
use half::{bf16, f16};
use ndarray::ArrayD;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// A number of 16 bits.
pub trait Short: Copy + Send + Sync + 'static + PartialEq + std::fmt::Debug {
    /// The number nearest to `value`, ties to even; beyond the largest, that one.
    fn nearest(value: f32) -> Self;
    /// This number, exactly.
    fn widen(self) -> f32;
    /// Its bits.
    fn bits(self) -> u16;
    /// The number of these bits.
    fn from_bits(bits: u16) -> Self;
}

macro_rules! short {
    ($($number:ty),+) => {$(
        impl Short for $number {
            fn nearest(value: f32) -> Self {
                let largest = Self::MAX.to_f32();
                Self::from_f32(value.clamp(-largest, largest))
            }

            fn widen(self) -> f32 {
                self.to_f32()
            }

            fn bits(self) -> u16 {
                self.to_bits()
            }

            fn from_bits(bits: u16) -> Self {
                Self::from_bits(bits)
            }
        }
    )+};
}

short!(bf16, f16);

/// How a number becomes a shorter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rounding {
    /// To the nearest, ties to even.
    Nearest,
    /// To one of the two neighbors, at random, so that the mean is right.
    Stochastic {
        /// The seed of the draws.
        seed: u64,
    },
}

/// A rule whose state is kept as `S`: [`bf16`] or [`f16`](half::f16).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LowPrecision<R, S> {
    /// The rule.
    pub rule: R,
    /// How its state is rounded.
    pub rounding: Rounding,
    short: PhantomData<S>,
}

impl<R, S> LowPrecision<R, S> {
    /// This rule, with its state in `S`.
    pub fn new(rule: R, rounding: Rounding) -> Self {
        Self { rule, rounding, short: PhantomData }
    }
}

/// The rule's arrays in 16 bits, and the generator that rounds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShortState<S> {
    /// One array for each number that the rule remembers, coordinates in row-major order.
    pub arrays: Vec<Vec<S>>,
    random: Option<ChaCha8Rng>,
}

impl<S: Short> State for ShortState<S> {
    fn bytes(&self) -> usize {
        self.arrays.iter().map(|array| array.len() * size_of::<S>()).sum()
    }
}

impl<R: Elementwise, S: Short> Rule<f32> for LowPrecision<R, S> {
    type State = ShortState<S>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        self.rule.validate()
    }

    fn state(&self, parameter: &ArrayD<f32>, tensor: usize) -> Self::State {
        let start = self.rule.start();
        let array = |&value| vec![S::nearest(value); parameter.len()];
        let random = match self.rounding {
            Rounding::Nearest => None,
            Rounding::Stochastic { seed } => {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                random.set_stream(tensor as u64);
                Some(random)
            }
        };
        ShortState { arrays: start.as_ref().iter().map(array).collect(), random }
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
        let update = self.rule.update(step, learning_rate);
        let ShortState { arrays, random } = state;
        for (i, (theta, &g)) in parameter.iter_mut().zip(gradient).enumerate() {
            let mut memory = R::Memory::<f32>::filled(0.0);
            for (number, array) in memory.as_mut().iter_mut().zip(arrays.iter()) {
                *number = array[i].widen();
            }
            let (new, memory) = update(*theta, g, memory);
            *theta = new;
            for (&number, array) in memory.as_ref().iter().zip(arrays.iter_mut()) {
                array[i] = match random {
                    None => S::nearest(number),
                    Some(random) => stochastic(number, random.next_u32()),
                };
            }
        }
    }
    // ANCHOR_END: update
}

// ANCHOR: stochastic
/// One of the two neighbors of `value`, the upper one with a probability of value's distance from
/// the lower one, in units of the gap between them. `draw` is uniform over all 32-bit numbers.
fn stochastic<S: Short>(value: f32, draw: u32) -> S {
    let nearest = S::nearest(value);
    let wide = nearest.widen();
    if wide == value || !wide.is_finite() {
        return nearest;
    }
    let away = value.abs() > wide.abs();
    let other = match (wide == 0.0, value > 0.0, away) {
        (true, true, _) => S::from_bits(1),
        (true, false, _) => S::from_bits(0x8001),
        (false, _, true) => S::from_bits(nearest.bits() + 1),
        (false, _, false) => S::from_bits(nearest.bits() - 1),
    };
    let fraction = ((value - wide) / (other.widen() - wide)).abs();
    if f64::from(draw) < f64::from(fraction) * 2_f64.powi(32) { other } else { nearest }
}
// ANCHOR_END: stochastic

#[cfg(test)]
mod tests {
    use super::{Rounding, Short, stochastic};
    use crate::{Adam, LowPrecision, Optimizer, Tensors};
    use half::{bf16, f16};
    use ndarray::array;
    use rand_chacha::ChaCha8Rng;
    use rand_core::{Rng, SeedableRng};

    fn mean<S: Short>(value: f32) -> f64 {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let draws = 20_000;
        let sum: f64 =
            (0..draws).map(|_| f64::from(stochastic::<S>(value, random.next_u32()).widen())).sum();
        sum / f64::from(draws)
    }

    #[test]
    fn the_mean_of_stochastic_rounding_is_the_number() {
        for value in [1.001_f32, -1.003, 3.3e-5, -7.77e-8, 1234.5, 0.999] {
            let gap = f64::from((value * 2_f32.powi(-8)).abs());
            assert!((mean::<bf16>(value) - f64::from(value)).abs() < gap / 40.0, "{value}");
        }
        // Below the least normal number of f16, the gap is 2⁻²⁴ throughout.
        for value in [2e-8_f32, -5.1e-7, 1e-9] {
            let error = (mean::<f16>(value) - f64::from(value)).abs();
            assert!(error < 2_f64.powi(-24) / 40.0, "{value}: {error}");
        }
        assert_eq!(mean::<bf16>(0.5), 0.5);
    }

    /// v of a gradient that falls from 1 to 0.1, after 4000 steps of each.
    fn second_moment(rounding: Rounding) -> f32 {
        let rule = LowPrecision::<_, bf16>::new(Adam::default(), rounding);
        let mut parameters = Tensors::new().with("theta", array![0.0_f32].into_dyn());
        let mut optimizer = Optimizer::new(rule, 1e-3, &parameters).unwrap();
        for step in 0..8000 {
            let g = if step < 4000 { 1.0 } else { 0.1 };
            let gradients = Tensors::new().with("theta", array![g].into_dyn());
            optimizer.step(&mut parameters, &gradients).unwrap();
        }
        optimizer.state("theta").unwrap().arrays[1][0].to_f32()
    }

    #[test]
    fn bf16_moments_stagnate_unless_they_are_rounded_at_random() {
        // v rises to where (1 − β₂)(1 − v) is half a gap, and never comes down again.
        assert_eq!(second_moment(Rounding::Nearest), 0.25);
        let stochastic = second_moment(Rounding::Stochastic { seed: 1 });
        let exact = 0.01 + (1.0 - 0.999_f32.powi(4000) - 0.01) * 0.999_f32.powi(4000);
        assert!((stochastic - exact).abs() < 0.02, "{stochastic} but {exact}");
    }
}
