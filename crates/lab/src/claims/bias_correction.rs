//! Claims of the chapter *Bias correction*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, mean_over, own_runs, theory};
use crate::LabError;
use crate::ablation::{Corrections, Lost};
use crate::experiment::bias_correction::{
    self, TraceConfig, early_updates, lag_on_a_ramp, largest_possible_step, settles_at, trace,
};
use crate::experiment::planted_faults::{self, Scenario};
use crate::experiment::rectification;
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
        measure: |run| expected_moment(0.9, run),
        broken: Broken { by: "β₁ = 0.95", measure: || expected_moment(0.95, Run::QUICK) },
    },
    Claim {
        id: "removing-corrections",
        folklore: "Removing bias correction slows down early training.",
        verdict: Verdict::False,
        statement: "On the digits at η = 0.002, leaving out both corrections reaches a training \
                    loss of 1 several times sooner: it acts as a higher learning rate. Leaving \
                    out only the first moment's correction is what slows down.",
        source: "Ours; the mechanism is the factor (1 − β₁ᵗ) / √(1 − β₂ᵗ)",
        seconds: 0.6,
        measure: |run| removing_corrections(2e-3, run),
        broken: Broken {
            by: "a learning rate of 0.004",
            measure: || removing_corrections(4e-3, Run::QUICK),
        },
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
        seconds: 4.0,
        measure: |run| early_updates_are_bounded(3000, run),
        broken: Broken {
            by: "late updates taken from step 20",
            measure: || early_updates_are_bounded(20, Run::QUICK),
        },
    },
    Claim {
        id: "rectification",
        folklore: "RAdam falls back to SGD while the variance of its estimates is too high.",
        verdict: Verdict::Misleading,
        statement: "What is high is the variance of the rate 1/√v̂, infinite for two steps; the step \
                    itself is not heavy-tailed. RAdam takes steps of momentum, whose size depends on \
                    the loss's scale, while it has at most four degrees of freedom, and then scales \
                    Adam's by a factor that grows for two thousand steps: a warmup.",
        source: "Liu et al. (2020), sections 3 and 4; Ma and Yarats (2021), section 4",
        seconds: 0.3,
        measure: |run| rectification(0.999, run),
        broken: Broken { by: "β₂ = 0.99", measure: || rectification(0.99, Run::QUICK) },
    },
    Claim {
        id: "warmup-hides-missing-correction",
        folklore: "Without bias correction Adam trains badly.",
        verdict: Verdict::TrueWhen,
        statement: "There is no warmup that hides it. On the digits, with twenty steps of warmup, \
                    leaving out both corrections costs no accuracy.",
        source: "Ours; the mechanism is the factor (1 − β₁ᵗ) / √(1 − β₂ᵗ)",
        seconds: 1.2,
        measure: |run| accuracy_lost(&Scenario::Corrections(Corrections::NEITHER), run),
        broken: Broken {
            by: "v lost half-way instead",
            measure: || {
                let lost = Lost { second_moment: true, ..Lost::default() };
                accuracy_lost(&Scenario::Resumed(lost), Run::QUICK)
            },
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
            let moved = (path.points[1][0] - path.points[0][0]).abs() / learning_rate;
            let because = "|g| / (|g| + ε); a step of 10⁻³ from 1 rounds at 10⁻¹³";
            Ok(theory(name, moved, gradient / (gradient + 1e-8), 1e-12, because))
        })
        .collect()
}

/// The first steps in units of the learning rate, for a constant gradient of 1.
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
    let first = |corrections| Ok::<f64, LabError>(step_sizes(beta2, corrections, 1)?[0]);
    let quantity = |name, measured, expected: f64| {
        let because = "(1 − β₁ᵗ) / √(1 − β₂ᵗ), each factor 1 where it is corrected; ε = 10⁻⁸ \
                       against √v = 0.03 changes the seventh digit";
        theory(name, measured, expected, 1e-6 * expected, because)
    };
    let peak_by_formula =
        (1..=100).map(|t| bias_correction::inflation(0.9, 0.999, t)).fold(0.0, f64::max);
    Ok(vec![
        quantity("both-corrected", first(Corrections::BOTH)?, 1.0),
        quantity("neither-corrected", neither[0], 0.1 / 0.001_f64.sqrt()),
        quantity("only-v-corrected", first(Corrections::SECOND_ONLY)?, 0.1),
        quantity("only-m-corrected", first(Corrections::FIRST_ONLY)?, 1000.0_f64.sqrt()),
        quantity("peak", largest, peak_by_formula),
        quantity("peak-step", peak as f64, 12.0),
    ])
}

fn correction_lasts(beta2: f64) -> Measurement {
    let neither = step_sizes(beta2, Corrections::NEITHER, 2500)?;
    let below = neither.iter().rposition(|size| *size >= 1.05).map_or(0, |last| last + 2);
    let ratio = |t| bias_correction::inflation(0.9, 0.999, t);
    let settled = settles_at(0.9, 0.999, 0.05).map_or(f64::NAN, |t| t as f64);
    let exact = "the same quotient, from the formula";
    Ok(vec![
        theory("ratio-at-10", neither[9], ratio(10), 1e-5, exact),
        theory("ratio-at-1000", neither[999], ratio(1000), 1e-6, exact),
        theory("within-5-percent-at", below as f64, settled, 0.0, exact),
    ])
}

fn expected_moment(beta1: f64, run: Run) -> Measurement {
    let at_step_5 = (0..4000)
        .map(|index| {
            let seed = 4000 * run.seed + index;
            let config = TraceConfig { beta1, steps: 5, seed, ..TraceConfig::default() };
            Ok(trace(&config)?.first_moment[4])
        })
        .collect::<Result<Vec<f64>, LabError>>()?;
    let of_mean = "(1 − β₁⁵) · 1; noise of ½ leaves m a spread of 0.092, its mean over 4000 runs one \
                   of 0.0015, and four are allowed";
    let of_lag = "β₁ / (1 − β₁) steps once β₁ᵗ is negligible";
    let expected = 1.0 - libm::pow(0.9, 5.0);
    Ok(vec![
        theory("mean-of-m-at-5", mean(&at_step_5), expected, 0.006, of_mean),
        theory("lag-on-a-ramp", lag_on_a_ramp(beta1, 1000), 9.0, 1e-6, of_lag),
    ])
}

fn removing_corrections(learning_rate: f64, run: Run) -> Measurement {
    let variants = [Corrections::BOTH, Corrections::NEITHER, Corrections::SECOND_ONLY];
    let races = bias_correction::race(&variants, learning_rate, 120, &run.seeds(5, 5))?;
    let steps = |index: usize| {
        let reached: Vec<f64> = races[index]
            .steps_to(1.0)
            .into_iter()
            .map(|steps| steps.map_or(f64::INFINITY, |steps| steps as f64))
            .collect();
        median(&reached)
    };
    let because =
        "the median over five seeds; the tolerance covers the medians of nine further sets";
    Ok(vec![
        own_runs("both-corrected", steps(0), 72.0, 6.0, because),
        own_runs("neither-corrected", steps(1), 14.0, 2.0, because),
        own_runs("only-v-corrected", steps(2), 81.0, 6.0, because),
    ])
}

fn early_updates_are_bounded(late: usize, run: Run) -> Measurement {
    let reports = early_updates(&[1, 10, late], 20_000, run.seed)?;
    let steady = ((1.0 - 0.9) / (1.0 + 0.9_f64)).sqrt();
    let bound = largest_possible_step(0.9, 0.999, 10);
    let limit = 0.1 / 0.001_f64.sqrt() / (1.0 - 0.81 / 0.999_f64).sqrt();
    let above_1000 = f64::from(reports[0].largest_rate() > 1000.0);
    Ok(vec![
        theory(
            "rms-at-1",
            reports[0].rms(),
            1.0,
            1e-6,
            "every coordinate moves by η, less what ε takes from tiny gradients",
        ),
        theory(
            "rms-late",
            reports[2].rms(),
            steady,
            0.003,
            "√((1 − β₁) / (1 + β₁)); over 20 000 coordinates the error of a root mean square is \
             0.5 %, and v̂ itself wavers by 2 %",
        ),
        theory(
            "full-steps-to-late-steps",
            reports[0].rms() / reports[2].rms(),
            1.0 / steady,
            0.06,
            "the inverse of the above",
        ),
        theory(
            "possible-at-10",
            reports[1].largest().max(bound),
            bound,
            0.0,
            "Cauchy–Schwarz bounds every sequence, so no observed update exceeds it",
        ),
        theory(
            "possible-ever",
            largest_possible_step(0.9, 0.999, 100_000),
            limit,
            1e-6,
            "the limit (1 − β₁) / √((1 − β₂)(1 − β₁²/β₂))",
        ),
        theory(
            "largest-rate-at-1-over-1000",
            above_1000,
            1.0,
            0.0,
            "1/|g| for the smallest of 20 000 normal draws is about 16 000",
        ),
    ])
}

fn rectification(beta2: f64, run: Run) -> Measurement {
    let steps = [3, 5, 10, 100];
    let found = rectification::variances(&steps, run.pick(50_000, 400_000), run.seed)?;
    let relative = |place: usize| found.measured[place] / found.predicted[place];
    let factor = |t| rectification::rectification(beta2, t).unwrap_or(f64::NAN);
    let reaches = |level| rectification::reaches(beta2, level).map_or(f64::NAN, |t| t as f64);
    let first = (1..).find(|&t| rectification::rectification(beta2, t).is_some());
    let of_variance = "the variance of a scaled inverse χ of ρₜ degrees of freedom. That v̂'s weights \
                       are nearly equal makes it almost exact; 50 000 draws of a heavy-tailed number \
                       scatter by a few percent";
    let of_formula = "the formula of Liu et al. (2020), section 4.2, for β₂ = 0.999";
    Ok(vec![
        theory("first-rectified-step", first.map_or(f64::NAN, |t| t as f64), 5.0, 0.0, of_formula),
        theory("factor-at-5", factor(5), 0.017_312, 1e-6, of_formula),
        theory("factor-at-100", factor(100), 0.215_335, 1e-6, of_formula),
        theory("half-at", reaches(0.5), 556.0, 0.0, of_formula),
        theory("nine-tenths-at", reaches(0.9), 2737.0, 0.0, of_formula),
        theory("variance-at-5", relative(1), 1.0, 0.08, of_variance),
        theory("variance-at-100", relative(3), 1.0, 0.05, of_variance),
        theory(
            "update-rms-at-3",
            found.update_rms[0],
            0.58,
            0.02,
            "√(Σ aᵢ² / Σ aᵢ) of nearly equal \
            weights over three steps, 1/√3; four standard errors of 50 000 draws are 0.01",
        ),
    ])
}

fn accuracy_lost(scenario: &Scenario, run: Run) -> Measurement {
    let seeds = run.seeds(3, 10);
    let accuracy = |scenario: &Scenario| {
        mean_over(&seeds, |seed| Ok(planted_faults::run(scenario, false, seed)?.accuracy))
    };
    let lost = accuracy(&Scenario::Corrections(Corrections::BOTH))? - accuracy(scenario)?;
    let because = "the mean over three seeds";
    Ok(vec![own_runs("accuracy-lost", lost, 0.0, 0.01, because)])
}
