//! Claims of the chapter *Adam, derived*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs, theory};
use crate::LabError;
use crate::experiment::adaptive_steps::{
    Event, aftermath, difference_by_scale, lone_gradient, step_on_growing_gradients,
    steps_to_forget, updates,
};
use crate::experiment::bias_correction::largest_possible_step;
use crate::experiment::rate_ratio;
use crate::experiment::text_and_images::gradients_at_the_start;
use crate::landscape::{Quadratic, descend};
use crate::statistics::mean;
use crate::walker::Walker;
use descent::Adam;

pub(super) const CHAPTER: Chapter = Chapter { title: "Adam, derived", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "adam-is-sign-descent",
        folklore: "Adam's step is η times the sign of the gradient, whatever the gradient's size.",
        verdict: Verdict::TrueWhen,
        statement: "Where a coordinate's gradients hardly vary. With as much noise as signal the root \
                    mean square step is 0.73 η, with pure noise 0.23 η; the mean step is η times μ over \
                    √(μ² + σ²).",
        source: "Balles and Hennig (2018), section 2",
        seconds: 1.0,
        measure: |run| adam_is_sign_descent(Adam::default(), run),
        broken: Broken {
            by: "β₁ = 0.8",
            measure: || adam_is_sign_descent(Adam { beta1: 0.8, ..Adam::default() }, Run::QUICK),
        },
    },
    Claim {
        id: "noisy-coordinates-move-less",
        folklore: "Dividing by the root mean square gives every parameter the same pace.",
        verdict: Verdict::Misleading,
        statement: "The same typical step, not the same progress. A coordinate whose gradients are \
                    mostly noise advances by its ratio of signal to noise: at one tenth, by a tenth of \
                    η a step, and a third of its steps go the wrong way.",
        source: "Balles and Hennig (2018), section 2",
        seconds: 0.3,
        measure: |run| noisy_coordinates(0.1, run),
        broken: Broken { by: "a ratio of 0.15", measure: || noisy_coordinates(0.15, Run::QUICK) },
    },
    Claim {
        id: "invariant-to-scale",
        folklore: "Adam does not care about the scale of the loss.",
        verdict: Verdict::TrueWhen,
        statement: "The scale is constant and √v̂ stays far above ε. A loss a billion times smaller, at \
                    ε = 10⁻⁸, ends somewhere else altogether.",
        source: "Kingma and Ba (2015), section 2.1",
        seconds: 0.01,
        measure: |_| invariant_to_scale(1e-9),
        broken: Broken { by: "a loss 10⁻⁸ as large", measure: || invariant_to_scale(1e-8) },
    },
    Claim {
        id: "change-of-scale",
        folklore: "Because Adam is invariant to scale, a loss that changes its scale is no problem.",
        verdict: Verdict::False,
        statement: "v̂ remembers for a thousand steps. After gradients grow a thousandfold, steps are \
                    eight times as long as before; after they shrink a thousandfold, they are hundreds \
                    of times shorter for as long as v̂ takes to forget.",
        source: "Ours; the mechanism is β₂'s memory",
        seconds: 0.1,
        measure: |run| change_of_scale(1000.0, run),
        broken: Broken { by: "a fiftyfold change", measure: || change_of_scale(50.0, Run::QUICK) },
    },
    Claim {
        id: "adam-rate-and-sgd-rate",
        folklore: "Adam's learning rate is ten to a hundred times smaller than SGD's.",
        verdict: Verdict::TrueWhen,
        statement: "SGD has momentum, and then roughly: the two have different units. On the digits \
                    the best rates are ten to twenty-five apart, and without momentum ten times \
                    more.",
        source: "Ours",
        seconds: 1.1,
        measure: |run| adam_rate_and_sgd_rate(0.9, run),
        broken: Broken {
            by: "SGD without momentum",
            measure: || adam_rate_and_sgd_rate(0.0, Run::QUICK),
        },
    },
    Claim {
        id: "gradients-of-one-size",
        folklore: "Gradients are about 10⁻² in size, which is why Adam's rate is what it is.",
        verdict: Verdict::Misleading,
        statement: "They have no common size. In a small transformer at its start tensors differ by a \
                    factor of more than ten, and within the embedding rare and frequent characters by a \
                    hundred.",
        source: "Zhang, Y., et al. (2024), section 2, for the heterogeneity; the numbers are ours",
        seconds: 0.1,
        measure: |run| gradients_of_one_size(|g| g, run),
        broken: Broken {
            by: "the cube roots of gradients",
            measure: || gradients_of_one_size(f64::cbrt, Run::QUICK),
        },
    },
    Claim {
        id: "eps-hardly-matters",
        folklore: "ε only prevents division by zero and need not be tuned.",
        verdict: Verdict::TrueWhen,
        statement: "√v̂ is far above it. A gradient of size ε takes half a step, one of a hundredth of ε \
                    a hundredth: there Adam is momentum with the rate η/ε.",
        source: "Choi et al. (2019), section 3, for large ε; Kingma and Ba (2015), section 2.1",
        seconds: 0.01,
        measure: |_| eps_hardly_matters(1e-8),
        broken: Broken { by: "ε = 2·10⁻⁸", measure: || eps_hardly_matters(2e-8) },
    },
    Claim {
        id: "clipping-and-adam",
        folklore: "Gradient clipping does nothing to Adam, which normalizes anyway.",
        verdict: Verdict::False,
        statement: "True only of clipping that is always active. One gradient three hundred times too \
                    large moves every coordinate by twenty to thirty rates and then, held in v̂, slows \
                    progress to a quarter for hundreds of steps; clipped, it moves them by a tenth of a \
                    rate and is forgotten.",
        source: "Zhang, J., et al. (2020) for heavy tails; the experiment is ours",
        seconds: 0.4,
        measure: |run| clipping_and_adam(300.0, run),
        broken: Broken {
            by: "a gradient five times too large",
            measure: || clipping_and_adam(5.0, Run::QUICK),
        },
    },
    Claim {
        id: "memory-of-v",
        folklore: "β₂ = 0.999 averages over a thousand steps.",
        verdict: Verdict::TrueWhen,
        statement: "As a time scale. To forget gradients a hundred times as large it takes nine thousand \
                    steps, with β₂ = 0.99 nine hundred, with 0.95 under two hundred.",
        source: "2 ln s / −ln β₂ steps for a factor of s² in v",
        seconds: 0.05,
        measure: |_| memory_of_v([0.999, 0.99, 0.95]),
        broken: Broken { by: "other decay rates", measure: || memory_of_v([0.998, 0.98, 0.9]) },
    },
    Claim {
        id: "lone-gradient",
        folklore: "When v̂ has decayed to zero, a fresh gradient makes an enormous step.",
        verdict: Verdict::Misleading,
        statement: "Its size is bounded: (1 − β₁)/√(1 − β₂) times the rate at once, 3.16 at the \
                    defaults, and 31.8 rates in all before m has decayed. With β₂ = 0.95 it is 0.45 \
                    and 5.8.",
        source: "Kingma and Ba (2015), section 2.1, for the first step; Molybog et al. (2023) for the \
                 spikes",
        seconds: 0.05,
        measure: |_| lone_gradients(0.9),
        broken: Broken { by: "β₁ = 0.8", measure: || lone_gradients(0.8) },
    },
    Claim {
        id: "largest-step",
        folklore: "Adam's step is never longer than (1 − β₁)/√(1 − β₂) times the rate.",
        verdict: Verdict::False,
        statement: "That is a lone gradient's, not a bound. Gradients that grow by a tenth a step make \
                    steps of seven rates; the bound over all sequences is 7.27.",
        source: "Kingma and Ba (2015), section 2.1, says it with care; the bound is Cauchy–Schwarz's",
        seconds: 0.1,
        measure: |_| largest_step(1.11),
        broken: Broken { by: "growth of two percent", measure: || largest_step(1.02) },
    },
    Claim {
        id: "effective-rate-in-logs",
        folklore: "Adam's effective rate is η / (√exp_avg_sq + ε).",
        verdict: Verdict::False,
        statement: "That leaves out bias correction: it is 31.6 times too high at the first step and \
                    still a quarter too high after a thousand.",
        source: "Kingma and Ba (2015), Algorithm 1",
        seconds: 0.05,
        measure: |_| effective_rate_in_logs(0.999),
        broken: Broken { by: "β₂ = 0.99", measure: || effective_rate_in_logs(0.99) },
    },
    Claim {
        id: "adam-needs-axes",
        folklore: "Adam fixes badly conditioned problems.",
        verdict: Verdict::TrueWhen,
        statement: "The bad directions are coordinate axes. On a bowl of condition number 1000 Adam is \
                    at the bottom after 300 steps; turned at random, the loss that is left is \
                    more than a million times as high.",
        source: "Kingma and Ba (2015), section 5, on diagonal preconditioning; the experiment is ours",
        seconds: 0.05,
        measure: |run| adam_needs_axes(true, run),
        broken: Broken {
            by: "a bowl that is not turned",
            measure: || adam_needs_axes(false, Run::QUICK),
        },
    },
];

fn adam_is_sign_descent(adam: Adam, run: Run) -> Measurement {
    let coordinates = run.pick(1000, 4000);
    let rms = |signal: f64| {
        let noise = (1.0 - 0.9) / (1.0 + 0.9);
        ((signal * signal + noise) / (1.0 + signal * signal)).sqrt()
    };
    let because = "√((s² + (1 − β₁)/(1 + β₁)) / (1 + s²)) and s/√(1 + s²) for a ratio s of signal to \
                   noise; that v̂ wavers with 1000 steps' worth of gradients costs about a percent";
    let mut quantities = Vec::new();
    for (name, of_mean, signal) in [
        ("rms-at-0", "mean-at-0", 0.0),
        ("rms-at-1", "mean-at-1", 1.0),
        ("rms-at-10", "mean-at-10", 10.0),
    ] {
        let found = updates(adam, signal, 5000, coordinates, run.seed)?;
        let advance = signal / (1.0 + signal * signal).sqrt();
        quantities.push(theory(name, found.rms, rms(signal), 0.01, because));
        quantities.push(theory(of_mean, found.mean, advance, 0.02, because));
    }
    Ok(quantities)
}

fn noisy_coordinates(signal: f64, run: Run) -> Measurement {
    let found = updates(Adam::default(), signal, 5000, run.pick(1000, 4000), run.seed)?;
    let because = "s/√(1 + s²), and the chance that a normal number of mean 0.0995 and deviation 0.229 is \
                   above 0; a thousand coordinates over twenty independent windows leave an error of \
                   0.002 in the mean and 0.004 in the share";
    Ok(vec![
        theory("advance", found.mean, 0.0995, 0.012, because),
        theory("right-way", found.right_way, 0.668, 0.02, because),
    ])
}

fn invariant_to_scale(factor: f64) -> Measurement {
    let because = "ε = 0 cancels exactly up to rounding; with ε = 10⁻⁸, gradients of 10⁻⁹ to 10⁻⁸ are \
                   divided by ε and not by their size";
    Ok(vec![
        theory("difference-without-eps", difference_by_scale(1e-3, 0.0)?, 0.0, 1e-14, because),
        theory("difference-at-1e-3", difference_by_scale(1e-3, 1e-8)?, 0.0, 1e-6, because),
        own_runs(
            "difference-when-tiny",
            difference_by_scale(factor, 1e-8)?,
            0.758,
            0.001,
            "a deterministic run; the largest difference of three coordinates that start at 2 or below",
        ),
    ])
}

fn change_of_scale(factor: f64, run: Run) -> Measurement {
    let up = aftermath(Event::Rescaled(factor), None, run.seed)?;
    let down = aftermath(Event::Rescaled(1.0 / factor), None, run.seed)?;
    let before = aftermath(Event::Rescaled(1.0), None, run.seed)?;
    let because = "at the moment of growth only the new gradient counts, in m by 0.1 and in v by 0.001: \
                   3.16 against a typical 0.36, times 0.97 for a mean of 0.3; scatter over 100 \
                   coordinates is 3 %";
    let later = "β₂'s memory: after 500 steps v̂ is 0.39 of its new level";
    Ok(vec![
        theory("growth-at-once", up.rms[0], 3.06, 0.2, because),
        own_runs("growth-after-500", up.rms[500], 0.575, 0.08, later),
        own_runs("before", mean(&before.rms), 0.37, 0.03, "s = 0.3 in Balles and Hennig's formula"),
        own_runs("shrinkage-after-500", down.rms[500], 4.6e-4, 1e-4, "0.36/1000 · e^(500/2000)"),
    ])
}

fn adam_rate_and_sgd_rate(momentum: f64, run: Run) -> Measurement {
    let ratio = rate_ratio::ratio_on_digits(momentum, run.pick(7, 11), &run.seeds(2, 5))?;
    let because = "the quotient of two best rates, each interpolated on a grid";
    Ok(vec![own_runs("ratio-on-digits", ratio, 17.0, 8.0, because)])
}

fn gradients_of_one_size(seen: fn(f64) -> f64, run: Run) -> Measurement {
    let found = gradients_at_the_start(run.seed, seen)?;
    let sizes = found.characters.iter().map(|(_, size)| *size);
    let spread = sizes.clone().fold(0.0, f64::max) / sizes.fold(f64::INFINITY, f64::min);
    let because = "a batch of 64 windows";
    Ok(vec![
        own_runs("largest-to-smallest-tensor", found.ratio(), 30.0, 15.0, because),
        own_runs("largest-to-smallest-character", spread, 190.0, 130.0, because),
        own_runs("correlation-with-frequency", found.correlation(), 0.97, 0.03, because),
    ])
}

fn eps_hardly_matters(eps: f64) -> Measurement {
    let first = |gradient: f64| -> Result<f64, LabError> {
        let mut walker = Walker::new(Adam { eps, ..Adam::default() }, 1.0, vec![0.0])?;
        Ok(walker.update(|_, _| [gradient])?[0])
    };
    let because = "|g|/(|g| + ε)";
    Ok(vec![
        theory("gradient-1e-6", first(1e-6)?, 1e-6 / 1.01e-6, 1e-9, because),
        theory("gradient-1e-8", first(1e-8)?, 0.5, 1e-9, because),
        theory("gradient-1e-10", first(1e-10)?, 1e-10 / 1.01e-8, 1e-9, because),
    ])
}

fn clipping_and_adam(factor: f64, run: Run) -> Measurement {
    let seeds = run.seeds(4, 20);
    let after = |clip| -> Result<[f64; 2], LabError> {
        let each = seeds
            .iter()
            .map(|&seed| aftermath(Event::Spike(factor), clip, seed))
            .collect::<Result<Vec<_>, _>>()?;
        let average = |f: &dyn Fn(&crate::experiment::adaptive_steps::Aftermath) -> f64| {
            mean(&each.iter().map(f).collect::<Vec<_>>())
        };
        Ok([average(&|a| a.displacement), average(&|a| a.progress[100])])
    };
    let ([moved, progress], [clipped_moved, clipped_progress]) = (after(None)?, after(Some(12.0))?);
    let because = "the mean over four seeds";
    Ok(vec![
        own_runs("displacement", moved, 25.0, 5.0, because),
        own_runs("progress-after-100", progress, 0.27, 0.05, because),
        own_runs("displacement-clipped", clipped_moved, 0.145, 0.06, because),
        own_runs("progress-clipped", clipped_progress, 1.0, 0.01, because),
    ])
}

fn memory_of_v(beta2: [f64; 3]) -> Measurement {
    let because = "2 ln 100 / −ln β₂ steps bring a factor of 10⁴ down to 1; v then is twice its new level, \
                   at which counting stops. One step for rounding";
    let mut quantities = Vec::new();
    for ((name, expected), beta2) in
        [("beta2-0.999", 0.999_f64), ("beta2-0.99", 0.99), ("beta2-0.95", 0.95)]
            .into_iter()
            .zip(beta2)
    {
        let steps = 2.0 * libm::log(100.0) / -libm::log(expected);
        quantities.push(theory(name, steps_to_forget(beta2, 100.0)? as f64, steps, 2.0, because));
    }
    Ok(quantities)
}

fn lone_gradients(beta1: f64) -> Measurement {
    let because = "(1 − β₁)/√(1 − β₂), and that over 1 − β₁/√β₂ for the sum of the following steps";
    let mut quantities = Vec::new();
    for (first, total, beta2) in
        [("first-0.999", "total-0.999", 0.999), ("first-0.95", "total-0.95", 0.95_f64)]
    {
        let (at_once, in_all) = lone_gradient(Adam { beta1, beta2, ..Adam::default() })?;
        let expected = 0.1 / (1.0 - beta2).sqrt();
        let sum = expected / (1.0 - 0.9 / beta2.sqrt());
        quantities.push(theory(first, at_once, expected, 1e-5, because));
        quantities.push(theory(total, in_all, sum, 1e-3 * sum, because));
    }
    Ok(quantities)
}

fn largest_step(growth: f64) -> Measurement {
    let because = "(1 − β₁)/(1 − β₁/r) over the root of (1 − β₂)/(1 − β₂/r²) for growth r = 1.11";
    let (m, v) = (0.1 / (1.0 - 0.9 / 1.11), 0.001 / (1.0 - 0.999 / (1.11 * 1.11)));
    let limit = 0.1 / 0.001_f64.sqrt() / (1.0 - 0.81 / 0.999_f64).sqrt();
    Ok(vec![
        theory(
            "growing",
            step_on_growing_gradients(Adam::default(), growth)?,
            m / f64::sqrt(v),
            1e-4,
            because,
        ),
        theory(
            "bound",
            largest_possible_step(0.9, 0.999, 100_000),
            limit,
            1e-6,
            "the limit (1 − β₁) / √((1 − β₂)(1 − β₁²/β₂))",
        ),
    ])
}

fn effective_rate_in_logs(beta2: f64) -> Measurement {
    let mut quantities = Vec::new();
    let because = "1/√(1 − β₂ᵗ), on a gradient of 1";
    let mut walker = Walker::new(Adam { beta2, ..Adam::default() }, 1.0, vec![0.0])?;
    for step in 1..=1000 {
        walker.step(|_, _| [1.0])?;
        let name = match step {
            1 => "overstated-at-1",
            100 => "overstated-at-100",
            1000 => "overstated-at-1000",
            _ => continue,
        };
        let logged =
            walker.memory("second_moment").map_or(f64::NAN, |v| 1.0 / (v[0].sqrt() + 1e-8));
        let true_rate = walker.denominators().map_or(f64::NAN, |d| 1.0 / d[0]);
        let expected = 1.0 / (1.0 - libm::pow(0.999, f64::from(step))).sqrt();
        quantities.push(theory(name, logged / true_rate, expected, 1e-4, because));
    }
    Ok(quantities)
}

fn adam_needs_axes(turned: bool, run: Run) -> Measurement {
    let curvatures = crate::statistics::geometric(1.0, 1000.0, 10);
    let adam = Adam { beta2: 0.99, eps: 1e-12, ..Adam::default() };
    let rates = crate::statistics::geometric(1e-3, 1.0, run.pick(10, 25));
    let best = |bowl: &Quadratic| -> Result<f64, LabError> {
        let mut lowest = f64::INFINITY;
        for &rate in &rates {
            let line = descent::Linear { base_lr: rate, min_lr: 0.0, total_steps: 300 };
            let path = descend(bowl, adam, line, &[1.0; 10], 300)?;
            lowest = f64::min(lowest, path.final_loss() / path.losses[0]);
        }
        Ok(lowest)
    };
    let aligned = best(&Quadratic::diagonal(&curvatures))?;
    let rotated = if turned { best(&Quadratic::rotated(&curvatures, run.seed))? } else { aligned };
    let because = "powers of ten of the relative loss that is left with the best rate";
    Ok(vec![
        own_runs("log10-aligned", libm::log10(aligned), -15.6, 2.0, because),
        own_runs("log10-rotated", libm::log10(rotated), -6.4, 1.5, because),
    ])
}
