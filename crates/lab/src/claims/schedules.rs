//! Claims of the chapter *Schedules and warmup*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs, theory};
use crate::LabError;
use crate::experiment::schedules::{Shape, digits, tuned};
use crate::experiment::warmup::{
    self, Config, Learner, at_the_end, entropy_of_frequencies, losses_by_rate,
};
use crate::model::NormPlace;
use crate::parallel;
use crate::statistics::mean;
use descent::{Adam, CosineRestarts, Schedule, WarmupCosine};

pub(super) const CHAPTER: Chapter = Chapter { title: "Schedules and warmup", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "warmup-for-sgd",
        folklore: "Warmup is something Adam needs; SGD does not.",
        verdict: Verdict::False,
        statement: "It was made popular for SGD with large batches. For a network whose start is sharp, \
                    forty steps of warmup let plain gradient descent use some eight times the rate, and end with a \
                    twentieth of the loss.",
        source: "Goyal et al. (2017), section 2.2; Gilmer et al. (2021), section 3; Kalra and Barkeshli \
                 (2024)",
        seconds: 4.0,
        measure: |run| warmup_for_sgd(40, run),
        broken: Broken { by: "no warmup", measure: || warmup_for_sgd(0, Run::QUICK) },
    },
    Claim {
        id: "warmup-at-an-ordinary-start",
        folklore: "Warmup always lets you use a higher rate.",
        verdict: Verdict::TrueWhen,
        statement: "The start is sharp. From He's initialization, warmup changes the best rate of \
                    gradient descent by a factor of two at the most.",
        source: "Ours; Gilmer et al. (2021) for the mechanism",
        seconds: 3.0,
        measure: |run| warmup_at_an_ordinary_start(1.0, run),
        broken: Broken {
            by: "initial weights √2 times as large",
            measure: || warmup_at_an_ordinary_start(std::f64::consts::SQRT_2, Run::QUICK),
        },
    },
    Claim {
        id: "warmup-for-transformers",
        folklore: "Transformers cannot be trained without warmup.",
        verdict: Verdict::TrueWhen,
        statement: "Their norms stand after each part and the rate is high. Such a one, without \
                    warmup, stays where letter frequencies alone would bring it; with norms before \
                    each part it learns without warmup, too.",
        source: "Xiong et al. (2020), sections 3 and 4",
        seconds: 22.0,
        measure: |run| warmup_for_transformers(NormPlace::After, run),
        broken: Broken {
            by: "norms before each part",
            measure: || warmup_for_transformers(NormPlace::Before, Run::QUICK),
        },
    },
    Claim {
        id: "warmup-length",
        folklore: "Warm up for five to ten percent of the steps.",
        verdict: Verdict::Misleading,
        statement: "Recipes differ by a factor of thirty: GPT-3 used an eighth of a percent of its tokens, \
                    the first Transformer four percent of its steps. The rule of thumb that has a reason \
                    is 2/(1 − β₂) steps, two thousand at Adam's default.",
        source: "Brown et al. (2020), appendix B; Vaswani et al. (2017), section 5.3; Ma and Yarats \
                 (2021), section 5",
        seconds: 0.01,
        measure: |_| warmup_length(Adam::default()),
        broken: Broken {
            by: "β₂ = 0.95",
            measure: || warmup_length(Adam { beta2: 0.95, ..Adam::default() }),
        },
    },
    Claim {
        id: "cosine-is-best",
        folklore: "Cosine is the best schedule.",
        verdict: Verdict::Misleading,
        statement: "A straight line to zero is a little better in the noisy quadratic model, and a \
                    cosine that stops at a tenth of the peak is worse by about as much again.",
        source: "Defazio, Cutkosky, Mehta and Mishchenko (2023); Bergsma et al. (2025)",
        seconds: 0.7,
        measure: |run| cosine_is_best(Shape::Linear, run),
        broken: Broken {
            by: "a constant rate in place of the line",
            measure: || cosine_is_best(Shape::Constant, Run::QUICK),
        },
    },
    Claim {
        id: "last-tenth",
        folklore: "Most of the result comes in the last ten percent, when the rate decays.",
        verdict: Verdict::False,
        statement: "Most of the way is made early: the last tenth brings a twentieth of it with a stable \
                    rate and a final decay, less otherwise. What that decay does is cut what is left by \
                    four tenths.",
        source: "Hägele et al. (2024), section 3, and Hu et al. (2024), section 4, for the drop",
        seconds: 0.2,
        measure: |run| last_tenth(Shape::StableThenDecay(0.1), run),
        broken: Broken {
            by: "a cosine in place of the final decay",
            measure: || last_tenth(Shape::Cosine(0.0), Run::QUICK),
        },
    },
    Claim {
        id: "cycles",
        folklore: "Cyclical rates help to escape local minima.",
        verdict: Verdict::Misleading,
        statement: "What cycles do on a bowl, which has none, is decided by where they end: high, they are \
                    worse than a constant rate, low, better, and a plain line to zero is better than \
                    both.",
        source: "Smith (2017) proposes them for speed and for finding rates; the comparison is ours",
        seconds: 0.7,
        measure: |run| cycles(Shape::TrianglesFromAbove, run),
        broken: Broken {
            by: "triangles that end low on both sides",
            measure: || cycles(Shape::TrianglesFromBelow, Run::QUICK),
        },
    },
    Claim {
        id: "averaging-instead-of-decay",
        folklore: "A constant rate cannot compete with a schedule.",
        verdict: Verdict::False,
        statement: "It can if the weights are averaged. In the noisy quadratic model an exponential average \
                    at a constant rate ends below every schedule.",
        source: "Polyak and Juditsky (1992); Hägele et al. (2024), section 4; Defazio et al. (2024)",
        seconds: 0.4,
        measure: |run| averaging_instead_of_decay(0.998, run),
        broken: Broken {
            by: "an average over ten steps",
            measure: || averaging_instead_of_decay(0.9, Run::QUICK),
        },
    },
    Claim {
        id: "schedules-on-digits",
        folklore: "The choice of schedule decides how well a network generalizes.",
        verdict: Verdict::Misleading,
        statement: "With the peak tuned for each, a cosine gains one or two points of accuracy over a \
                    constant rate on digits with wrong labels. At a shared peak that is too high it \
                    gains several: then the comparison measures the peak.",
        source: "Ours; Schmidt, Schneider and Hennig (2021) find the same over many tasks",
        seconds: 3.0,
        measure: |run| schedules_on_digits(&[0.003, 0.01, 0.03], run),
        broken: Broken {
            by: "one peak, which is too high, for both",
            measure: || schedules_on_digits(&[0.06], Run::QUICK),
        },
    },
    Claim {
        id: "schedule-from-scratch",
        folklore: "Warmup and cosine are five lines of code.",
        verdict: Verdict::Misleading,
        statement: "Five lines with two usual mistakes: counting from zero wastes the first step, and \
                    without a stop the cosine rises again after its end, to the full rate at twice its \
                    length.",
        source: "Ours",
        seconds: 0.01,
        measure: |_| schedule_from_scratch(true),
        broken: Broken {
            by: "the schedule of this crate, which stops",
            measure: || schedule_from_scratch(false),
        },
    },
    Claim {
        id: "cosine-has-no-peak",
        folklore: "A loss spike in mid-training may come from the cosine's peak.",
        verdict: Verdict::False,
        statement: "After warmup a cosine only falls. It has further peaks only with restarts.",
        source: "Loshchilov and Hutter (2017), section 3, for restarts",
        seconds: 0.01,
        measure: |_| cosine_has_no_peak(3),
        broken: Broken { by: "two periods in place of three", measure: || cosine_has_no_peak(2) },
    },
];

/// What warmup gains plain gradient descent, each way at its best rate: doublings of that rate and
/// powers of ten of the final loss, both as means over seeds.
fn gained_by_warmup(gain: f64, warmup: u64, run: Run) -> Result<[f64; 2], LabError> {
    let best = |warmup, seed| {
        let rates = (0..8).map(|power| f64::from(1 << power)).collect();
        let learner = Learner::GradientDescent;
        losses_by_rate(&Config { learner, gain, warmup, rates, seed }).map(|found| found.best())
    };
    let gained = |&seed: &u64| -> Result<[f64; 2], LabError> {
        let ((rate, loss), (rate_without, loss_without)) = (best(warmup, seed)?, best(0, seed)?);
        Ok([libm::log2(rate / rate_without), libm::log10(loss_without / loss)])
    };
    let each =
        parallel::map(&run.seeds(3, 10), gained).into_iter().collect::<Result<Vec<_>, _>>()?;
    let over_seeds = |index: usize| mean(&each.iter().map(|pair| pair[index]).collect::<Vec<_>>());
    Ok([over_seeds(0), over_seeds(1)])
}

fn warmup_for_sgd(steps: u64, run: Run) -> Measurement {
    let [doublings, powers] = gained_by_warmup(std::f64::consts::SQRT_2, steps, run)?;
    let because = "the mean over three seeds, which ten sets of seeds put between 1.7 and 3.7 \
                   doublings and 0.9 and 1.4 powers of ten";
    Ok(vec![
        own_runs("doublings-of-rate", doublings, 2.8, 1.4, because),
        own_runs("log10-loss-gained", powers, 1.2, 0.5, because),
    ])
}

fn warmup_at_an_ordinary_start(gain: f64, run: Run) -> Measurement {
    let [doublings, powers] = gained_by_warmup(gain, 40, run)?;
    let because = "the mean over three seeds, which ten sets of seeds put between 0.3 and 1 \
                   doublings and 0.05 and 0.7 powers of ten";
    Ok(vec![
        own_runs("doublings-of-rate", doublings, 0.7, 0.6, because),
        own_runs("log10-loss-gained", powers, 0.35, 0.5, because),
    ])
}

fn warmup_for_transformers(norms: NormPlace, run: Run) -> Measurement {
    let seeds = run.seeds(1, 3);
    let end = |norms, steps| -> Result<f64, LabError> {
        let run = |&seed: &u64| warmup::transformer(norms, steps, 300, seed);
        let each = parallel::map(&seeds, run).into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(mean(&each.iter().map(|losses| at_the_end(losses)).collect::<Vec<_>>()))
    };
    let entropy = entropy_of_frequencies();
    let because = "the mean of the last thirty batches' losses, in nats a character";
    Ok(vec![
        own_runs("above-frequencies-without", end(norms, 0)? - entropy, 0.0, 0.12, because),
        own_runs("above-frequencies-with", end(norms, 100)? - entropy, -0.48, 0.16, because),
        own_runs("norms-before-without", end(NormPlace::Before, 0)? - entropy, -0.7, 0.12, because),
    ])
}

fn warmup_length(adam: Adam) -> Measurement {
    let percent = |steps: f64, total: f64| 100.0 * steps / total;
    let because =
        "the papers' own numbers: 375 million of 300 billion tokens, 4000 of 100 000 steps";
    Ok(vec![
        theory("gpt-3-percent", percent(375e6, 300e9), 0.125, 1e-12, because),
        theory("transformer-percent", percent(4_000.0, 100_000.0), 4.0, 1e-12, because),
        theory(
            "rule-of-thumb",
            2.0 / (1.0 - adam.beta2),
            2000.0,
            1e-6,
            "2/(1 − β₂): the time scale of v̂",
        ),
    ])
}

/// A schedule's final loss on the noisy quadratic, its peak tuned. A run is shorter in the quick size,
/// which does not change the order.
fn tuned_loss(shape: Shape, run: Run) -> f64 {
    tuned(shape, 3000, 1.0, run.pick(12, 22), None).final_loss()
}

fn cosine_is_best(line: Shape, run: Run) -> Measurement {
    let because = "a closed form, computed; a coarser grid of peaks changes the second digit";
    Ok(vec![
        own_runs("linear", tuned_loss(line, run), 0.213, 0.004, because),
        own_runs("cosine", tuned_loss(Shape::Cosine(0.0), run), 0.22, 0.004, because),
        own_runs("cosine-to-a-tenth", tuned_loss(Shape::Cosine(0.1), run), 0.227, 0.004, because),
        own_runs("constant", tuned_loss(Shape::Constant, run), 0.398, 0.006, because),
    ])
}

fn last_tenth(shape: Shape, run: Run) -> Measurement {
    let schedule = tuned(shape, 3000, 1.0, run.pick(12, 22), None);
    let initial = crate::landscape::NoisyQuadratic::harmonic(1000).initial_loss();
    let (share, cut) = schedule.last_tenth(initial);
    let because = "a closed form, computed; a coarser grid of peaks changes it by a few percent";
    Ok(vec![
        own_runs("share-of-the-way", share, 0.05, 0.01, because),
        own_runs("cut-of-what-is-left", cut, 0.38, 0.04, because),
    ])
}

fn cycles(high: Shape, run: Run) -> Measurement {
    let because = "a closed form, computed; a coarser grid of peaks changes the second digit";
    let low = Shape::TrianglesFromBelow;
    Ok(vec![
        own_runs("ending-high", tuned_loss(high, run), 0.50, 0.03, because),
        own_runs("ending-low", tuned_loss(low, run), 0.334, 0.01, because),
        own_runs("constant", tuned_loss(Shape::Constant, run), 0.398, 0.006, because),
        own_runs("linear", tuned_loss(Shape::Linear, run), 0.213, 0.004, because),
    ])
}

fn averaging_instead_of_decay(decay: f64, run: Run) -> Measurement {
    let averaged = tuned(Shape::Constant, 3000, 1.0, run.pick(12, 22), Some(decay)).final_loss();
    let because = "a closed form, computed; a coarser grid of peaks changes the second digit";
    Ok(vec![
        own_runs("averaged", averaged, 0.19, 0.012, because),
        own_runs("linear", tuned_loss(Shape::Linear, run), 0.213, 0.004, because),
    ])
}

fn schedules_on_digits(peaks: &[f64], run: Run) -> Measurement {
    let seeds = run.seeds(3, 10);
    let best = |accuracies: &[f64]| accuracies.iter().copied().fold(0.0, f64::max);
    let last = |accuracies: &[f64]| accuracies[accuracies.len() - 1];
    let constant = digits(Shape::Constant, peaks, 600, &seeds)?;
    let cosine = digits(Shape::Cosine(0.0), peaks, 600, &seeds)?;
    let because = "the mean over three seeds; a test image is 0.002";
    Ok(vec![
        own_runs("gained-when-tuned", best(&cosine) - best(&constant), 0.0135, 0.013, because),
        own_runs("gained-when-too-high", last(&cosine) - last(&constant), 0.045, 0.04, because),
    ])
}

fn schedule_from_scratch(naive: bool) -> Measurement {
    let (peak, warmup, total) = (1.0, 2000_u64, 100_000_u64);
    let ours = WarmupCosine {
        initial_lr: 0.0,
        base_lr: peak,
        warmup_steps: warmup,
        total_steps: total,
        min_lr: 0.0,
    };
    // As it is usually written, with t from zero.
    let rate = |t: u64| {
        if !naive {
            return ours.learning_rate(t + 2);
        }
        if t < warmup {
            return peak * t as f64 / warmup as f64;
        }
        let progress = (t - warmup) as f64 / (total - warmup) as f64;
        peak * 0.5 * (1.0 + libm::cos(std::f64::consts::PI * progress))
    };
    let because = "the formula";
    Ok(vec![
        theory("first-rate", rate(0), 0.0, 0.0, because),
        theory("half-a-length-later", rate(149_000), 0.5, 1e-12, because),
        theory("a-length-later", rate(198_000), 1.0, 1e-12, because),
    ])
}

fn cosine_has_no_peak(periods: u64) -> Measurement {
    let peaks = |schedule: &dyn Schedule, steps: u64| {
        let rates: Vec<f64> = (1..=steps).map(|t| schedule.learning_rate(t)).collect();
        rates.windows(2).filter(|pair| pair[1] > pair[0]).count() as f64
    };
    let (warmup_steps, total_steps) = (0, 300);
    let cosine =
        WarmupCosine { initial_lr: 1.0, base_lr: 1.0, warmup_steps, total_steps, min_lr: 0.0 };
    let restarts =
        CosineRestarts { base_lr: 1.0, first_period: 300 / periods, period_mult: 1, min_lr: 0.0 };
    let because = "how often the rate rises from one step to the next";
    Ok(vec![
        theory("rises-of-cosine", peaks(&cosine, 400), 0.0, 0.0, because),
        theory("rises-with-restarts", peaks(&restarts, 300), 2.0, 0.0, because),
    ])
}
