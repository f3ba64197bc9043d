//! Claims of the chapter *AdamW: decay, decoupled*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, mean_over, own_runs, theory};
use crate::LabError;
use crate::experiment::weight_decay::{
    DeadPixels, Decay, MapConfig, dead_pixels, difference_for_sgd, drift_from_pretrained,
    edge_of_the_box, kept_by_sgd, kept_under_noise, kept_without_gradient, map,
};
use crate::statistics::geometric;

pub(super) const CHAPTER: Chapter = Chapter { title: "AdamW: decay, decoupled", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "l2-spares-large-gradients",
        folklore: "With L2 in Adam, weights with large gradients decay less.",
        verdict: Verdict::True,
        statement: "By the factor of their size: with gradients a hundred times as large, a weight loses \
                    half a percent where decoupled decay takes a fifth of every weight.",
        source: "Loshchilov and Hutter (2019), propositions 2 and 3",
        seconds: 0.5,
        measure: |run| l2_spares_large_gradients(0.1, run),
        broken: Broken { by: "λ = 0.12", measure: || l2_spares_large_gradients(0.12, Run::QUICK) },
    },
    Claim {
        id: "l2-and-dead-coordinates",
        folklore: "With L2 in Adam, weights with small gradients decay more.",
        verdict: Verdict::True,
        statement: "And for a weight without any gradient λ does not matter: L2 alone is its gradient, \
                    Adam makes a step of η of it, and the weight goes to zero as fast at λ = 0.001 as at \
                    λ = 1.",
        source: "Loshchilov and Hutter (2019), section 3; the consequence is ours",
        seconds: 0.02,
        measure: |_| l2_and_dead_coordinates(Decay::Coupled),
        broken: Broken {
            by: "decoupled decay",
            measure: || l2_and_dead_coordinates(Decay::ByRate),
        },
    },
    Claim {
        id: "dead-pixels",
        folklore: "Coupled and decoupled decay differ only in theory.",
        verdict: Verdict::False,
        statement: "Three pixels of the digits are never inked. At the same λ, their weights keep nine \
                    tenths of their norm under AdamW and lose more than nine tenths under Adam with L2, \
                    which at that λ does not learn the digits either.",
        source: "Ours, on the mechanism of Loshchilov and Hutter (2019)",
        seconds: 1.4,
        measure: |run| dead_pixels_tell(Decay::Coupled, run),
        broken: Broken {
            by: "decoupled decay on both sides",
            measure: || dead_pixels_tell(Decay::ByRate, Run::QUICK),
        },
    },
    Claim {
        id: "l2-is-decay-for-sgd",
        folklore: "For SGD, L2 and weight decay are the same.",
        verdict: Verdict::TrueWhen,
        statement: "Without momentum, with decay ηλ. With momentum 0.9 the coupled term is accumulated, \
                    too: pure decay over ηλT = 0.1 leaves 0.37 of a weight, not 0.90.",
        source: "Loshchilov and Hutter (2019), proposition 1 and Algorithm 1",
        seconds: 0.01,
        measure: |_| l2_is_decay_for_sgd(0.9),
        broken: Broken { by: "β = 0.8", measure: || l2_is_decay_for_sgd(0.8) },
    },
    Claim {
        id: "adamw-gains-points",
        folklore: "AdamW generalizes better than Adam with L2 by one to three points.",
        verdict: Verdict::Misleading,
        statement: "On the digits, both tuned, less than a point, and that with a fifth of the labels \
                    wrong.",
        source: "Loshchilov and Hutter (2019), section 4, report 15 % fewer errors on CIFAR-10",
        seconds: 5.0,
        measure: |run| adamw_gains_points((1e-4, 3e-2), run),
        broken: Broken {
            by: "an L2 that may only choose from far too large λ",
            measure: || adamw_gains_points((3.0, 10.0), Run::QUICK),
        },
    },
    Claim {
        id: "decay-and-rate-apart",
        folklore: "Decoupling makes the best λ independent of the learning rate.",
        verdict: Verdict::Misleading,
        statement: "It depends on the form and on the length of training. On the digits PyTorch's λ, \
                    which is multiplied by the rate, hardly moves with the rate; the paper's λ, which is \
                    not, moves in proportion to it, and L2's hardly moves.",
        source: "Loshchilov and Hutter (2019), figure 1, has the reverse on CIFAR-10; Wang and Aitchison \
                 (2024) for the time scale 1/(ηλ)",
        seconds: 7.0,
        measure: |run| decay_and_rate_apart([Decay::ByRate, Decay::BySchedule], run),
        broken: Broken {
            by: "the two forms exchanged",
            measure: || decay_and_rate_apart([Decay::BySchedule, Decay::ByRate], Run::QUICK),
        },
    },
    Claim {
        id: "decay-follows-rate",
        folklore: "AdamW's decay does not depend on the learning rate.",
        verdict: Verdict::False,
        statement: "In PyTorch and Optax it is multiplied by it: a rate ten times as high decays weights \
                    that learn nothing ten times as fast.",
        source: "PyTorch's documentation of AdamW; Loshchilov and Hutter (2019), Algorithm 2, has α and η \
                 apart",
        seconds: 0.5,
        measure: |run| decay_follows_rate(10.0, run),
        broken: Broken {
            by: "a rate five times as high",
            measure: || decay_follows_rate(5.0, Run::QUICK),
        },
    },
    Claim {
        id: "decay-remembers-nothing",
        folklore: "Weight decay keeps fine-tuning from forgetting the pretrained weights.",
        verdict: Verdict::False,
        statement: "It pulls to zero, not to where the weights were: decay alone carries them away by \
                    1 − e^(−λΣη) of their norm.",
        source: "Li, Grandvalet and Davoine (2018), section 3, who penalize the distance to the \
                 pretrained weights instead",
        seconds: 0.05,
        measure: |_| decay_remembers_nothing(0.1),
        broken: Broken { by: "λ = 0.05", measure: || decay_remembers_nothing(0.05) },
    },
    Claim {
        id: "box",
        folklore: "Weight decay shrinks the norm of the weights.",
        verdict: Verdict::Misleading,
        statement: "AdamW bounds each weight by 1/λ by itself: one whose gradient never changes its sign \
                    comes to rest there, whatever the gradient's size.",
        source: "Xie and Li (2024), theorem 1.1",
        seconds: 0.05,
        measure: |_| the_box(0.5),
        broken: Broken { by: "λ = 0.4", measure: || the_box(0.4) },
    },
];

fn l2_spares_large_gradients(weight_decay: f64, run: Run) -> Measurement {
    let coordinates = run.pick(1000, 4000);
    let kept = |decay, noise| kept_under_noise(decay, weight_decay, noise, coordinates, run.seed);
    let plain = libm::exp(-0.2);
    let because = "e^(−ληT) = 0.819, over σ in the exponent where decay is coupled; noise moves a weight by \
                   0.045, the mean of a thousand by 0.0015";
    let large = "e^(−0.2/100); the same noise";
    Ok(vec![
        theory("l2-noise-1", kept(Decay::Coupled, 1.0)?, plain, 0.012, because),
        theory("l2-noise-100", kept(Decay::Coupled, 100.0)?, libm::exp(-0.002), 0.008, large),
        theory("adamw-noise-1", kept(Decay::ByRate, 1.0)?, plain, 0.008, because),
        theory("adamw-noise-100", kept(Decay::ByRate, 100.0)?, plain, 0.008, because),
    ])
}

fn l2_and_dead_coordinates(coupled: Decay) -> Measurement {
    let coupled_at = |weight_decay| kept_without_gradient(coupled, weight_decay);
    let (weak, strong) = (coupled_at(1e-3)?, coupled_at(1.0)?);
    let decoupled = kept_without_gradient(Decay::ByRate, 0.1)?;
    let because = "λ cancels in m̂/√v̂, but for ε beside the smallest λ; a thousand steps of η = 10⁻³ go \
                   down by 1, and what is left after two thousand is how v̂ lags";
    Ok(vec![
        own_runs("l2-lambda-0.001", weak, 0.0207, 1e-3, because),
        theory("l2-difference", weak - strong, 0.0, 1e-4, because),
        theory("adamw-lambda-0.1", decoupled, libm::pow(1.0 - 1e-4, 2000.0), 1e-9, "(1 − ηλ)²⁰⁰⁰"),
    ])
}

fn dead_pixels_tell(coupled: Decay, run: Run) -> Measurement {
    let seeds = run.seeds(2, 10);
    let of = |decay, measure: fn(&DeadPixels) -> f64| {
        mean_over(&seeds, |seed| Ok(measure(&dead_pixels(decay, 3e-3, seed)?)))
    };
    let kept = |decay| of(decay, |pixels| pixels.after / pixels.before);
    let accuracy = |decay| of(decay, |pixels| pixels.accuracy);
    // Rates of a warmup of twenty steps and a cosine over the other 380, times λ.
    let total = 0.1 * 3e-3 * (21.0 / 2.0 + 380.0 / 2.0);
    let because = "the mean over two seeds";
    Ok(vec![
        theory(
            "kept-by-adamw",
            kept(Decay::ByRate)?,
            libm::exp(-total),
            0.002,
            "e^(−λΣη): weights of pixels that are never inked get no gradient",
        ),
        own_runs("kept-by-l2", kept(coupled)?, 0.07, 0.04, because),
        own_runs("accuracy-adamw", accuracy(Decay::ByRate)?, 0.977, 0.01, because),
        own_runs("accuracy-l2", accuracy(coupled)?, 0.57, 0.16, because),
    ])
}

fn l2_is_decay_for_sgd(beta: f64) -> Measurement {
    let because = "e^(−ηλT/(1 − β)), to first order in ηλ";
    Ok(vec![
        theory(
            "difference-without-momentum",
            difference_for_sgd(0.0)?,
            0.0,
            1e-14,
            "proposition 1; rounding",
        ),
        theory("kept-plain", kept_by_sgd(0.0, 0.05, 0.01, 200)?, libm::exp(-0.1), 1e-3, because),
        theory("kept-with-momentum", kept_by_sgd(beta, 0.05, 0.01, 200)?, 0.367, 0.02, because),
    ])
}

/// The grid of a map; see [`MapConfig`].
fn config(decay: Option<Decay>, rates: usize, decays: usize, seeds: &[u64]) -> MapConfig {
    let (low, high) = match decay {
        Some(Decay::ByRate) => (3e-2, 3.0),
        Some(Decay::BySchedule) => (3e-4, 0.3),
        Some(Decay::Coupled) | None => (1e-4, 3e-2),
    };
    MapConfig {
        decay,
        rates: geometric(0.01, 0.1, rates),
        decays: geometric(low, high, decays),
        examples: 500,
        label_noise: 0.2,
        seeds: seeds.to_vec(),
    }
}

fn adamw_gains_points((low, high): (f64, f64), run: Run) -> Measurement {
    let (rates, decays) = run.pick((2, 5), (4, 7));
    let seeds = run.seeds(3, 8);
    let decoupled = config(Some(Decay::ByRate), rates, decays, &seeds);
    let coupled = config(Some(Decay::Coupled), rates, decays, &seeds);
    let coupled = MapConfig { decays: geometric(low, high, decays), ..coupled };
    let gain = map(&decoupled)?.best_accuracy() - map(&coupled)?.best_accuracy();
    let because = "the best of a grid each, on the test images; best-of-grid is optimistic on both sides \
                   alike";
    Ok(vec![own_runs("accuracy-gained", gain, 0.005, 0.011, because)])
}

fn decay_and_rate_apart([torch, paper]: [Decay; 2], run: Run) -> Measurement {
    let (rates, decays) = run.pick((2, 7), (4, 9));
    let seeds = run.seeds(2, 8);
    let exponent = |decay| -> Result<f64, LabError> {
        Ok(map(&config(Some(decay), rates, decays, &seeds))?.exponent())
    };
    let because = "the exponent p of λ* ∝ ηᵖ between rates of 0.01 and 0.1; over ten sets of seeds";
    Ok(vec![
        own_runs("exponent-pytorch", exponent(torch)?, 0.1, 0.35, because),
        own_runs("exponent-paper", exponent(paper)?, 1.2, 0.35, because),
        own_runs("exponent-l2", exponent(Decay::Coupled)?, 0.2, 0.35, because),
    ])
}

fn decay_follows_rate(factor: f64, run: Run) -> Measurement {
    let lost = |peak| -> Result<f64, LabError> {
        let pixels = dead_pixels(Decay::ByRate, peak, run.seed)?;
        Ok(libm::log(pixels.before / pixels.after))
    };
    let ratio = lost(factor * 3e-3)? / lost(3e-3)?;
    let because = "the logarithm of what is kept is −λΣη; the product of (1 − ηλ) differs from e^(−Σηλ) in \
                   the fourth digit";
    Ok(vec![theory("decay-ratio", ratio, 10.0, 0.02, because)])
}

fn decay_remembers_nothing(weight_decay: f64) -> Measurement {
    let because = "1 − e^(−λΣη) for λ = 0.1 and rates that add up to 2";
    let expected = 1.0 - libm::exp(-0.2);
    let drift = drift_from_pretrained(weight_decay, 2.0)?;
    Ok(vec![theory("drift", drift, expected, 1e-5, because)])
}

fn the_box(weight_decay: f64) -> Measurement {
    let because = "the fixed point of θ ← θ − η (−1 + λ θ)";
    Ok(vec![theory("edge", edge_of_the_box(weight_decay)?, 2.0, 1e-6, because)])
}
