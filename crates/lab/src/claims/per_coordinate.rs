//! Claims of the chapter *A step size for every coordinate*.

use super::{Broken, Chapter, Claim, Measurement, Verdict, theory};
use crate::experiment::adaptive_steps::rare_gradient;
use crate::walker::Walker;
use descent::{Adadelta, Adagrad, Adam, RmsProp, RootEps, Rule, Sgd};

pub(super) const CHAPTER: Chapter =
    Chapter { title: "A step size for every coordinate", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "rare-features",
        folklore: "Adaptive methods are excellent for sparse gradients.",
        verdict: Verdict::Misleading,
        statement: "A gradient that comes once in a hundred steps moves a coordinate nearly ten times \
                    as far as the rate, √100, where plain SGD moves it once. But Adam makes nine tenths \
                    of that way on steps whose gradient is zero, where its momentum goes on.",
        source: "Duchi, Hazan and Singer (2011), section 1.3, for the aim; the displacement is ours",
        seconds: 0.05,
        measure: |_| rare_features(100),
        broken: Broken { by: "a gradient every fifty steps", measure: || rare_features(50) },
    },
    Claim {
        id: "adagrad-stalls",
        folklore: "Adagrad's learning rate decays to zero.",
        verdict: Verdict::True,
        statement: "It divides by the root of a sum that only grows: on gradients of one size, step t is \
                    η/√t, a hundredth after ten thousand steps.",
        source: "Duchi, Hazan and Singer (2011), section 1.1",
        seconds: 0.01,
        measure: |_| adagrad_stalls(10_000),
        broken: Broken { by: "nine thousand steps", measure: || adagrad_stalls(9_000) },
    },
    Claim {
        id: "rmsprop-first-step",
        folklore: "RMSprop is Adam without momentum.",
        verdict: Verdict::Misleading,
        statement: "It has no bias correction either. Its first step is 1/√(1 − α) times the rate, ten \
                    times with α = 0.99, where Adam with β₁ = 0 takes one of exactly the rate; later \
                    the two agree.",
        source: "PyTorch's documentation of RMSprop; Kingma and Ba (2015), section 5",
        seconds: 0.01,
        measure: |_| rmsprop_first_step(0.99),
        broken: Broken { by: "α = 0.9", measure: || rmsprop_first_step(0.9) },
    },
    Claim {
        id: "eps-inside-or-outside",
        folklore: "It does not matter whether ε stands inside the root or outside.",
        verdict: Verdict::False,
        statement: "Outside, ε is compared with the gradient, inside with its square: 10⁻⁸ inside holds \
                    back gradients as 10⁻⁴ outside does. A coordinate with gradients of 10⁻⁵ then moves \
                    a tenth as far.",
        source: "PyTorch's and Optax's documentation of RMSprop",
        seconds: 0.05,
        measure: |_| eps_inside_or_outside(1e-5),
        broken: Broken { by: "gradients of 10⁻⁴", measure: || eps_inside_or_outside(1e-4) },
    },
    Claim {
        id: "adadelta-has-a-rate",
        folklore: "Adadelta needs no learning rate.",
        verdict: Verdict::Misleading,
        statement: "Its ε acts as one: the first step is √ε/√((1 − ρ) g² + ε) times g, so that a \
                    hundredfold ε makes it ten times as long.",
        source: "Zeiler (2012), section 3.2",
        seconds: 0.01,
        measure: |_| adadelta_has_a_rate(100.0),
        broken: Broken { by: "an ε fifty times as large", measure: || adadelta_has_a_rate(50.0) },
    },
];

fn rare_features(period: usize) -> Measurement {
    let adam = rare_gradient(Adam::default(), period)?;
    let sgd = rare_gradient(Sgd, period)?;
    let because = "√100, less what v gains within a period; the sum of m's tail, 1/(1 − β₁), of which \
                   the first term is a tenth";
    Ok(vec![
        theory("adam-per-event", adam.per_event, 10.0, 0.4, because),
        theory("adam-without-gradient", adam.without_gradient, 0.9, 0.01, because),
        theory("sgd-per-event", sgd.per_event, 1.0, 1e-12, "SGD moves by η g"),
    ])
}

/// The length of step `step` on a gradient that is always `gradient`, in units of the rate.
fn step_length(rule: impl Rule<f64>, gradient: f64, step: usize) -> Result<f64, crate::LabError> {
    let mut walker = Walker::new(rule, 1.0, vec![0.0])?;
    for _ in 1..step {
        walker.step(|_, _| [gradient])?;
    }
    Ok(walker.update(|_, _| [gradient])?[0])
}

fn adagrad_stalls(steps: usize) -> Measurement {
    let because =
        "1/√t; ε = 10⁻¹⁰ and the rounding of a position near 200 change the eleventh digit";
    Ok(vec![
        theory("first-step", step_length(Adagrad::default(), 3.0, 1)?, 1.0, 1e-9, because),
        theory("last-step", step_length(Adagrad::default(), 3.0, steps)?, 0.01, 1e-9, because),
    ])
}

fn rmsprop_first_step(alpha: f64) -> Measurement {
    let rmsprop = RmsProp { alpha, ..RmsProp::default() };
    let adam = Adam { beta1: 0.0, beta2: 0.99, ..Adam::default() };
    let because = "1/√(1 − αᵗ) without correction, 1 with it; ε = 10⁻⁸ against a gradient of 1";
    Ok(vec![
        theory("rmsprop-at-1", step_length(rmsprop, 1.0, 1)?, 10.0, 1e-5, because),
        theory("adam-at-1", step_length(adam, 1.0, 1)?, 1.0, 1e-5, because),
        theory("rmsprop-at-2000", step_length(rmsprop, 1.0, 2000)?, 1.0, 1e-5, because),
    ])
}

fn eps_inside_or_outside(gradient: f64) -> Measurement {
    let with = |root_eps| RmsProp { eps: 1e-8, root_eps, ..RmsProp::default() };
    let because = "|g|/(|g| + ε) outside and |g|/√(g² + ε) inside, once the average has settled";
    let (outside, inside) = (1e-5 / (1e-5 + 1e-8), 1e-5 / (1e-10 + 1e-8_f64).sqrt());
    let measured = |root_eps| step_length(with(root_eps), gradient, 4000);
    Ok(vec![
        theory("outside", measured(RootEps::Outside)?, outside, 1e-6, because),
        theory("inside", measured(RootEps::Inside)?, inside, 1e-6, because),
    ])
}

fn adadelta_has_a_rate(factor: f64) -> Measurement {
    let first = |eps: f64| step_length(Adadelta { eps, ..Adadelta::default() }, 1.0, 1);
    let because = "√ε/√((1 − ρ) g² + ε) · g for g = 1 and ρ = 0.9";
    let expected = 1e-3 / (0.1 + 1e-6_f64).sqrt();
    Ok(vec![
        theory("first-step", first(1e-6)?, expected, 1e-12, because),
        theory("ratio", first(factor * 1e-6)? / first(1e-6)?, 10.0, 0.01, because),
    ])
}
