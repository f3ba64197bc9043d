//! Claims of the chapter *Signs: Lion*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs, theory};
use crate::LabError;
use crate::experiment::adaptive_steps::{steps_the_wrong_way, updates, weight_of_newest};
use crate::random::{Purpose, Stream};
use crate::statistics::rms;
use crate::walker::Walker;
use descent::{Adam, Lion, Optimizer, Rule, SignSgd, Signum, Tensors};
use ndarray::ArrayD;

pub(super) const CHAPTER: Chapter = Chapter { title: "Signs: Lion", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "lion-and-spikes",
        folklore: "One huge gradient makes a sign method take a huge step.",
        verdict: Verdict::False,
        statement: "No step is longer than η. But the memory is hijacked: after a gradient a thousand \
                    times too large Lion goes the wrong way for some three hundred steps, Adam for \
                    fifty.",
        source: "Chen, Liang, et al. (2023), Algorithm 2; the experiment is ours",
        seconds: 0.1,
        measure: |run| lion_and_spikes(1000.0, run),
        broken: Broken {
            by: "a gradient ten times too large",
            measure: || lion_and_spikes(10.0, Run::QUICK),
        },
    },
    Claim {
        id: "lion-is-not-signum",
        folklore: "Lion takes the sign of an exponential moving average.",
        verdict: Verdict::False,
        statement: "Of an interpolation that gives the newest gradient a tenth of the weight, while the \
                    average it keeps gives it a hundredth.",
        source: "Chen, Liang, et al. (2023), Algorithm 2",
        seconds: 0.1,
        measure: |_| lion_is_not_signum(Lion::default()),
        broken: Broken {
            by: "β₁ = 0.99",
            measure: || lion_is_not_signum(Lion { beta1: 0.99, ..Lion::default() }),
        },
    },
    Claim {
        id: "lion-rate",
        folklore: "Lion wants a learning rate about three times smaller than AdamW's.",
        verdict: Verdict::TrueWhen,
        statement: "Three to ten times, the paper says; where noise dominates, a step of Lion is 4.4 times \
                    as long as one of Adam at the same rate, and where signal does, as long.",
        source: "Chen, Liang, et al. (2023), section 5; Balles and Hennig (2018) for Adam's step",
        seconds: 0.4,
        measure: |run| lion_rate(0.0, run),
        broken: Broken {
            by: "gradients with more signal than noise",
            measure: || lion_rate(2.0, Run::QUICK),
        },
    },
    Claim {
        id: "lion-memory",
        folklore: "Lion halves the optimizer's memory.",
        verdict: Verdict::TrueWhen,
        statement: "Of the moments: four bytes a parameter instead of eight. With master weights the \
                    state falls by a third, and all that training holds by a quarter.",
        source: "Chen, Liang, et al. (2023), section 3; Rajbhandari et al. (2020), section 3.1, for the \
                 other bytes",
        seconds: 0.01,
        measure: |_| lion_memory(Lion::default()),
        broken: Broken { by: "Adam in place of Lion", measure: || lion_memory(Adam::default()) },
    },
    Claim {
        id: "sign-is-biased",
        folklore: "The sign of a stochastic gradient points downhill on average.",
        verdict: Verdict::False,
        statement: "The sign's mean has the sign of the median, not of the mean. Where one gradient in ten \
                    is large and the others small and opposite, signSGD climbs, at eight tenths of η a \
                    step; averaging before the sign is taken mends it.",
        source: "Karimireddy, Rebjock, Stich and Jaggi (2019), section 3",
        seconds: 0.05,
        measure: |run| sign_is_biased(10.0, run),
        broken: Broken {
            by: "a large gradient in every second step",
            measure: || sign_is_biased(2.0, Run::QUICK),
        },
    },
];

fn lion_and_spikes(size: f64, run: Run) -> Measurement {
    let runs = run.pick(200, 1000);
    let because = "the median over two hundred runs";
    let mut walker = Walker::new(Lion::default(), 1.0, vec![0.0])?;
    let mut largest = 0.0_f64;
    for step in 0..100 {
        let gradient = if step == 50 { -size } else { 0.5 };
        largest = largest.max(walker.update(|_, _| [gradient])?[0].abs());
    }
    let lion = steps_the_wrong_way(Lion::default(), size, runs, run.seed)?;
    let adam = steps_the_wrong_way(Adam::default(), size, runs, run.seed)?;
    Ok(vec![
        theory("largest-step", largest, 1.0, 0.0, "a sign"),
        own_runs("wrong-way-lion", lion, 295.0, 12.0, because),
        own_runs("wrong-way-adam", adam, 50.0, 5.0, because),
    ])
}

fn lion_is_not_signum(lion: Lion) -> Measurement {
    let because =
        "1 − β₁ in the step and 1 − β₂ in the memory, from the gradient at which the sign turns";
    let memory = Lion { beta1: 0.99, ..Lion::default() };
    Ok(vec![
        theory("weight-in-step", weight_of_newest(lion)?, 0.1, 1e-9, because),
        theory("weight-in-memory", weight_of_newest(memory)?, 0.01, 1e-9, because),
    ])
}

fn lion_rate(signal: f64, run: Run) -> Measurement {
    let coordinates = run.pick(1000, 4000);
    let mut stream = Stream::new(run.seed, Purpose::Noise);
    let mut walker = Walker::new(Lion::default(), 1.0, vec![0.0; coordinates])?;
    let mut last = Vec::new();
    for _ in 0..500 {
        let gradient: Vec<f64> = (0..coordinates).map(|_| signal + stream.normal()).collect();
        last = walker.update(|_, _| gradient)?;
    }
    let adam = updates(Adam::default(), signal, 5000, coordinates, run.seed)?.rms;
    let because =
        "1 over √((1 − β₁)/(1 + β₁)) on pure noise; v̂ wavers, which costs about a percent";
    let expected = (1.9_f64 / 0.1).sqrt();
    Ok(vec![theory("lion-to-adam", rms(&last) / adam, expected, 0.15, because)])
}

fn lion_memory(lion: impl Rule<f32>) -> Measurement {
    let parameters = Tensors::new().with("w", ArrayD::<f32>::zeros(vec![1000]));
    let bytes = |state: usize| state as f64 / 1000.0;
    let lion = bytes(Optimizer::new(lion, 1e-4, &parameters)?.state_bytes());
    let adam = bytes(Optimizer::new(Adam::default(), 1e-4, &parameters)?.state_bytes());
    // bf16 weights and gradients, and an fp32 master copy.
    let (master, rest) = (4.0, 8.0);
    let because = "counted in the states of the rules; the other bytes are ZeRO's";
    Ok(vec![
        theory("moments", lion / adam, 0.5, 0.0, because),
        theory("state", (lion + master) / (adam + master), 2.0 / 3.0, 1e-12, because),
        theory("total", (lion + rest) / (adam + rest), 0.75, 0.0, because),
    ])
}

fn sign_is_biased(period: f64, run: Run) -> Measurement {
    let steps = run.pick(20_000, 100_000);
    // The mean gradient is 0.1 · 10 − 0.9 · 1 = 0.1: downhill is where x falls.
    let sign = drift(SignSgd, period, steps, run.seed)?;
    let averaged = drift(Signum { beta: 0.999 }, period, steps, run.seed)?;
    let because = "0.1 − 0.9; the error of a mean over 20 000 draws is 0.004";
    let mended = "an average over two thousand gradients of mean 0.1 and deviation 3.3 has an error of \
                  0.07: it is above zero at nearly all steps";
    Ok(vec![
        theory("advance-of-sign", sign, -0.8, 0.02, because),
        own_runs("advance-of-averaged-sign", averaged, 0.8, 0.25, mended),
    ])
}

/// The mean advance downhill, in units of the rate, on gradients of 10 once in `period` steps, at
/// random, and −1 otherwise.
fn drift(rule: impl Rule<f64>, period: f64, steps: usize, seed: u64) -> Result<f64, LabError> {
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut walker = Walker::new(rule, 1.0, vec![0.0])?;
    let mut start = 0.0;
    for step in 0..steps {
        if step == steps / 10 {
            start = walker.position()[0];
        }
        let gradient = if stream.uniform() < 1.0 / period { 10.0 } else { -1.0 };
        walker.step(|_, _| [gradient])?;
    }
    Ok((start - walker.position()[0]) / (steps - steps / 10) as f64)
}
