//! Claims of the chapter *Memory and precision*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs, theory};
use crate::LabError;
use crate::experiment::low_precision::{
    Format, LostGradients, Memory, Moments, digits, lost_gradients, resting_place, second_moment,
    smallest_gradient,
};
use crate::parallel;
use crate::random::{Purpose, Stream};
use crate::statistics::{mean, quantile};
use descent::memory::{Method, Plan, Precision, ZeroStage, sum};
use descent::{Adafactor, AdafactorState, Adam, Optimizer, Tensors};
use ndarray::{Array2, ArrayD};
use std::num::{NonZeroU32, NonZeroU64};

pub(super) const CHAPTER: Chapter = Chapter { title: "Memory and precision", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "bf16-stagnates",
        folklore: "In bf16, v underflows.",
        verdict: Verdict::False,
        statement: "bf16 has the range of single precision. What fails is falling: a thousandth of v is \
                    less than half the gap to the next number, so a v kept in bf16 with β₂ = 0.999 never \
                    goes down. Rounding at random mends it.",
        source: "Zamirai, Zhang, Aberger and De Sa (2021), section 3; Gupta et al. (2015), section 3.1",
        seconds: 0.7,
        measure: |run| bf16_stagnates(0.999, run),
        broken: Broken { by: "β₂ = 0.9", measure: || bf16_stagnates(0.9, Run::QUICK) },
    },
    Claim {
        id: "bf16-rests-early",
        folklore: "A moment in bf16 is a little less accurate.",
        verdict: Verdict::Misleading,
        statement: "On gradients that are always 1, v should settle at 1. In bf16 it rests where a step up \
                    is less than half a gap: at a quarter with β₂ = 0.999, at four fifths with 0.99.",
        source: "The gaps of a format with eight bits of precision",
        seconds: 0.05,
        measure: |_| bf16_rests_early([0.999, 0.99, 0.95]),
        broken: Broken {
            by: "smaller decay rates",
            measure: || bf16_rests_early([0.99, 0.95, 0.9]),
        },
    },
    Claim {
        id: "fp16-underflows",
        folklore: "fp16 needs loss scaling to keep Adam's second moments from underflowing.",
        verdict: Verdict::Misleading,
        statement: "Loss scaling protects the gradients; it is divided out before the optimizer, whose \
                    moments are kept in single precision. In fp16, squares of gradients below 1.7·10⁻⁴ \
                    vanish, in v with β₂ = 0.999 those of gradients below 5·10⁻³, scaled or not.",
        source: "Micikevicius et al. (2018), sections 3.1 and 3.2",
        seconds: 0.01,
        measure: |_| underflows(Format::F16),
        broken: Broken { by: "bf16", measure: || underflows(Format::Bf16) },
    },
    Claim {
        id: "loss-scaling",
        folklore: "In fp16 small gradients vanish, so the loss must be scaled by as much as possible.",
        verdict: Verdict::TrueWhen,
        statement: "The scale stays below where large ones overflow. Once a network has fitted the \
                    digits, some of its gradients are zero in fp16; a scale of a thousand saves \
                    them, and one of ten billion makes most gradients infinite.",
        source: "Micikevicius et al. (2018), section 3.2",
        seconds: 0.6,
        measure: |run| loss_scaling(1024.0, run),
        broken: Broken { by: "a scale of two", measure: || loss_scaling(2.0, Run::QUICK) },
    },
    Claim {
        id: "eight-bits",
        folklore: "Moments in eight bits cost no accuracy.",
        verdict: Verdict::TrueWhen,
        statement: "There are blocks, levels that are dense near zero, and none at zero for v: then \
                    the digits are learned as well as in 32 bits. With evenly spaced levels, zero \
                    among them, training fails.",
        source: "Dettmers, Lewis, Shleifer and Zettlemoyer (2022), section 2; Li, Chen and Zhu (2023), \
                 section 4.1",
        seconds: 3.0,
        measure: |run| eight_bits(Moments::Dynamic, run),
        broken: Broken {
            by: "levels in equal distances",
            measure: || eight_bits(Moments::Linear, Run::QUICK),
        },
    },
    Claim {
        id: "adafactor-memory",
        folklore: "Adafactor halves the optimizer's memory.",
        verdict: Verdict::Misleading,
        statement: "Without a first moment, its default, it keeps next to nothing: for a matrix of 1024 by \
                    1024 two thousand numbers in place of Adam's two million.",
        source: "Shazeer and Stern (2018), sections 3 and 4",
        seconds: 0.05,
        measure: |_| adafactor_memory(1024),
        broken: Broken { by: "a matrix of 512 by 512", measure: || adafactor_memory(512) },
    },
    Claim {
        id: "adafactor-factors",
        folklore: "A matrix of squared gradients is well approximated by its row and column means.",
        verdict: Verdict::TrueWhen,
        statement: "It has rank one; then it is exact. For squares of independent normal draws a \
                    step is off by a factor between a sixteenth and two.",
        source: "Shazeer and Stern (2018), section 3.1",
        seconds: 0.05,
        measure: |run| adafactor_factors(0.0, run),
        broken: Broken {
            by: "a matrix of rank one with noise on it",
            measure: || adafactor_factors(0.5, Run::QUICK),
        },
    },
    Claim {
        id: "sixteen-bytes",
        folklore: "SGD needs 4 bytes a parameter and AdamW 16.",
        verdict: Verdict::Misleading,
        statement: "SGD's four are the weights alone, AdamW's sixteen everything. Counted alike, with \
                    gradients and, in mixed precision, a master copy, SGD needs 8, momentum and Lion 12, \
                    and AdamW 16; plain single precision comes to the same.",
        source: "Rajbhandari et al. (2020), section 3.1",
        seconds: 0.01,
        measure: |_| sixteen_bytes("mixed-bf16"),
        broken: Broken { by: "16 bits without a master copy", measure: || sixteen_bytes("bf16") },
    },
    Claim {
        id: "seventy-billion",
        folklore: "AdamW's state for 70 billion parameters takes 1.12 terabytes.",
        verdict: Verdict::False,
        statement: "That is everything, weights and gradients too. The optimizer's state, with the master \
                    copy, is 0.84 terabytes.",
        source: "Rajbhandari et al. (2020), section 3.1",
        seconds: 0.01,
        measure: |_| seventy_billion(70_000_000_000),
        broken: Broken { by: "65 billion", measure: || seventy_billion(65_000_000_000) },
    },
    Claim {
        id: "thirteen-billion",
        folklore: "Thirteen billion parameters need 208 gigabytes of optimizer state; ZeRO-2 on eight cards \
                   needs 49.",
        verdict: Verdict::Misleading,
        statement: "208 is the total, of which 156 are state. On eight ranks stage 1 leaves 71.5 on each, \
                    stage 2 48.75 and stage 3 26, before activations.",
        source: "Rajbhandari et al. (2020), section 5",
        seconds: 0.01,
        measure: |_| thirteen_billion(8),
        broken: Broken { by: "sixteen ranks", measure: || thirteen_billion(16) },
    },
    Claim {
        id: "all-reduce",
        folklore: "Adam's two moments double what data-parallel training has to communicate.",
        verdict: Verdict::False,
        statement: "Only gradients are reduced; each replica keeps the same moments from the same \
                    gradients. Two replicas that exchange nothing else stay equal to the last bit.",
        source: "Rajbhandari et al. (2020), section 7",
        seconds: 0.05,
        measure: |_| all_reduce(true),
        broken: Broken {
            by: "replicas that keep their own gradients",
            measure: || all_reduce(false),
        },
    },
];

fn bf16_stagnates(beta2: f64, run: Run) -> Measurement {
    let v = |memory| -> Result<[f64; 2], LabError> {
        let steps = 4000;
        let means = second_moment(memory, beta2, steps, run.pick(300, 2000), run.seed)?;
        Ok([means[steps - 1], means[2 * steps - 1]])
    };
    let power = libm::pow(0.999, 4000.0);
    let (full, fallen) = (1.0 - power, (1.0 - power) * power + 1e-4 * (1.0 - power));
    let because = "1 − β₂ᵗ, and that times β₂ᵗ after gradients became a hundredth; the mean over 300 \
                   coordinates, each an average of 2000 squares, is off by 0.2 %";
    let random = "the same, as the mean of what is rounded at random is right";
    let [single, single_later] = v(Memory::F32)?;
    let [nearest, nearest_later] = v(Memory::Bf16Nearest)?;
    let [_, stochastic_later] = v(Memory::Bf16Stochastic)?;
    Ok(vec![
        theory("fp32-before", single, full, 0.01, because),
        theory("fp32-after", single_later, fallen, 0.001, because),
        own_runs("bf16-before", nearest, 1.414, 0.02, "it rises on large squares and never falls"),
        theory("bf16-fall", nearest_later - nearest, 0.0, 0.0, "no step down is half a gap"),
        theory("stochastic-after", stochastic_later, fallen, 0.001, random),
    ])
}

fn bf16_rests_early(beta2: [f64; 3]) -> Measurement {
    let because = "the first number v for which (1 − β₂)(1 − v) is less than half the gap above it, counted \
                   by hand from the gaps of bf16";
    let names = [("beta2-0.999", 0.25), ("beta2-0.99", 0.804_687_5), ("beta2-0.95", 0.960_937_5)];
    let found = names.into_iter().zip(beta2).map(|((name, expected), beta2)| {
        Ok(theory(name, resting_place(beta2)?, expected, 0.0, because))
    });
    found.collect()
}

fn underflows(format: Format) -> Measurement {
    // The smallest number of fp16 is 2⁻²⁴; half of it is rounded to zero.
    let smallest = libm::exp2(-25.0);
    let because = "√(2⁻²⁵), and over √0.001 where v takes a thousandth of a square";
    Ok(vec![
        theory("square", smallest_gradient(format, 1.0), smallest.sqrt(), 1e-9, because),
        theory(
            "square-in-v",
            smallest_gradient(format, 1e-3),
            (smallest / 1e-3).sqrt(),
            1e-8,
            because,
        ),
    ])
}

fn loss_scaling(scale: f64, run: Run) -> Measurement {
    let scales = [1.0, scale, 1e10];
    let seeds = run.seeds(3, 10);
    let lost = parallel::map(&seeds, |&seed| lost_gradients(&scales, 400, seed));
    let lost = lost.into_iter().collect::<Result<Vec<_>, _>>()?;
    let share = |of: &dyn Fn(&LostGradients) -> f64| mean(&lost.iter().map(of).collect::<Vec<_>>());
    let because = "the mean over three seeds";
    Ok(vec![
        own_runs("zero-unscaled", share(&|lost| lost.underflowing[0]), 0.008, 0.006, because),
        own_runs("zero-scaled", share(&|lost| lost.underflowing[1]), 0.0, 3e-4, because),
        own_runs("infinite-at-1e10", share(&|lost| lost.overflowing[2]), 0.86, 0.1, because),
    ])
}

fn eight_bits(moments: Moments, run: Run) -> Measurement {
    let seeds = run.seeds(3, 10);
    let accuracy = |moments| -> Result<f64, LabError> {
        let runs = digits(moments, 1e-3, 600, &seeds)?;
        Ok(mean(&runs.iter().map(|run| run.accuracy).collect::<Vec<_>>()))
    };
    let (full, eight, linear) =
        (accuracy(Moments::F32)?, accuracy(moments)?, accuracy(Moments::Linear)?);
    let because = "the mean over three seeds; a test image is 0.002";
    Ok(vec![
        own_runs("accuracy-lost", full - eight, 0.0, 0.008, because),
        own_runs("accuracy-linear", linear, 0.08, 0.12, because),
    ])
}

/// The state of Adafactor after one step with this gradient.
fn factored(gradient: Array2<f64>) -> Result<(Vec<f64>, Vec<f64>, usize), LabError> {
    let mut parameters = Tensors::new().with("w", ArrayD::ones(gradient.shape()));
    let rule = Adafactor { eps1: Some(1e-30), ..Adafactor::default() };
    let mut optimizer = Optimizer::new(rule, 1e-3, &parameters)?;
    optimizer.step(&mut parameters, &Tensors::new().with("w", gradient.into_dyn()))?;
    let bytes = optimizer.state_bytes();
    match optimizer.state("w") {
        Some(AdafactorState::Factored { row_means, column_means }) => {
            Ok((row_means.clone(), column_means.clone(), bytes))
        }
        _ => Ok((vec![], vec![], bytes)),
    }
}

fn adafactor_memory(size: usize) -> Measurement {
    let gradient = Array2::ones((size, size));
    let (_, _, bytes) = factored(gradient)?;
    let parameters = Tensors::new().with("w", ArrayD::<f64>::ones(vec![size, size]));
    let adam = Optimizer::new(Adam::default(), 1e-3, &parameters)?.state_bytes();
    let because = "a mean a row and a mean a column; Adam keeps two numbers an entry";
    Ok(vec![
        theory("numbers", (bytes / size_of::<f64>()) as f64, 2048.0, 0.0, because),
        theory("adam-to-adafactor", adam as f64 / bytes as f64, 1024.0, 0.0, because),
    ])
}

fn adafactor_factors(noise: f64, run: Run) -> Measurement {
    let mut stream = Stream::new(run.seed, Purpose::Noise);
    let mut draws = |count: usize| (0..count).map(|_| 0.1 + stream.uniform()).collect::<Vec<_>>();
    let (rows, columns) = (draws(64), draws(48));
    let mut stream = Stream::new(run.seed + 1, Purpose::Noise);
    let outer = Array2::from_shape_fn((64, 48), |(i, j)| {
        rows[i] * columns[j] * (1.0 + noise * stream.normal())
    });
    // What the step is multiplied by because V stands in for G².
    let ratios = |gradient: Array2<f64>| -> Result<Vec<f64>, LabError> {
        let (row_means, column_means, _) = factored(gradient.clone())?;
        let mean_row = mean(&row_means);
        let ratio = |((i, j), g): ((usize, usize), &f64)| {
            g.abs() / (row_means[i] * column_means[j] / mean_row).sqrt()
        };
        let mut ratios: Vec<f64> = gradient.indexed_iter().map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        Ok(ratios)
    };
    let exact = ratios(outer)?;
    let normal = ratios(Array2::from_shape_simple_fn((64, 48), || stream.normal()))?;
    let of_rank_one = "V = r cᵀ / mean(r) is G² itself; rounding";
    let of_draws = "V is then nearly constant, so the ratio is |g|, whose 5 % and 95 % points are 0.063 \
                    and 1.96; row means over 48 draws are off by a fifth";
    Ok(vec![
        theory("rank-one-lowest", exact[0], 1.0, 1e-9, of_rank_one),
        theory("rank-one-highest", exact[exact.len() - 1], 1.0, 1e-9, of_rank_one),
        theory("normal-low", quantile(&normal, 0.05), 0.063, 0.02, of_draws),
        theory("normal-high", quantile(&normal, 0.95), 1.96, 0.12, of_draws),
    ])
}

const KNOWN: &str = "the tables of `descent::memory` have this name";

/// A training run in mixed precision, or another.
fn plan(parameters: u64, optimizer: &str, precision: &str, zero: ZeroStage, ranks: u32) -> Plan {
    let side = NonZeroU32::MIN;
    Plan {
        parameters: NonZeroU64::new(parameters).unwrap_or(NonZeroU64::MIN),
        precision: Precision::named(precision).expect(KNOWN),
        optimizer: Method::named(optimizer).expect(KNOWN),
        zero,
        ranks: NonZeroU32::new(ranks).unwrap_or(side),
        matrix: [side; 2],
    }
}

fn sixteen_bytes(precision: &str) -> Measurement {
    let bytes = |optimizer| sum(&plan(1, optimizer, precision, ZeroStage::Zero, 1).shares())[0];
    let because = "2 + 2 + 4 bytes, and 4 for each moment";
    Ok(vec![
        theory("sgd", bytes("sgd"), 8.0, 0.0, because),
        theory("momentum", bytes("momentum"), 12.0, 0.0, because),
        theory("lion", bytes("lion"), 12.0, 0.0, because),
        theory("adamw", bytes("adamw"), 16.0, 0.0, because),
    ])
}

/// Gigabytes on each rank: of everything, and of what ZeRO's first stage divides.
fn gigabytes(parameters: u64, zero: ZeroStage, ranks: u32) -> [f64; 2] {
    let shares = plan(parameters, "adamw", "mixed-bf16", zero, ranks).shares();
    let state = shares.iter().filter(|share| share.divided_from == ZeroStage::One);
    [sum(&shares)[2] / 1e9, sum(state)[2] / 1e9]
}

fn seventy_billion(parameters: u64) -> Measurement {
    let [total, state] = gigabytes(parameters, ZeroStage::Zero, 1);
    let because = "16 and 12 bytes a parameter";
    Ok(vec![
        theory("total-terabytes", total / 1000.0, 1.12, 1e-9, because),
        theory("state-terabytes", state / 1000.0, 0.84, 1e-9, because),
    ])
}

fn thirteen_billion(ranks: u32) -> Measurement {
    let parameters = 13_000_000_000;
    let on_rank = |zero| gigabytes(parameters, zero, ranks)[0];
    let [total, state] = gigabytes(parameters, ZeroStage::Zero, ranks);
    let because = "2 + 2 + 12 bytes, of which stage 1 divides 12 by 8, stage 2 also 2, stage 3 all";
    Ok(vec![
        theory("total", total, 208.0, 1e-9, because),
        theory("state", state, 156.0, 1e-9, because),
        theory("stage-1", on_rank(ZeroStage::One), 71.5, 1e-9, because),
        theory("stage-2", on_rank(ZeroStage::Two), 48.75, 1e-9, because),
        theory("stage-3", on_rank(ZeroStage::Three), 26.0, 1e-9, because),
    ])
}

fn all_reduce(exchange: bool) -> Measurement {
    let mut stream = Stream::new(0, Purpose::Noise);
    let start = Tensors::new().with("w", ArrayD::ones(vec![50]));
    let mut replicas = [start.clone(), start.clone()];
    let optimizer = Optimizer::new(Adam::default(), 1e-2, &start)?;
    let mut optimizers = [optimizer.clone(), optimizer];
    for _ in 0..100 {
        let mut draw = || -> Vec<f64> { (0..50).map(|_| stream.normal()).collect() };
        let own = [draw(), draw()];
        for (place, (replica, optimizer)) in replicas.iter_mut().zip(&mut optimizers).enumerate() {
            let gradient: Vec<f64> = if exchange {
                own[0].iter().zip(&own[1]).map(|(a, b)| (a + b) / 2.0).collect()
            } else {
                own[place].clone()
            };
            let gradient = ArrayD::from_shape_vec(vec![50], gradient).expect("fifty numbers");
            optimizer.step(replica, &Tensors::new().with("w", gradient))?;
        }
    }
    let apart = replicas[0].scalars().zip(replicas[1].scalars()).map(|(a, b)| (a - b).abs());
    let because = "the same gradients into the same rule give the same numbers";
    Ok(vec![theory("difference", apart.fold(0.0, f64::max), 0.0, 0.0, because)])
}
