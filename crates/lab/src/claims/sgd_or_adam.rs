//! Claims of the chapter *SGD or Adam?*

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, mean_over, own_runs, theory};
use crate::LabError;
use crate::experiment::flatness::{Minimum, Route, minimum, rescaled};
use crate::experiment::heavy_tails::{self, Classes, classes, pairs};
use crate::experiment::text_and_images::{Contestant, images, text};
use crate::experiment::two_solutions::{Batch, problem, solve};
use crate::experiment::weight_decay::{Decay, MapConfig, map};
use crate::parallel;
use crate::statistics::{geometric, mean, median};
use descent::{Adagrad, Adam, AdamW, RmsProp, Sgd};

pub(super) const CHAPTER: Chapter = Chapter { title: "SGD or Adam?", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "two-solutions",
        folklore: "Adaptive methods generalize worse: it has been proved.",
        verdict: Verdict::TrueWhen,
        statement: "For one construction, with full batches and ε near 0. There Adam, RMSprop and Adagrad \
                    call every new example positive, wrong on two in five, and gradient descent is right \
                    on all.",
        source: "Wilson, Roelofs, Stern, Srebro and Recht (2017), section 3.3 and lemma 3.1",
        seconds: 0.4,
        measure: |_| two_solutions(Adam::default()),
        broken: Broken {
            by: "ε = 0.03",
            measure: || two_solutions(Adam { eps: 0.03, ..Adam::default() }),
        },
    },
    Claim {
        id: "two-solutions-are-fragile",
        folklore: "The 2017 construction shows what happens in practice.",
        verdict: Verdict::False,
        statement: "Batches of ten of its fifty examples, ε of 0.02, or decoupled decay of 1 each bring \
                    Adam to the right solution.",
        source: "Ours; Choi et al. (2019), section 3, on tuning ε",
        seconds: 2.5,
        measure: |run| two_solutions_are_fragile(10, run),
        broken: Broken {
            by: "batches of forty",
            measure: || two_solutions_are_fragile(40, Run::QUICK),
        },
    },
    Claim {
        id: "heavy-tailed-classes",
        folklore: "Adam beats gradient descent on language because gradients are noisy.",
        verdict: Verdict::Misleading,
        statement: "It does so with exact gradients, if tokens are as unequally frequent as words \
                    are: gradient descent learns the rare ones slowly. With equal frequencies its \
                    excess loss is thirty times smaller.",
        source: "Kunstner, Milligan, Yadav, Schmidt and Bietti (2024), section 2; Kunstner, Chen, Lavington \
                 and Schmidt (2023) on noise",
        seconds: 4.0,
        measure: |run| heavy_tailed_classes(1.0, run),
        broken: Broken {
            by: "equal frequencies on both sides",
            measure: || heavy_tailed_classes(0.0, Run::QUICK),
        },
    },
    Claim {
        id: "centered-inputs",
        folklore: "Imbalanced classes are enough for Adam to beat gradient descent.",
        verdict: Verdict::TrueWhen,
        statement: "Inputs have a mean that all examples share. Subtract it, and about half of the \
                    gap is left.",
        source: "Ours; Kunstner et al. (2024), section 3, for the imbalance",
        seconds: 8.0,
        measure: |run| centered_inputs(true, run),
        broken: Broken {
            by: "inputs that keep their mean",
            measure: || centered_inputs(false, Run::QUICK),
        },
    },
    Claim {
        id: "transformer-gap",
        folklore: "Adam generalizes better than SGD on transformers.",
        verdict: Verdict::Misleading,
        statement: "It optimizes better: the gap is there on the training text and no wider on the \
                    held-out one. On a small transformer, with rates tuned, Adam ends some three \
                    tenths of a nat below plain SGD and a quarter below momentum.",
        source: "Zhang, J., et al. (2020); Kunstner et al. (2023), section 3",
        seconds: 20.0,
        measure: |run| transformer_gap(Contestant::Adam, run),
        broken: Broken {
            by: "momentum SGD in Adam's place",
            measure: || transformer_gap(Contestant::Momentum, Run::QUICK),
        },
    },
    Claim {
        id: "sgd-holds-on-images",
        folklore: "Adam is worse than SGD on convolutional networks.",
        verdict: Verdict::Misleading,
        statement: "Tuned, they are level: a small network with batch norm ends within a point of accuracy \
                    with either.",
        source: "Choi et al. (2019), section 4; Wilson et al. (2017), section 4, for the claim",
        seconds: 6.0,
        measure: |run| sgd_holds_on_images(0.2, run),
        broken: Broken {
            by: "Adam at its default rate of a thousandth",
            measure: || sgd_holds_on_images(0.001, Run::QUICK),
        },
    },
    Claim {
        id: "sharp-or-flat",
        folklore: "Adam finds sharper minima than SGD, or flatter ones, depending on whom one asks.",
        verdict: Verdict::Misleading,
        statement: "At the same training loss the largest eigenvalue and the trace do not tell them \
                    apart, while relative noise on the weights hurts SGD's minimum twice as much. \
                    From a loss of 0.01 to one of 0.001, the largest eigenvalue of Adam's minima \
                    falls to a third.",
        source: "Keskar et al. (2017) and Andriushchenko et al. (2023) for the two sides; the measures are \
                 ours",
        seconds: 7.0,
        measure: |run| sharp_or_flat(Route::Adam(3e-3), run),
        broken: Broken {
            by: "SGD on both sides",
            measure: || sharp_or_flat(Route::Sgd(0.6), Run::QUICK),
        },
    },
    Claim {
        id: "sharpness-can-be-anything",
        folklore: "Flat minima generalize better.",
        verdict: Verdict::Misleading,
        statement: "Not by that measure: multiply one layer of a ReLU network by ten and divide the next by \
                    ten, and the same function has a largest eigenvalue fifty to ninety times as high.",
        source: "Dinh, Pascanu, Bengio and Bengio (2017), section 4",
        seconds: 0.05,
        measure: |run| sharpness_can_be_anything(10.0, run),
        broken: Broken {
            by: "a factor of five",
            measure: || sharpness_can_be_anything(5.0, Run::QUICK),
        },
    },
    Claim {
        id: "small-data",
        folklore: "On small data SGD regularizes better than Adam.",
        verdict: Verdict::Misleading,
        statement: "On two hundred digits with a fifth of the labels wrong, with decay and rate \
                    tuned for each, SGD is ahead of AdamW by none to two points, about as much as \
                    seeds change.",
        source: "Ours; Choi et al. (2019), section 4, on tuning",
        seconds: 5.0,
        measure: |run| small_data((0.005, 0.1), run),
        broken: Broken {
            by: "Adam at rates a thousand times too low",
            measure: || small_data((5e-6, 1e-4), Run::QUICK),
        },
    },
];

fn two_solutions(adam: Adam) -> Measurement {
    let pairs = problem(30, 20);
    let error = |solution: crate::experiment::two_solutions::Solution| solution.test_error(0.6);
    let adaptive = solve(&pairs, adam, 1e-3, Batch::Full, 5000)?;
    let rmsprop =
        solve(&pairs, RmsProp { alpha: 0.999, ..RmsProp::default() }, 1e-3, Batch::Full, 5000)?;
    let adagrad = solve(&pairs, Adagrad::default(), 0.05, Batch::Full, 5000)?;
    let plain = solve(&pairs, Sgd, 0.1, Batch::Full, 3000)?;
    let of_signs = "lemma 3.1: w ∝ sign(Xᵀy), which scores every example ¾ or ¼";
    let of_norm =
        "the least-norm solution looks at the label; its scores follow from three equations";
    Ok(vec![
        theory("error-adam", error(adaptive), 0.4, 0.0, of_signs),
        theory("score-of-negative", adaptive.negative_score, 0.25, 1e-3, of_signs),
        theory("cosine-to-signs", adaptive.cosine_to_signs, 1.0, 1e-6, of_signs),
        theory("error-rmsprop", error(rmsprop), 0.4, 0.0, of_signs),
        theory("error-adagrad", error(adagrad), 0.4, 0.0, of_signs),
        theory("error-descent", error(plain), 0.0, 0.0, of_norm),
        theory("training-loss", adaptive.training_loss, 0.0, 1e-6, "both fit all examples"),
    ])
}

fn two_solutions_are_fragile(batch: usize, run: Run) -> Measurement {
    let pairs = problem(30, 20);
    let seeds = run.seeds(4, 10);
    let in_batches = |size: usize| {
        mean_over(&seeds, |seed| {
            let batch = Batch::Drawn { size, seed };
            Ok(solve(&pairs, Adam::default(), 1e-3, batch, 6000)?.test_error(0.6))
        })
    };
    let with_eps = Adam { eps: 0.02, ..Adam::default() };
    let with_eps = solve(&pairs, with_eps, 1e-3, Batch::Full, 20_000)?.test_error(0.6);
    let with_decay = AdamW { weight_decay: 1.0, ..AdamW::default() };
    let with_decay = solve(&pairs, with_decay, 1e-3, Batch::Full, 20_000)?.test_error(0.6);
    let because = "the same outcome for every seed";
    Ok(vec![
        own_runs("error-in-batches", in_batches(batch)?, 0.0, 1e-9, because),
        own_runs("error-in-large-batches", in_batches(40)?, 0.4, 1e-9, because),
        own_runs("error-with-eps", with_eps, 0.0, 0.0, "a deterministic run"),
        own_runs("error-with-decay", with_decay, 0.0, 0.0, "a deterministic run"),
    ])
}

fn heavy_tailed_classes(exponent: f64, run: Run) -> Measurement {
    use heavy_tails::Contestant::{Adam, Plain};
    let rates = run.pick(3, 9);
    let of = |contestant, exponent| {
        let (low, high) = match (contestant, exponent > 0.0) {
            (Plain, true) => (400.0, 3000.0),
            (Plain, false) => (4000.0, 30_000.0),
            _ => (0.2, 0.8),
        };
        pairs(contestant, exponent, &geometric(low, high, rates), run.seed)
    };
    let (plain, adam) = (of(Plain, exponent)?, of(Adam, exponent)?);
    let uniform = of(Plain, 0.0)?;
    let because = "powers of ten of the excess loss, at the best of a grid of rates";
    let log = |x: f64| libm::log10(x);
    Ok(vec![
        own_runs("plain-to-adam", log(plain.loss / adam.loss), 3.2, 0.6, because),
        own_runs("plain-to-plain-if-equal", log(plain.loss / uniform.loss), 1.5, 0.4, because),
        own_runs(
            "rare-to-frequent",
            log(plain.of_ranks(65, 256, exponent) / plain.of_ranks(1, 16, exponent)),
            1.05,
            0.6,
            because,
        ),
    ])
}

fn centered_inputs(centered: bool, run: Run) -> Measurement {
    use heavy_tails::Contestant::{Adam, Plain};
    let rates = run.pick(4, 8);
    let gap = |centered| -> Result<f64, LabError> {
        let config = Classes { balanced: false, centered, seed: run.seed };
        let plain = classes(Plain, config, &geometric(2.0, 30.0, rates))?;
        Ok(plain - classes(Adam, config, &geometric(0.1, 3.0, rates))?)
    };
    let with_mean = gap(false)?;
    let because = "nats; each at the best of a grid of rates";
    Ok(vec![
        own_runs("gap", with_mean, 1.4, 0.35, because),
        own_runs("share-left", gap(centered)? / with_mean, 0.46, 0.17, "of that gap"),
    ])
}

fn transformer_gap(best: Contestant, run: Run) -> Measurement {
    let seeds = run.seeds(1, 4);
    let losses = |contestant: Contestant| -> Result<[f64; 2], LabError> {
        let peak = contestant.best_on_text();
        let each = parallel::map(&seeds, |&seed| text(contestant, peak, 400, seed));
        let each = each.into_iter().collect::<Result<Vec<_>, _>>()?;
        let training = each.iter().map(|run| run.training_loss()).collect::<Vec<_>>();
        Ok([mean(&training), mean(&each.iter().map(|run| run.held_out).collect::<Vec<_>>())])
    };
    let [adam, adam_held_out] = losses(best)?;
    let [sgd, sgd_held_out] = losses(Contestant::Sgd)?;
    let [momentum, _] = losses(Contestant::Momentum)?;
    let because = "nats a character after 400 steps, rates tuned beforehand on two seeds";
    Ok(vec![
        own_runs("sgd-behind", sgd - adam, 0.28, 0.09, because),
        own_runs("momentum-behind", momentum - adam, 0.22, 0.08, because),
        own_runs("sgd-behind-held-out", sgd_held_out - adam_held_out, 0.26, 0.09, because),
    ])
}

fn sgd_holds_on_images(adam_rate: f64, run: Run) -> Measurement {
    let seeds = run.seeds(2, 10);
    let accuracy = |contestant, rate| {
        mean_over(&seeds, |seed| Ok(images(contestant, rate, 150, seed)?.accuracy))
    };
    let momentum = accuracy(Contestant::Momentum, 1.0)?;
    let adam = accuracy(Contestant::Adam, adam_rate)?;
    let because = "the mean over two seeds; a test image is 0.002";
    Ok(vec![
        own_runs("accuracy-momentum", momentum, 0.94, 0.03, because),
        own_runs("adam-behind", momentum - adam, 0.004, 0.022, because),
    ])
}

fn sharp_or_flat(adaptive: Route, run: Run) -> Measurement {
    let seeds = run.seeds(3, 10);
    let minima = |route, target| -> Result<Vec<Minimum>, LabError> {
        let each = parallel::map(&seeds, |&seed| minimum(route, target, 4000, seed));
        each.into_iter().collect()
    };
    let of = |minima: &[Minimum], measure: fn(&Minimum) -> f64| {
        median(&minima.iter().map(measure).collect::<Vec<_>>())
    };
    let sgd = minima(Route::Sgd(0.6), 1e-3)?;
    let adam = minima(adaptive, 1e-3)?;
    let earlier = minima(adaptive, 1e-2)?;
    let ratio = |measure: fn(&Minimum) -> f64| libm::log2(of(&adam, measure) / of(&sgd, measure));
    let because = "doublings, of medians over three seeds";
    Ok(vec![
        own_runs("eigenvalue", ratio(|m| m.largest_eigenvalue), -0.5, 1.6, because),
        own_runs("trace", ratio(|m| m.trace), 0.2, 3.0, because),
        own_runs("noise", ratio(|m| m.rise_under_noise), -1.14, 0.4, because),
        own_runs(
            "eigenvalue-by-loss",
            libm::log2(
                of(&earlier, |m| m.largest_eigenvalue) / of(&adam, |m| m.largest_eigenvalue),
            ),
            1.7,
            1.3,
            because,
        ),
    ])
}

fn sharpness_can_be_anything(factor: f64, run: Run) -> Measurement {
    let (before, after) = (rescaled(1.0, run.seed), rescaled(factor, run.seed));
    let because = "ReLU is homogeneous: the function, and so the loss, stays; curvature of the second layer \
                   grows by the square, 100, and is most of the largest eigenvalue";
    Ok(vec![
        theory("loss-difference", after.loss - before.loss, 0.0, 1e-12, because),
        own_runs(
            "eigenvalue-ratio",
            after.largest_eigenvalue / before.largest_eigenvalue,
            65.0,
            30.0,
            because,
        ),
    ])
}

fn small_map(decay: Option<Decay>, rates: Vec<f64>, run: Run) -> Result<f64, LabError> {
    let (low, high) = if decay == Some(Decay::ByRate) { (0.03, 3.0) } else { (1e-4, 3e-2) };
    let config = MapConfig {
        decay,
        rates,
        decays: geometric(low, high, run.pick(4, 7)),
        examples: 200,
        label_noise: 0.2,
        seeds: run.seeds(3, 8),
    };
    Ok(map(&config)?.best_accuracy())
}

fn small_data((low, high): (f64, f64), run: Run) -> Measurement {
    let rates = run.pick(3, 4);
    let sgd = small_map(None, geometric(0.02, 0.3, rates), run)?;
    let adam = small_map(Some(Decay::ByRate), geometric(low, high, rates), run)?;
    let because = "the best of a grid each, on the test images, the mean over three seeds";
    Ok(vec![own_runs("adam-behind", sgd - adam, 0.01, 0.012, because)])
}
