//! Claims of the chapter *Large batches: LARS and LAMB*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs, theory};
use crate::experiment::scaling::{BestRates, Config, Scaled, best_rates, steps_by_batch};
use crate::experiment::trust_ratio::{self, large_batches, relative_steps};
use crate::statistics::geometric;
use descent::Lamb;

pub(super) const CHAPTER: Chapter =
    Chapter { title: "Large batches: LARS and LAMB", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "critical-batch",
        folklore: "A batch twice as large needs half the steps.",
        verdict: Verdict::TrueWhen,
        statement: "Below the critical batch size. In the noisy quadratic model sixteen times the batch \
                    saves a factor of fifteen at the start of the scale and of less than two at its \
                    end.",
        source: "McCandlish, Kaplan, Amodei et al. (2018), section 2; Shallue et al. (2019), section 4.1; \
                 Zhang et al. (2019), section 3",
        seconds: 0.3,
        measure: |run| critical_batch(1.0, run),
        broken: Broken {
            by: "starting at a batch of 64",
            measure: || critical_batch(64.0, Run::QUICK),
        },
    },
    Claim {
        id: "linear-scaling",
        folklore: "With a batch k times as large, multiply the learning rate by k.",
        verdict: Verdict::TrueWhen,
        statement: "For SGD, far below the critical batch size: the best rate's exponent is then 1. Beyond \
                    it the rate is held by stability.",
        source: "Goyal et al. (2017), section 2.1; McCandlish et al. (2018), section 2",
        seconds: 3.0,
        measure: |run| linear_scaling(Scaled::Sgd, run),
        broken: Broken {
            by: "Adam in place of SGD",
            measure: || linear_scaling(Scaled::Adam, Run::QUICK),
        },
    },
    Claim {
        id: "square-root-scaling",
        folklore: "Adam adapts, so its learning rate need not change with the batch.",
        verdict: Verdict::False,
        statement: "Its best rate grows with the square root of the batch, here with β₁ and β₂ held \
                    fixed. Kept at the rate of batch 1, a batch of 16 ends with many times the loss \
                    that four times that rate reaches.",
        source: "Malladi, Lyu, Panigrahi and Arora (2022), section 5; Granziol, Zohren and Roberts (2022)",
        seconds: 3.0,
        measure: |run| square_root_scaling(Scaled::Adam, run),
        broken: Broken {
            by: "SGD in place of Adam",
            measure: || square_root_scaling(Scaled::Sgd, Run::QUICK),
        },
    },
    Claim {
        id: "trust-ratio",
        folklore: "LAMB scales each layer's step by the ratio of two norms.",
        verdict: Verdict::True,
        statement: "So a layer's step is η times the layer's own norm, whatever its gradients; a layer \
                    whose norm is zero, as biases start, steps as if the ratio were 1.",
        source: "You et al. (2020), Algorithm 2",
        seconds: 0.01,
        measure: |_| trust_ratio_is_exact(Lamb::default()),
        broken: Broken {
            by: "norms bounded by 10",
            measure: || {
                trust_ratio_is_exact(Lamb { norm_bounds: Some((0.0, 10.0)), ..Lamb::default() })
            },
        },
    },
    Claim {
        id: "large-batches-need-lamb",
        folklore: "Large batches need LARS or LAMB.",
        verdict: Verdict::Misleading,
        statement: "Tuned, others keep up. On the digits, with half of the data in each batch, AdamW and \
                    LAMB are within two points of each other.",
        source: "Nado, Gilmer, Shallue, Anil and Dahl (2021); You et al. (2020) for batches of 32 768",
        seconds: 4.0,
        measure: |run| large_batches_need_lamb(7, run),
        broken: Broken {
            by: "a grid of one rate, ten times too low",
            measure: || large_batches_need_lamb(1, Run::QUICK),
        },
    },
];

fn critical_batch(start: f64, run: Run) -> Measurement {
    let batches = [start, 16.0 * start, 256.0 * start, 4096.0 * start];
    let found = steps_by_batch(&batches, 0.0, run.pick(30, 300));
    let saved = |place: usize| found.steps[place] / found.steps[place + 1];
    let because = "a closed form, computed; a finer grid of rates changes the number of steps by a few percent";
    Ok(vec![
        own_runs("saved-from-1-to-16", saved(0), 15.0, 1.0, because),
        own_runs("saved-from-16-to-256", saved(1), 4.6, 0.4, because),
        own_runs("saved-from-256-to-4096", saved(2), 1.2, 0.2, because),
    ])
}

fn scaling(rule: Scaled, run: Run) -> Result<BestRates, crate::LabError> {
    let (low, high) = match rule {
        Scaled::Sgd => (1.0 / 256.0, 2.0),
        Scaled::Adam => (1.0 / 4096.0, 0.125),
    };
    best_rates(&Config {
        rule,
        dimension: run.pick(64, 200),
        examples: run.pick(8192, 16_384),
        batch_sizes: vec![1, 4, 16],
        rates: geometric(low, high, 19),
        seeds: run.seeds(4, 8),
    })
}

fn linear_scaling(rule: Scaled, run: Run) -> Measurement {
    let because = "1 in the limit of many steps and small rates; the best rate is known within some five \
                   percent, and of batch 16 it is near the edge of stability";
    Ok(vec![theory("exponent", scaling(rule, run)?.exponent(3), 1.0, 0.12, because)])
}

fn square_root_scaling(rule: Scaled, run: Run) -> Measurement {
    let found = scaling(rule, run)?;
    let lowest = |row: &[f64]| row.iter().copied().fold(f64::INFINITY, f64::min);
    let place =
        |row: &[f64]| (0..row.len()).min_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
    let of_one = place(&found.losses[0]);
    // Rates are in ratios of √2, so four of them make a factor of four.
    let kept = found.losses[2][of_one] / lowest(&found.losses[2]);
    let scaled = found.losses[2][(of_one + 4).min(18)] / lowest(&found.losses[2]);
    let because = "½ in the limit of many steps; fewer steps raise it, with 64 coordinates and 8192 examples by \
                   0.05 to 0.14 over ten sets of seeds";
    Ok(vec![
        theory("exponent", found.exponent(3), 0.5, 0.18, because),
        own_runs(
            "log10-loss-if-kept",
            libm::log10(kept),
            1.6,
            0.5,
            "powers of ten over the tuned loss; a rate four times too low leaves flat directions where they \
             began",
        ),
        own_runs("loss-if-scaled", scaled, 1.4, 0.6, "times the tuned loss"),
    ])
}

fn trust_ratio_is_exact(rule: Lamb) -> Measurement {
    let [large, small, zero] = relative_steps(rule)?;
    let because = "Algorithm 2 with φ the identity; rounding";
    let of_zero = "two coordinates of an Adam step each, whose norm is √2; ε = 10⁻⁶ beside 0.3";
    Ok(vec![
        theory("large-layer", large, 1.0, 1e-9, because),
        theory("small-layer", small, 1.0, 1e-9, because),
        theory("zero-layer", zero, std::f64::consts::SQRT_2, 1e-5, of_zero),
    ])
}

fn large_batches_need_lamb(rates: usize, run: Run) -> Measurement {
    let config = trust_ratio::Config {
        batch_size: 640,
        epochs: 10,
        rates,
        tuning_seeds: run.seeds(2, 3),
        seeds: run.seeds(5, 13).split_off(run.pick(2, 3)),
    };
    let table = large_batches(&config, |_, _| ())?;
    let because = "medians of test errors, of which 0.002 is one image";
    Ok(vec![
        own_runs("error-adamw", table[0].median(), 0.033, 0.012, because),
        own_runs("adamw-less-lamb", table[0].median() - table[1].median(), 0.0, 0.015, because),
        own_runs("momentum-less-lars", table[2].median() - table[3].median(), 0.0, 0.04, because),
    ])
}
