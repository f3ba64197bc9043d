//! Claims of the chapter *Momentum and Nesterov*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs, theory};
use crate::LabError;
use crate::experiment::momentum::{self, Method, Tuned, tuned};
use crate::experiment::scaling;
use crate::landscape::{Quadratic, descend};
use crate::walker::Walker;
use descent::Momentum;

pub(super) const CHAPTER: Chapter = Chapter { title: "Momentum and Nesterov", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "momentum-window",
        folklore: "β = 0.9 averages the last ten gradients.",
        verdict: Verdict::Misleading,
        statement: "The window is exponential: the newest gradient has a tenth of the weight and the \
                    last ten about two thirds; half of the weight is younger than seven steps, and the \
                    average is as quiet as one over nineteen gradients.",
        source: "Goh (2017) for the picture; the sums of a geometric series",
        seconds: 0.01,
        measure: |_| momentum_window(0.9),
        broken: Broken { by: "β = 0.95", measure: || momentum_window(0.95) },
    },
    Claim {
        id: "sum-not-average",
        folklore: "The velocity v ← βv + g is a moving average of gradients.",
        verdict: Verdict::False,
        statement: "It is a sum that settles at 1/(1 − β) times the gradient. An average with a rate \
                    1/(1 − β) times as high takes the same steps.",
        source: "PyTorch's documentation of SGD; Sutskever, Martens, Dahl and Hinton (2013), section 2",
        seconds: 0.01,
        measure: |_| sum_not_average(10.0),
        broken: Broken { by: "rates nine times as high", measure: || sum_not_average(9.0) },
    },
    Claim {
        id: "momentum-lag",
        folklore: "Momentum lags behind the gradient by 1/(1 − β) steps.",
        verdict: Verdict::Misleading,
        statement: "An average with decay β lags by β/(1 − β) steps: nine for β = 0.9, not ten.",
        source: "The mean age of a geometric series",
        seconds: 0.01,
        measure: |_| momentum_lag(0.9),
        broken: Broken { by: "β = 0.91", measure: || momentum_lag(0.91) },
    },
    Claim {
        id: "momentum-and-noise",
        folklore: "Momentum averages gradients and so reduces the noise of SGD.",
        verdict: Verdict::False,
        statement: "The direction is quieter, by (1 − β)/(1 + β) in variance, but the iterates are as \
                    noisy as those of plain SGD with the rate η/(1 − β), which is the rate momentum \
                    really has.",
        source: "Yuan, Ying and Sayed (2016), section 3; Zhang et al. (2019), section 3",
        seconds: 1.0,
        measure: |run| momentum_and_noise(0.001, run),
        broken: Broken { by: "twice the rate", measure: || momentum_and_noise(0.002, Run::QUICK) },
    },
    Claim {
        id: "momentum-speed",
        folklore: "Momentum makes descent a little faster.",
        verdict: Verdict::Misleading,
        statement: "On a quadratic, tuned, it turns a number of steps in proportion to the condition \
                    number κ into one in proportion to √κ: at κ = 1000, twenty times fewer.",
        source: "Polyak (1964); Lessard, Recht and Packard (2016), table 1",
        seconds: 0.05,
        measure: |_| momentum_speed(1000.0),
        broken: Broken { by: "κ = 500", measure: || momentum_speed(500.0) },
    },
    Claim {
        id: "nesterov-is-optimal",
        folklore: "Nesterov's method is the fastest a method of gradients can be.",
        verdict: Verdict::TrueWhen,
        statement: "It is meant of the worst case, up to a constant factor, and without noise. On \
                    every quadratic the tuned heavy ball is faster, by a factor of two in the \
                    exponent.",
        source: "Nesterov (2004), theorem 2.1.13 for the bound; Lessard, Recht and Packard (2016), \
                 table 1",
        seconds: 0.05,
        measure: |_| nesterov_is_optimal(1000.0),
        broken: Broken { by: "κ = 900", measure: || nesterov_is_optimal(900.0) },
    },
    Claim {
        id: "nesterov-limit",
        folklore: "Switching on Nesterov's look-ahead is a free improvement at the same rate.",
        verdict: Verdict::Misleading,
        statement: "Its highest stable rate is lower: (2 + 2β)/((1 + 2β) λ) against 2 (1 + β)/λ. At \
                    β = 0.9 that is 1.36/λ against 3.8/λ, so a run near heavy ball's limit diverges.",
        source: "The eigenvalues of one step; Cohen et al. (2021), appendix B",
        seconds: 0.01,
        measure: |_| nesterov_limit(0.9),
        broken: Broken { by: "β = 0.8", measure: || nesterov_limit(0.8) },
    },
    Claim {
        id: "heavy-ball-cycle",
        folklore: "Momentum that converges on quadratics converges on convex functions.",
        verdict: Verdict::False,
        statement: "On a convex function of one variable, whose curvature is 1 or 25 everywhere, the \
                    heavy ball that is best for such curvatures circles three points for ever, from \
                    starts between 3.07 and 3.46.",
        source: "Lessard, Recht and Packard (2016), section 4.6",
        seconds: 0.01,
        measure: |_| heavy_ball_cycle(3.2),
        broken: Broken { by: "a start of 3.06", measure: || heavy_ball_cycle(3.06) },
    },
    Claim {
        id: "shallow-minima",
        folklore: "Momentum rolls through shallow local minima.",
        verdict: Verdict::TrueWhen,
        statement: "Friction is low: (1 − β)/√η well below 1. On a rippled bowl, β = 0.9 at η = \
                    0.01 finds the lowest minima no more often than plain descent does; β = 0.99 \
                    finds them from more starts.",
        source: "Goh (2017) for the oscillator; the experiment is ours",
        seconds: 0.6,
        measure: |_| shallow_minima(0.9),
        broken: Broken { by: "β = 0.99 from the outset", measure: || shallow_minima(0.99) },
    },
    Claim {
        id: "momentum-at-small-batches",
        folklore: "Momentum speeds up SGD.",
        verdict: Verdict::TrueWhen,
        statement: "The batch is beyond the critical size. In the noisy quadratic model, tuned, \
                    momentum saves nothing with batches of one and needs eight times fewer steps \
                    with batches of sixteen thousand.",
        source: "Zhang et al. (2019), section 3; Shallue et al. (2019), section 4.3",
        seconds: 0.5,
        measure: |run| momentum_at_small_batches(0.9, run),
        broken: Broken { by: "β = 0.5", measure: || momentum_at_small_batches(0.5, Run::QUICK) },
    },
];

fn momentum_window(beta: f64) -> Measurement {
    // What the velocity keeps of one gradient of 1 is the weight of a gradient of that age.
    let mut walker = Walker::new(Momentum::averaged(beta), 1.0, vec![0.0])?;
    let mut weights = Vec::new();
    for step in 0..500 {
        weights.push(walker.update(|_, _| [f64::from(step == 0)])?[0]);
    }
    let sum = |count: usize| weights[..count].iter().sum::<f64>();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    // Between whole steps the weight that is younger grows as a power.
    let half = (1..).find(|&count| sum(count) >= 0.5).unwrap_or(0);
    let (before, after) = (1.0 - sum(half - 1), 1.0 - sum(half));
    let half_life = (half - 1) as f64 + libm::log(before / 0.5) / libm::log(before / after);
    let because = "the sums of a geometric series with ratio 0.9, to rounding";
    Ok(vec![
        theory("weight-of-newest", weights[0], 0.1, 1e-12, because),
        theory("share-of-last-ten", sum(10), 1.0 - libm::pow(0.9, 10.0), 1e-12, because),
        theory("half-life", half_life, libm::log(0.5) / libm::log(0.9), 1e-9, because),
        theory("gradients-worth", 1.0 / squares, 19.0, 1e-9, because),
    ])
}

fn sum_not_average(factor: f64) -> Measurement {
    let mut walker = Walker::new(Momentum::accumulated(0.9), 1.0, vec![0.0])?;
    let mut settled = 0.0;
    for _ in 0..500 {
        settled = walker.update(|_, _| [1.0])?[0];
    }
    let bowl = Quadratic::diagonal(&[1.0, 10.0]);
    let sum = descend(&bowl, Momentum::accumulated(0.9), 0.01, &[1.0, 1.0], 200)?;
    let average = descend(&bowl, Momentum::averaged(0.9), 0.01 * factor, &[1.0, 1.0], 200)?;
    let apart = sum.points.iter().flatten().zip(average.points.iter().flatten());
    let largest = apart.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    Ok(vec![
        theory("terminal-velocity", settled, 10.0, 1e-9, "1/(1 − β), after 500 steps"),
        theory("largest-difference", largest, 0.0, 1e-12, "the same steps, up to rounding"),
    ])
}

fn momentum_lag(beta: f64) -> Measurement {
    let mut walker = Walker::new(Momentum::averaged(beta), 1.0, vec![0.0])?;
    let mut velocity = 0.0;
    for step in 1..=1000 {
        velocity = walker.update(|_, _| [f64::from(step)])?[0];
    }
    let because = "β/(1 − β), on a gradient that grows by 1 a step";
    Ok(vec![theory("lag", 1000.0 - velocity, 9.0, 1e-9, because)])
}

fn momentum_and_noise(learning_rate: f64, run: Run) -> Measurement {
    let beta = 0.9;
    let steps = run.pick(1_000_000, 4_000_000);
    let heavy = Method::HeavyBall { beta };
    let with = momentum::stationary_variance(heavy, learning_rate, steps, run.seed)?;
    let without = momentum::stationary_variance(Method::Plain, 0.01, steps, run.seed)?;
    let mut walker = Walker::new(Momentum::averaged(beta), 1.0, vec![0.0; 2000])?;
    let mut stream = crate::random::Stream::new(run.seed, crate::random::Purpose::Noise);
    let mut direction = Vec::new();
    for _ in 0..200 {
        let noise: Vec<f64> = (0..2000).map(|_| stream.normal()).collect();
        direction = walker.update(|_, _| noise)?;
    }
    let of_iterates = "the fixed point of a linear recursion; a million steps hold 9000 independent \
                       ones, an error of 1.5 %, and four are allowed";
    let expected = momentum::variance_of_heavy_ball(0.001, beta);
    let plain = momentum::variance_of_heavy_ball(0.01, 0.0);
    let quieter = crate::statistics::variance(&direction);
    Ok(vec![
        theory("variance-with-momentum", with, expected, 0.06 * expected, of_iterates),
        theory("variance-without", without, plain, 0.06 * plain, of_iterates),
        theory(
            "variance-of-direction",
            quieter,
            1.0 / 19.0,
            0.008,
            "(1 − β)/(1 + β) of a gradient's; over 2000 coordinates its error is 3 %, and five are \
             allowed",
        ),
    ])
}

/// How many steps each tuned method takes to a millionth of its start.
fn steps_of(kappa: f64) -> Result<[f64; 4], LabError> {
    let mut steps = [f64::NAN; 4];
    for (steps, tuned) in steps.iter_mut().zip(tuned(kappa)) {
        let count = momentum::steps_to_reach(&tuned, kappa, 1e-6, 20_000)?;
        *steps = count.map_or(f64::NAN, |count| count as f64);
    }
    Ok(steps)
}

fn factors_of(kappa: f64) -> [f64; 4] {
    tuned(kappa).map(|Tuned { method, learning_rate, .. }| {
        momentum::spectral_radius(method, learning_rate, kappa)
    })
}

fn momentum_speed(kappa: f64) -> Measurement {
    let (steps, factors) = (steps_of(kappa)?, factors_of(kappa));
    let root = 1000.0_f64.sqrt();
    let by_eigenvalue = "the eigenvalues of one step, against the formula; only rounding separates them, \
                         which a double eigenvalue magnifies";
    let counted = "deterministic runs, from equal parts along all axes. ln 10⁻⁶ over ln of the factor is \
                   6905 for plain descent, which needs a little less because only one of 200 axes is \
                   that slow, and 219 for heavy ball, whose double eigenvalue costs a quarter more";
    Ok(vec![
        theory("factor-plain", factors[0], 999.0 / 1001.0, 1e-9, by_eigenvalue),
        theory("factor-heavy-ball", factors[1], (root - 1.0) / (root + 1.0), 1e-6, by_eigenvalue),
        own_runs("steps-plain", steps[0], 5837.0, 2.0, counted),
        own_runs("steps-heavy-ball", steps[1], 276.0, 2.0, counted),
        own_runs("times-fewer", steps[0] / steps[1], 21.1, 0.3, "the quotient of the two"),
    ])
}

fn nesterov_is_optimal(kappa: f64) -> Measurement {
    let (steps, factors) = (steps_of(kappa)?, factors_of(kappa));
    let by_eigenvalue = "the eigenvalues of one step, against table 1; only rounding separates them, \
                         which a double eigenvalue magnifies";
    let counted = "deterministic runs, from equal parts along all axes";
    Ok(vec![
        theory("factor-nesterov", factors[2], 1.0 - 1.0 / 1000.0_f64.sqrt(), 1e-6, by_eigenvalue),
        theory("factor-tuned", factors[3], 1.0 - 2.0 / 3001.0_f64.sqrt(), 1e-6, by_eigenvalue),
        own_runs("steps-heavy-ball", steps[1], 276.0, 2.0, counted),
        own_runs("steps-nesterov", steps[2], 434.0, 2.0, counted),
        own_runs("steps-tuned", steps[3], 375.0, 2.0, counted),
    ])
}

fn nesterov_limit(beta: f64) -> Measurement {
    let limit = |method: Method| {
        let (mut stable, mut unstable) = (0.0, 100.0);
        for _ in 0..60 {
            let rate = (stable + unstable) / 2.0;
            // A factor of 1 is the border, on which rounding decides.
            if method.factor(rate, 1.0) <= 1.0 + 1e-12 { stable = rate } else { unstable = rate }
        }
        stable
    };
    let because = "where an eigenvalue of one step leaves the unit circle, found by bisection";
    Ok(vec![
        theory("limit-heavy-ball", limit(Method::HeavyBall { beta }), 3.8, 1e-6, because),
        theory("limit-nesterov", limit(Method::Nesterov { beta }), 3.8 / 2.8, 1e-6, because),
    ])
}

fn heavy_ball_cycle(start: f64) -> Measurement {
    let path = momentum::heavy_ball_from(start, 3000)?;
    let mut cycle: Vec<f64> = path[path.len() - 3..].to_vec();
    cycle.sort_by(f64::total_cmp);
    let because = "the three points solve a linear system; they are 792, −2208 and 2592 over 1225";
    Ok(vec![
        theory("lowest-point", cycle[0], -2208.0 / 1225.0, 1e-9, because),
        theory("middle-point", cycle[1], 792.0 / 1225.0, 1e-9, because),
        theory("highest-point", cycle[2], 2592.0 / 1225.0, 1e-9, because),
    ])
}

fn shallow_minima(beta: f64) -> Measurement {
    let share = |beta| momentum::share_in_the_lowest_minima(0.01, beta);
    let because =
        "the outcome of 401 deterministic runs; where basins meet, rounding decides for a few";
    Ok(vec![
        own_runs("plain", share(0.0)?, 0.434, 0.01, because),
        own_runs("beta-0.9", share(beta)?, 0.434, 0.01, because),
        own_runs("beta-0.99", share(0.99)?, 0.584, 0.02, because),
    ])
}

fn momentum_at_small_batches(beta: f64, run: Run) -> Measurement {
    let batches = [1.0, 16.0, 16384.0];
    let plain = scaling::steps_by_batch(&batches, 0.0, run.pick(30, 60));
    let heavy = scaling::steps_by_batch(&batches, beta, run.pick(30, 60));
    let speedup = |place: usize| plain.steps[place] / heavy.steps[place];
    let because = "a closed form, computed; the grid of rates moves the quotient by a few percent, at the largest \
                   batch, where the best rate is at the edge of stability, by a tenth";
    Ok(vec![
        own_runs("speedup-at-1", speedup(0), 1.0, 0.05, because),
        own_runs("speedup-at-16", speedup(1), 1.05, 0.06, because),
        own_runs("speedup-at-16384", speedup(2), 8.0, 1.2, because),
    ])
}
