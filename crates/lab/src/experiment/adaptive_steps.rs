//! How far rules that divide by the gradient's size move, on gradients that are given.
//!
//! Balles and Hennig (2018, section 2) split Adam's step into a sign and a factor that depends on the
//! ratio of signal to noise. Everything here is a coordinate, or many alike, on a stream of gradients,
//! and most of it has a formula.

use crate::LabError;
use crate::landscape::{Quadratic, descend};
use crate::random::{Purpose, Stream};
use crate::statistics::{mean, median, rms};
use crate::walker::Walker;
use descent::{Adam, Lion, Rule};
use serde::{Deserialize, Serialize};

/// Adam's updates, in units of the learning rate, on gradients of mean μ and variance 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Updates {
    /// The root of their mean square.
    pub rms: f64,
    /// Their mean.
    pub mean: f64,
    /// The share that goes the way of the mean gradient.
    pub right_way: f64,
}

/// Adam's updates on many coordinates whose gradients are normal with this mean and variance 1, over
/// 200 steps after `settle` steps.
///
/// # Errors
/// If Adam refuses its settings.
pub fn updates(
    adam: Adam,
    signal: f64,
    settle: usize,
    coordinates: usize,
    seed: u64,
) -> Result<Updates, LabError> {
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut walker = Walker::new(adam, 1.0, vec![0.0; coordinates])?;
    let mut seen = Vec::new();
    for step in 0..settle + 200 {
        let gradient: Vec<f64> = (0..coordinates).map(|_| signal + stream.normal()).collect();
        let update = walker.update(|_, _| gradient)?;
        if step >= settle {
            seen.extend(update);
        }
    }
    let right_way = seen.iter().filter(|u| **u > 0.0).count() as f64 / seen.len() as f64;
    Ok(Updates { rms: rms(&seen), mean: mean(&seen), right_way })
}

/// The largest difference between where Adam ends on a bowl and where it ends on `factor` times that
/// bowl, after 300 steps. With ε = 0 it is a matter of rounding.
///
/// # Errors
/// If Adam refuses its settings.
pub fn difference_by_scale(factor: f64, eps: f64) -> Result<f64, LabError> {
    let end = |factor: f64| -> Result<Vec<f64>, LabError> {
        let bowl = Quadratic::diagonal(&[factor, 10.0 * factor, 0.1 * factor]);
        let adam = Adam { eps, ..Adam::default() };
        Ok(descend(&bowl, adam, 0.01, &[1.0, -2.0, 0.5], 300)?.end().to_vec())
    };
    let differences = end(1.0)?.into_iter().zip(end(factor)?).map(|(a, b)| (a - b).abs());
    Ok(differences.fold(0.0, f64::max))
}

/// What happens to a stream of gradients at one step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// From this step on they are this many times what they were.
    Rescaled(f64),
    /// At this step alone they are this many times what they were.
    Spike(f64),
}

/// What an [`Event`] did to Adam.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aftermath {
    /// The root mean square update at each step from the event's on, in units of the learning rate.
    pub rms: Vec<f64>,
    /// The mean update at each of those steps, divided by what it would have been.
    pub progress: Vec<f64>,
    /// How far, on average, a coordinate is from where it would have been 50 steps after the event, in
    /// units of the learning rate.
    pub displacement: f64,
}

/// Adam on 100 coordinates with gradients of mean 0.3 and variance 1, to which `event` happens at step
/// 3001, followed for 2500 steps. `clip` shortens every gradient to this norm if it is longer.
///
/// # Errors
/// If Adam refuses a gradient.
pub fn aftermath(event: Event, clip: Option<f64>, seed: u64) -> Result<Aftermath, LabError> {
    const BEFORE: usize = 3000;
    const AFTER: usize = 2500;
    const COORDINATES: usize = 100;
    let mut stream = Stream::new(seed, Purpose::Noise);
    let start = vec![0.0; COORDINATES];
    let mut plain = Walker::new(Adam::default(), 1.0, start.clone())?;
    let mut struck = Walker::new(Adam::default(), 1.0, start)?;
    let clipped = |mut gradient: Vec<f64>| {
        let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        if let Some(limit) = clip.filter(|limit| norm > *limit) {
            gradient.iter_mut().for_each(|g| *g *= limit / norm);
        }
        gradient
    };
    let (mut rms_after, mut means, mut displacement) = (Vec::new(), [vec![], vec![]], f64::NAN);
    for step in 0..BEFORE + AFTER {
        let gradient: Vec<f64> = (0..COORDINATES).map(|_| 0.3 + stream.normal()).collect();
        let factor = match event {
            Event::Rescaled(factor) if step >= BEFORE => factor,
            Event::Spike(factor) if step == BEFORE => factor,
            _ => 1.0,
        };
        let changed = clipped(gradient.iter().map(|g| factor * g).collect());
        let undisturbed = plain.update(|_, _| clipped(gradient))?;
        let update = struck.update(|_, _| changed)?;
        if step >= BEFORE {
            rms_after.push(rms(&update));
            means[0].push(mean(&update));
            means[1].push(mean(&undisturbed));
        }
        if step == BEFORE + 49 {
            let apart = struck.position().iter().zip(plain.position()).map(|(a, b)| (a - b).abs());
            displacement = apart.sum::<f64>() / COORDINATES as f64;
        }
    }
    // A window of 200 steps, so that the ratio is of two means with a spread of a few percent.
    let window = |values: &[f64], from: usize| mean(&values[from..(from + 200).min(values.len())]);
    let progress =
        (0..AFTER - 200).map(|from| window(&means[0], from) / window(&means[1], from)).collect();
    Ok(Aftermath { rms: rms_after, progress, displacement })
}

/// Adam's displacement, in units of the learning rate, by one gradient after a long time without any:
/// that of the first step, and in all.
///
/// # Errors
/// If Adam refuses its settings.
pub fn lone_gradient(adam: Adam) -> Result<(f64, f64), LabError> {
    let mut walker = after_a_long_sleep(adam)?;
    let first = walker.update(|_, _| [1.0])?[0];
    for _ in 0..2000 {
        walker.step(|_, _| [0.0])?;
    }
    Ok((first, -walker.position()[0]))
}

/// Adam's largest step, in units of the learning rate, on gradients that grow by this factor at each of
/// 3000 steps, after a long time without any.
///
/// # Errors
/// If Adam refuses its settings, or the gradients overflow.
pub fn step_on_growing_gradients(adam: Adam, growth: f64) -> Result<f64, LabError> {
    let mut walker = after_a_long_sleep(adam)?;
    let mut largest = 0.0_f64;
    for step in 0..3000 {
        let gradient = libm::pow(growth, f64::from(step));
        largest = largest.max(walker.update(|_, _| [gradient])?[0]);
    }
    Ok(largest)
}

/// Adam after so many zero gradients that bias correction is over: 0.999 to this power is 10⁻¹³.
fn after_a_long_sleep(adam: Adam) -> Result<Walker<Adam>, LabError> {
    let mut walker = Walker::new(adam, 1.0, vec![0.0])?;
    for _ in 0..30_000 {
        walker.step(|_, _| [0.0])?;
    }
    Ok(walker)
}

/// What a coordinate does whose gradient is 1 once every so many steps and 0 in between.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RareGradient {
    /// How far it moves for each gradient, in units of the learning rate.
    pub per_event: f64,
    /// The share of that way which it makes on steps whose gradient is zero.
    pub without_gradient: f64,
}

/// Follows a rule on a gradient that comes every `period` steps, for 100 periods after 100 others.
///
/// # Errors
/// If the rule refuses its settings.
pub fn rare_gradient(rule: impl Rule<f64>, period: usize) -> Result<RareGradient, LabError> {
    let mut walker = Walker::new(rule, 1.0, vec![0.0])?;
    let (mut way, mut with_gradient) = (0.0, 0.0);
    for step in 1..=200 * period {
        let event = step % period == 0;
        let update = walker.update(|_, _| [f64::from(event)])?[0];
        if step > 100 * period {
            way += update;
            with_gradient += if event { update } else { 0.0 };
        }
    }
    Ok(RareGradient { per_event: way / 100.0, without_gradient: 1.0 - with_gradient / way })
}

/// How many steps Adam's v takes to fall from s² to twice its new level, when gradients of size s
/// become gradients of size 1.
///
/// # Errors
/// If Adam refuses its settings.
pub fn steps_to_forget(beta2: f64, size: f64) -> Result<usize, LabError> {
    let mut walker = Walker::new(Adam { beta2, ..Adam::default() }, 1.0, vec![0.0])?;
    let settle = (30.0 / (1.0 - beta2)) as usize;
    for _ in 0..settle {
        walker.step(|_, _| [size])?;
    }
    for step in 1..=settle {
        walker.step(|_, _| [1.0])?;
        if walker.memory("second_moment").is_some_and(|v| v[0] < 2.0) {
            return Ok(step);
        }
    }
    Ok(usize::MAX)
}

/// For how many steps a rule goes the wrong way after one gradient of −`size` among gradients of mean
/// 0.5 and variance 1: until eight of ten steps go the right way again. The median over `runs`.
///
/// # Errors
/// If the rule refuses its settings.
pub fn steps_the_wrong_way(
    rule: impl Rule<f64>,
    size: f64,
    runs: usize,
    seed: u64,
) -> Result<f64, LabError> {
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut walker = Walker::new(rule, 1.0, vec![0.0; runs])?;
    let mut right = vec![Vec::new(); runs];
    for step in 0..2500 {
        let struck = step == 1000;
        let gradient: Vec<f64> =
            (0..runs).map(|_| if struck { -size } else { 0.5 + stream.normal() }).collect();
        let update = walker.update(|_, _| gradient)?;
        if step >= 1000 {
            right.iter_mut().zip(update).for_each(|(right, u)| right.push(u > 0.0));
        }
    }
    let recovered = |right: &Vec<bool>| {
        let eight_of_ten = |ten: &[bool]| ten.iter().filter(|x| **x).count() >= 8;
        right.windows(10).position(eight_of_ten).unwrap_or(right.len()) as f64
    };
    Ok(median(&right.iter().map(recovered).collect::<Vec<_>>()))
}

/// The weight of the newest gradient in what Lion takes the sign of.
///
/// Found by asking at which older gradient the sign turns: the rule is run, not read.
///
/// # Errors
/// If Lion refuses its settings.
pub fn weight_of_newest(lion: Lion) -> Result<f64, LabError> {
    // A constant gradient of −1 fills the memory to −1; the newest gradient that just turns the sign
    // weighs as much as the memory does.
    let turns = |newest: f64| -> Result<bool, LabError> {
        let mut walker = Walker::new(lion, 1.0, vec![0.0])?;
        for _ in 0..5000 {
            walker.step(|_, _| [-1.0])?;
        }
        Ok(walker.update(|_, _| [newest])?[0] > 0.0)
    };
    let (mut low, mut high) = (0.0, 1e6);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if turns(middle)? { high = middle } else { low = middle }
    }
    // w · newest = 1 − w at the turn.
    Ok(1.0 / (1.0 + high))
}
