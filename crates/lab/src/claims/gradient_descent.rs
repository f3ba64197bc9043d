//! Claims of the chapter *Gradient descent and SGD*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, theory};
use crate::LabError;
use crate::experiment::{batch_size, saddle_escape, step_size};
use crate::landscape::{Quadratic, descend};
use descent::Sgd;

pub(super) const CHAPTER: Chapter = Chapter { title: "Gradient descent and SGD", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "step-limit",
        folklore: "A learning rate is too high when the loss looks unstable.",
        verdict: Verdict::Misleading,
        statement: "On a quadratic there is an exact border, 2 divided by the largest curvature: \
                    1 % below it gradient descent converges, 1 % above it diverges.",
        source: "Nesterov (2004), section 2.1.5; Goh (2017)",
        seconds: 0.01,
        measure: |_| step_limit(2.0 / 25.0),
        broken: Broken { by: "the border at 1.9 / λ", measure: || step_limit(1.9 / 25.0) },
    },
    Claim {
        id: "best-rate",
        folklore: "With a well-chosen learning rate gradient descent is fast on any quadratic.",
        verdict: Verdict::False,
        statement: "At the best fixed rate each step shrinks the error by (κ − 1) / (κ + 1), so \
                    the number of steps grows in proportion to the condition number κ.",
        source: "Nesterov (2004), theorem 2.1.15",
        seconds: 0.01,
        measure: |_| best_rate(1.0),
        broken: Broken { by: "nine tenths of the best rate", measure: || best_rate(0.9) },
    },
    Claim {
        id: "too-low-does-not-oscillate",
        folklore: "When the loss oscillates, the learning rate is too high or too low.",
        verdict: Verdict::False,
        statement: "On a quadratic, gradient descent changes sign along a direction only when the \
                    rate is above 1 divided by that direction's curvature. Too low a rate crawls.",
        source: "Goh (2017), section on gradient descent",
        seconds: 0.01,
        measure: |_| too_low_does_not_oscillate(100.0),
        broken: Broken { by: "half the curvature", measure: || too_low_does_not_oscillate(50.0) },
    },
    Claim {
        id: "doubling-the-batch",
        folklore: "Doubling the batch halves the gradient noise.",
        verdict: Verdict::Misleading,
        statement: "It halves the variance. The typical error, a standard deviation, falls by √2.",
        source: "The variance of a mean of independent draws; Bottou, Curtis and Nocedal (2018), \
                 section 4.2",
        seconds: 0.1,
        measure: |run| doubling_the_batch([16, 32], run),
        broken: Broken {
            by: "a batch four times as large",
            measure: || doubling_the_batch([16, 64], Run::QUICK),
        },
    },
    Claim {
        id: "noise-ball",
        folklore: "SGD converges to the minimum of a convex loss.",
        verdict: Verdict::TrueWhen,
        statement: "The learning rate decays. At a constant rate η it settles into a ball of noise \
                    around the minimum: on ½x² with gradient variance 1 its variance is η / (2 − \
                    η).",
        source: "Robbins and Monro (1951) for decaying rates; Bottou, Curtis and Nocedal (2018), \
                 theorem 4.6 for constant ones",
        seconds: 0.5,
        measure: |run| noise_ball(1.0, run),
        broken: Broken { by: "steps twice as large", measure: || noise_ball(2.0, Run::QUICK) },
    },
    Claim {
        id: "noise-and-sharp-minima",
        folklore: "The noise of small batches kicks SGD out of sharp minima.",
        verdict: Verdict::TrueWhen,
        statement: "The examples disagree about the minimum. Above some learning rate noise makes \
                    such a minimum unstable, whatever its sharpness: of two minima with the same \
                    curvature, SGD leaves one and stays in the other.",
        source: "Wu, Ma and E (2018), section 2",
        seconds: 0.05,
        measure: |run| noise_and_sharp_minima(true, run),
        broken: Broken {
            by: "gradients without noise",
            measure: || noise_and_sharp_minima(false, Run::QUICK),
        },
    },
    Claim {
        id: "saddle-escape",
        folklore: "Gradient descent gets stuck at saddle points.",
        verdict: Verdict::Misleading,
        statement: "It slows down: each tenfold closer start to the ridge costs a constant number \
                    of further steps, ln 10 / ln(1 + η) where the curvature is −1. Only a start \
                    exactly on the ridge stays, and the least noise ends that.",
        source: "Lee, Simchowitz, Jordan and Recht (2016), theorem 4.1; Du et al. (2017)",
        seconds: 0.01,
        measure: |run| saddle_slows(1.1, run),
        broken: Broken {
            by: "a ridge left faster, by 1.12 a step",
            measure: || saddle_slows(1.12, Run::QUICK),
        },
    },
    Claim {
        id: "full-batch-memory",
        folklore: "Full-batch gradient descent needs all of the data in memory at once.",
        verdict: Verdict::False,
        statement: "A gradient is a mean over examples: summing it over small batches before the \
                    step gives the same gradient up to rounding.",
        source: "Linearity of the gradient",
        seconds: 0.01,
        measure: |_| full_batch_memory(&[8; 8]),
        broken: Broken {
            by: "batches of two sizes weighted alike",
            measure: || full_batch_memory(&[4, 60]),
        },
    },
];

fn step_limit(limit: f64) -> Measurement {
    let bowl = step_size::ravine(25.0);
    let because = "|1 − η λ| for the largest curvature; only rounding separates them";
    let factor = |share: f64| step_size::contraction(&bowl, share * limit);
    Ok(vec![
        theory("factor-below", factor(0.99)?, 0.98, 1e-9, because),
        theory("factor-above", factor(1.01)?, 1.02, 1e-9, because),
    ])
}

fn best_rate(share_of_best: f64) -> Measurement {
    let rate = |bowl: &Quadratic| share_of_best * step_size::best_learning_rate(bowl);
    let bowl = step_size::ravine(100.0);
    let mut quantities = vec![theory(
        "factor-100",
        step_size::contraction(&bowl, rate(&bowl))?,
        99.0 / 101.0,
        1e-9,
        "(κ − 1) / (κ + 1); only rounding separates them",
    )];
    for (name, condition_number) in
        [("steps-10", 10.0), ("steps-100", 100.0), ("steps-1000", 1000.0)]
    {
        let bowl = step_size::ravine(condition_number);
        let limit = 10 * condition_number as usize;
        let steps = step_size::steps_to_reach(&bowl, rate(&bowl), 1e-6, limit)?;
        let factor = (condition_number - 1.0) / (condition_number + 1.0);
        quantities.push(theory(
            name,
            steps.map_or(f64::NAN, |steps| steps as f64),
            (libm::log(1e-6) / libm::log(factor)).ceil(),
            1.0,
            "ln 10⁻⁶ / ln of the factor, rounded up; one step for rounding",
        ));
    }
    Ok(quantities)
}

fn too_low_does_not_oscillate(curvature: f64) -> Measurement {
    let bowl = Quadratic::diagonal(&[1.0, curvature]);
    let flips = |learning_rate: f64| -> Result<f64, LabError> {
        let path = descend(&bowl, Sgd, learning_rate, &[1.0, 1.0], 50)?;
        Ok(step_size::sign_flips(&path, 1) as f64)
    };
    let because = "the factor 1 − η λ is negative exactly when η > 1/λ";
    Ok(vec![
        theory("far-too-low", flips(1e-4)?, 0.0, 0.0, because),
        theory("half-of-one-over-curvature", flips(0.005)?, 0.0, 0.0, because),
        theory("above-one-over-curvature", flips(0.012)?, 50.0, 0.0, because),
        theory("just-below-the-limit", flips(0.0199)?, 50.0, 0.0, because),
    ])
}

fn doubling_the_batch(batch_sizes: [usize; 2], run: Run) -> Measurement {
    let noise = batch_size::gradient_noise(&batch_sizes, 100, 2000, run.seed)?;
    let ratio = noise[0].relative_error / noise[1].relative_error;
    let because = "n draws with replacement; over 2000 batches the error of each standard deviation is \
                   about 1 %, and three of them are allowed";
    let root = std::f64::consts::SQRT_2;
    Ok(vec![
        theory("error-ratio", ratio, root, 0.04 * root, because),
        theory("variance-ratio", ratio * ratio, 2.0, 0.08 * 2.0, because),
    ])
}

fn noise_ball(rate_factor: f64, run: Run) -> Measurement {
    [("variance-0.1", 0.1), ("variance-0.01", 0.01)]
        .into_iter()
        .map(|(name, learning_rate)| {
            let rate = rate_factor * learning_rate;
            let measured = batch_size::noise_ball_variance(rate, 1_000_000, run.seed)?;
            let expected = learning_rate / (2.0 - learning_rate);
            let because = "η / (2 − η); a million steps hold at least 9000 independent ones \
                           (correlation time 1/η), an error of 1.5 %, and four are allowed";
            Ok(theory(name, measured, expected, 0.06 * expected, because))
        })
        .collect()
}

fn noise_and_sharp_minima(stochastic: bool, run: Run) -> Measurement {
    let share = |learning_rate, stochastic| {
        saddle_escape::share_that_leaves(learning_rate, stochastic, 200, run.seed)
    };
    let because = "the mean of ln|1 − 2aη| over a = 0.1 and 1.9 changes sign at η between 0.5 and 0.6, \
                   while the mean loss is stable below η = 1; all runs agree";
    Ok(vec![
        theory("exact-gradients-at-0.9", share(0.9, false), 0.0, 0.0, because),
        theory("stochastic-at-0.5", share(0.5, stochastic), 0.0, 0.0, because),
        theory("stochastic-at-0.6", share(0.6, stochastic), 1.0, 0.0, because),
    ])
}

fn saddle_slows(growth: f64, run: Run) -> Measurement {
    let learning_rate = growth - 1.0;
    let leave = |offset: f64, noise: f64| -> Result<f64, LabError> {
        let steps = saddle_escape::steps_to_leave(offset, learning_rate, noise, 10_000, run.seed)?;
        Ok(steps.map_or(f64::INFINITY, |steps| steps as f64))
    };
    Ok(vec![
        theory(
            "steps-per-decade",
            (leave(1e-10, 0.0)? - leave(1e-2, 0.0)?) / 8.0,
            std::f64::consts::LN_10 / libm::log(1.1),
            0.25,
            "y grows by 1 + η a step near the ridge; steps are whole numbers, so a difference over \
             eight decades is off by at most 2/8",
        ),
        theory(
            "steps-from-the-ridge-with-noise",
            leave(0.0, 1e-3)?,
            88.0,
            40.0,
            "the first steps put y near 10⁻³ √(η/2) |z| with z normal, from where ln(0.5/y) / ln(1 + η) \
             steps remain: 81 for |z| = 1 and 88 on average; |z| between 0.05 and 3 is within 31 of \
             that",
        ),
    ])
}

fn full_batch_memory(sizes: &[usize]) -> Measurement {
    Ok(vec![theory(
        "largest-difference",
        batch_size::accumulation_error(sizes),
        0.0,
        1e-15,
        "rounding: gradients here are below 1, and eight partial sums lose a few units in the last \
         place",
    )])
}
