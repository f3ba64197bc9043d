//! Claims of the chapter *Bias correction*.

use super::{Broken, Chapter, Claim, Measurement, Quantity, Verdict};
use crate::LabError;
use crate::ablation::Corrections;
use crate::experiment::bias_correction::{
    self, TraceConfig, early_updates, lag_on_a_ramp, largest_possible_step, settles_at, trace,
};
use crate::landscape::{Quadratic, descend};
use crate::statistics::{mean, median};
use descent::Adam;

pub(super) const CHAPTER: Chapter = Chapter { title: "Bias correction", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "first-step",
        folklore: "At the start v̂ is close to 0, so Adam's first step is enormous.",
        verdict: Verdict::False,
        statement: "At step 1 the corrections make m̂ = g and v̂ = g² exactly, so the first step is \
                    η |g| / (|g| + ε): the learning rate, whatever the gradient.",
        source: "Kingma and Ba (2015), section 2.1",
        seconds: 0.01,
        measure: |_| first_step(Adam::default()),
        broken: Broken {
            by: "ε = 10⁻²",
            measure: || first_step(Adam { eps: 1e-2, ..Adam::default() }),
        },
    },
    Claim {
        id: "uncorrected-step",
        folklore: "Without bias correction Adam's early steps are far too small.",
        verdict: Verdict::False,
        statement: "With both corrections left out, the first step is √10 ≈ 3.16 times too large, \
                    because v is further below its target than m. Too small is what leaving out \
                    only the first moment's correction gives.",
        source: "Kingma and Ba (2015), section 3, for the two factors; their quotient is ours",
        seconds: 0.01,
        measure: |_| uncorrected_step(0.999),
        broken: Broken { by: "β₂ = 0.99", measure: || uncorrected_step(0.99) },
    },
    Claim {
        id: "correction-lasts",
        folklore: "Bias correction matters only in the first ten or so steps.",
        verdict: Verdict::Misleading,
        statement: "That is β₁'s correction. β₂'s has a thousand-step memory: without \
                    corrections, steps are more than 5 % too large for over two thousand steps.",
        source: "(1 − β₁ᵗ) / √(1 − β₂ᵗ) from Kingma and Ba (2015), section 3",
        seconds: 0.01,
        measure: |_| correction_lasts(0.999),
        broken: Broken { by: "β₂ = 0.99", measure: || correction_lasts(0.99) },
    },
    Claim {
        id: "expected-moment",
        folklore: "Dividing by 1 − β₁ᵗ makes m̂ an unbiased estimate of the gradient.",
        verdict: Verdict::TrueWhen,
        statement: "The expectation of m is exactly (1 − β₁ᵗ) E[g] while the gradient's \
                    distribution stays the same. When the gradient drifts, m̂ lags behind it by \
                    up to β₁ / (1 − β₁) steps, corrected or not.",
        source: "Kingma and Ba (2015), section 3, the term ζ",
        seconds: 0.05,
        measure: |_| expected_moment(0.9),
        broken: Broken { by: "β₁ = 0.95", measure: || expected_moment(0.95) },
    },
    Claim {
        id: "removing-corrections",
        folklore: "Removing bias correction slows down early training.",
        verdict: Verdict::False,
        statement: "On the digits at η = 0.002, leaving out both corrections reaches a training \
                    loss of 1 several times sooner: it acts as a higher learning rate. Leaving \
                    out only the first moment's correction is what slows down.",
        source: "Ours; the mechanism is the factor (1 − β₁ᵗ) / √(1 − β₂ᵗ)",
        seconds: 2.0,
        measure: |_| removing_corrections(2e-3),
        broken: Broken { by: "a learning rate of 0.004", measure: || removing_corrections(4e-3) },
    },
    Claim {
        id: "early-updates",
        folklore: "Early in training v̂ is so noisy that updates become dangerously large.",
        verdict: Verdict::Misleading,
        statement: "The rate 1/√v̂ is heavy-tailed at first, but m̂ shrinks with it: no gradient \
                    sequence moves a coordinate by more than η at step 1 or 1.05 η at step 10. \
                    What is special about the start is that every coordinate moves by a full η \
                    at once, 4.4 times the typical step on pure noise later.",
        source: "Ma and Yarats (2021), section 3; Balles and Hennig (2018), section 2",
        seconds: 1.0,
        measure: |_| early_updates_are_bounded(3000),
        broken: Broken {
            by: "late updates taken from step 20",
            measure: || early_updates_are_bounded(20),
        },
    },
];

fn first_step(adam: Adam) -> Measurement {
    [("gradient-1e-4", 1e-4), ("gradient-1", 1.0), ("gradient-1e4", 1e4)]
        .into_iter()
        .map(|(name, gradient)| {
            // On half of gradient · θ², started at 1, the first gradient is `gradient`.
            let bowl = Quadratic::diagonal(&[gradient]);
            let learning_rate = 1e-3;
            let path = descend(&bowl, adam, learning_rate, &[1.0], 1)?;
            Ok(Quantity {
                name,
                measured: (path.points[1][0] - path.points[0][0]).abs() / learning_rate,
                expected: gradient / (gradient + 1e-8),
                tolerance: 1e-12,
                because: "theory: |g| / (|g| + ε); a step of 10⁻³ from 1 rounds at 10⁻¹³",
            })
        })
        .collect()
}

/// The first step in units of the learning rate, for a constant gradient of 1.
fn step_sizes(beta2: f64, corrections: Corrections, steps: usize) -> Result<Vec<f64>, LabError> {
    let config = TraceConfig { beta2, corrections, steps, noise: 0.0, ..TraceConfig::default() };
    Ok(trace(&config)?.step_size)
}

fn uncorrected_step(beta2: f64) -> Measurement {
    let neither = step_sizes(beta2, Corrections::NEITHER, 100)?;
    let (peak, largest) = neither
        .iter()
        .enumerate()
        .fold((0, 0.0), |best, (i, &size)| if size > best.1 { (i + 1, size) } else { best });
    let because = "theory: (1 − β₁ᵗ) / √(1 − β₂ᵗ), each factor 1 where it is corrected; ε = 10⁻⁸ \
                   against √v = 0.03 changes the seventh digit";
    let quantity = |name, measured, expected: f64| Quantity {
        name,
        measured,
        expected,
        tolerance: 1e-6 * expected,
        because,
    };
    let peak_by_formula =
        (1..=100).map(|t| bias_correction::inflation(0.9, 0.999, t)).fold(0.0, f64::max);
    Ok(vec![
        quantity("both-corrected", step_sizes(beta2, Corrections::BOTH, 1)?[0], 1.0),
        quantity("neither-corrected", neither[0], 0.1 / 0.001_f64.sqrt()),
        quantity("only-v-corrected", step_sizes(beta2, Corrections::SECOND_ONLY, 1)?[0], 0.1),
        quantity(
            "only-m-corrected",
            step_sizes(beta2, Corrections::FIRST_ONLY, 1)?[0],
            1000.0_f64.sqrt(),
        ),
        quantity("peak", largest, peak_by_formula),
        quantity("peak-step", peak as f64, 12.0),
    ])
}

fn correction_lasts(beta2: f64) -> Measurement {
    let neither = step_sizes(beta2, Corrections::NEITHER, 2500)?;
    let below = neither.iter().rposition(|size| *size >= 1.05).map_or(0, |last| last + 2);
    let exact = "theory: the same quotient, from the formula";
    Ok(vec![
        Quantity {
            name: "ratio-at-10",
            measured: neither[9],
            expected: bias_correction::inflation(0.9, 0.999, 10),
            tolerance: 1e-5,
            because: exact,
        },
        Quantity {
            name: "ratio-at-1000",
            measured: neither[999],
            expected: bias_correction::inflation(0.9, 0.999, 1000),
            tolerance: 1e-6,
            because: exact,
        },
        Quantity {
            name: "within-5-percent-at",
            measured: below as f64,
            expected: settles_at(0.9, 0.999, 0.05).map_or(f64::NAN, |t| t as f64),
            tolerance: 0.0,
            because: exact,
        },
    ])
}

fn expected_moment(beta1: f64) -> Measurement {
    let runs = 4000;
    let at_step_5 = (0..runs)
        .map(|seed| {
            let config = TraceConfig { beta1, steps: 5, seed, ..TraceConfig::default() };
            Ok(trace(&config)?.first_moment[4])
        })
        .collect::<Result<Vec<f64>, LabError>>()?;
    Ok(vec![
        Quantity {
            name: "mean-of-m-at-5",
            measured: mean(&at_step_5),
            expected: 1.0 - libm::pow(0.9, 5.0),
            tolerance: 0.006,
            because: "theory: (1 − β₁⁵) · 1; noise of ½ leaves m a spread of 0.092, its mean over \
                      4000 runs one of 0.0015, and four are allowed",
        },
        Quantity {
            name: "lag-on-a-ramp",
            measured: lag_on_a_ramp(beta1, 1000),
            expected: 9.0,
            tolerance: 1e-6,
            because: "theory: β₁ / (1 − β₁) steps once β₁ᵗ is negligible",
        },
    ])
}

fn removing_corrections(learning_rate: f64) -> Measurement {
    let seeds: Vec<u64> = (0..5).collect();
    let variants = [Corrections::BOTH, Corrections::NEITHER, Corrections::SECOND_ONLY];
    let races = bias_correction::race(&variants, learning_rate, 120, &seeds)?;
    let steps = |index: usize| {
        let reached: Vec<f64> = races[index]
            .steps_to(1.0)
            .into_iter()
            .map(|steps| steps.map_or(f64::INFINITY, |steps| steps as f64))
            .collect();
        median(&reached)
    };
    let because = "our own run: the median over seeds 0 to 4; the tolerance covers the medians of \
                   nine further sets of five seeds";
    let quantity = |name, measured, expected, tolerance| Quantity {
        name,
        measured,
        expected,
        tolerance,
        because,
    };
    Ok(vec![
        quantity("both-corrected", steps(0), 75.0, 5.0),
        quantity("neither-corrected", steps(1), 14.0, 1.0),
        quantity("only-v-corrected", steps(2), 84.0, 6.0),
    ])
}

fn early_updates_are_bounded(late: usize) -> Measurement {
    let reports = early_updates(&[1, 10, late], 20_000, 0)?;
    let steady = ((1.0 - 0.9) / (1.0 + 0.9_f64)).sqrt();
    Ok(vec![
        Quantity {
            name: "rms-at-1",
            measured: reports[0].rms(),
            expected: 1.0,
            tolerance: 1e-6,
            because: "theory: every coordinate moves by η, less what ε takes from tiny gradients",
        },
        Quantity {
            name: "rms-late",
            measured: reports[2].rms(),
            expected: steady,
            tolerance: 0.003,
            because: "theory: √((1 − β₁) / (1 + β₁)); over 20 000 coordinates the error of a root \
                      mean square is 0.5 %, and v̂ itself wavers by 2 %",
        },
        Quantity {
            name: "full-steps-to-late-steps",
            measured: reports[0].rms() / reports[2].rms(),
            expected: 1.0 / steady,
            tolerance: 0.06,
            because: "theory: the inverse of the above",
        },
        Quantity {
            name: "possible-at-10",
            measured: reports[1].largest().max(largest_possible_step(0.9, 0.999, 10)),
            expected: largest_possible_step(0.9, 0.999, 10),
            tolerance: 0.0,
            because: "theory: Cauchy–Schwarz bounds every sequence, so no observed update exceeds it",
        },
        Quantity {
            name: "possible-ever",
            measured: largest_possible_step(0.9, 0.999, 100_000),
            expected: 0.1 / 0.001_f64.sqrt() / (1.0 - 0.81 / 0.999_f64).sqrt(),
            tolerance: 1e-6,
            because: "theory: the limit (1 − β₁) / √((1 − β₂)(1 − β₁²/β₂))",
        },
        Quantity {
            name: "largest-rate-at-1-over-1000",
            measured: f64::from(reports[0].largest_rate() > 1000.0),
            expected: 1.0,
            tolerance: 0.0,
            because: "theory: 1/|g| for the smallest of 20 000 normal draws is about 16 000",
        },
    ])
}
