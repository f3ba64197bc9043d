//! Claims of the chapter *Debugging training runs*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, mean_over, own_runs, theory};
use crate::LabError;
use crate::ablation::Corrections;
use crate::experiment::edge_of_stability::{self, Config, Edge, Learner, Subject};
use crate::experiment::flatness::estimates;
use crate::experiment::momentum::Method;
use crate::experiment::planted_faults::{self, STEPS, Scenario};
use crate::train::Fault;

pub(super) const CHAPTER: Chapter = Chapter { title: "Debugging training runs", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "edge-of-stability",
        folklore: "The learning rate must be below 2 over the sharpness, or training diverges.",
        verdict: Verdict::TrueWhen,
        statement: "The loss is quadratic. A network trained by gradient descent on all of its data \
                    goes to where the sharpness is 2/η and stays there, while the loss falls with \
                    ups and downs.",
        source: "Cohen, Kaur, Li, Kolter and Talwalkar (2021), section 3",
        seconds: 0.7,
        measure: |run| edge(Subject::Polynomial, 0.1, run),
        broken: Broken {
            by: "a rate too low to get there",
            measure: || edge(Subject::Polynomial, 0.02, Run::QUICK),
        },
    },
    Claim {
        id: "edge-of-stability-of-adam",
        folklore: "Adam adapts its step, so it does not meet a stability limit.",
        verdict: Verdict::False,
        statement: "It meets one in the preconditioned Hessian, at 2(1 + β₁)/((1 − β₁)η), 38/η at the \
                    default, and hovers there within a tenth.",
        source: "Cohen et al. (2022), section 2",
        seconds: 0.8,
        measure: |run| edge_of_adam(0.9, run),
        broken: Broken {
            by: "the limit of β₁ = 0.8", measure: || edge_of_adam(0.8, Run::QUICK)
        },
    },
    Claim {
        id: "sharpening-is-weak-here",
        folklore: "Sharpness rises during training until it reaches 2/η.",
        verdict: Verdict::TrueWhen,
        statement: "The network and the data let it. On two hundred digits sharpness rises slowly: \
                    at η = 0.1 it is at a third of 2/η after eight hundred steps and at half of it \
                    after three thousand.",
        source: "Ours; Cohen et al. (2021), section 3.1, for the rise",
        seconds: 0.9,
        measure: |run| sharpening_is_weak(0.1, run),
        broken: Broken { by: "a rate of 0.4", measure: || sharpening_is_weak(0.4, Run::QUICK) },
    },
    Claim {
        id: "measuring-sharpness",
        folklore: "The trace of the Hessian and its largest eigenvalue are easy to estimate.",
        verdict: Verdict::Misleading,
        statement: "One random probe of the trace is off by a fifth or more, thirty by a few \
                    percent. Where several eigenvalues are close, as at the edge of stability, \
                    twenty power iterations can still be percents too low; twenty products in \
                    Lanczos's method have it to six digits.",
        source: "Hutchinson (1990); Golub and Van Loan (2013), chapter 10",
        seconds: 2.0,
        measure: |run| measuring_sharpness(500, run),
        broken: Broken {
            by: "before training, where eigenvalues are apart",
            measure: || measuring_sharpness(0, Run::QUICK),
        },
    },
    Claim {
        id: "silent-faults",
        folklore: "A bug in the optimizer shows in the loss.",
        verdict: Verdict::False,
        statement: "Many do not, some lower it. Without bias correction, with a rate ten times too \
                    high, without warmup: the digits' final loss is equal to that of a healthy run \
                    or lower. What differs is the step in units of the rate.",
        source: "Ours",
        seconds: 2.0,
        measure: |run| silent_faults(&Scenario::Corrections(Corrections::NEITHER), run),
        broken: Broken {
            by: "coupled decay, which shows",
            measure: || silent_faults(&Scenario::Decay { coupled: true }, Run::QUICK),
        },
    },
    Claim {
        id: "first-step-tells",
        folklore: "The gradient norm is the number to log.",
        verdict: Verdict::Misleading,
        statement: "The update in units of the rate says more. At the first step it is 1 in a \
                    healthy run, 3.2 without both corrections, 32 without v's and 0.1 without m's, \
                    with the same gradient norm in all.",
        source: "(1 − β₁)/√(1 − β₂) and its factors, Kingma and Ba (2015), section 3",
        seconds: 0.1,
        measure: |run| first_step_tells(Corrections::NEITHER, run),
        broken: Broken {
            by: "both corrections in place",
            measure: || first_step_tells(Corrections::BOTH, Run::QUICK),
        },
    },
    Claim {
        id: "stale-v",
        folklore: "When gradients shrink, Adam adapts.",
        verdict: Verdict::Misleading,
        statement: "Slowly. After gradients fall to a hundredth half-way, steps are a few hundredths of what \
                    they were, and get no longer in the rest of the run.",
        source: "Ours; 2 ln s/(1 − β₂) steps to forget",
        seconds: 1.0,
        measure: |run| stale_v(0.01, run),
        broken: Broken { by: "gradients that halve", measure: || stale_v(0.5, Run::QUICK) },
    },
    Claim {
        id: "clip-for-the-spike",
        folklore: "Clipping slows training down.",
        verdict: Verdict::Misleading,
        statement: "At the right level it hardly acts. One gradient a thousand times too large leaves an \
                    unclipped run with three times the final loss; clipped at norm 1, a run does not \
                    notice.",
        source: "Pascanu, Mikolov and Bengio (2013), section 3.2, for the method; the experiment is ours",
        seconds: 1.5,
        measure: |run| clip_for_the_spike(1000.0, run),
        broken: Broken {
            by: "a gradient twice too large",
            measure: || clip_for_the_spike(2.0, Run::QUICK),
        },
    },
    Claim {
        id: "low-rate-does-not-spike",
        folklore: "A schedule that is too short only ends training early.",
        verdict: Verdict::Misleading,
        statement: "If its cosine is not stopped, the rate goes to zero at the planned end and then rises to \
                    its peak again.",
        source: "Ours",
        seconds: 0.2,
        measure: |run| schedule_too_short(&Scenario::ScheduleTooShort, run),
        broken: Broken {
            by: "a schedule of the right length",
            measure: || schedule_too_short(&Scenario::Healthy, Run::QUICK),
        },
    },
];

fn of_edge(config: Config) -> Result<Edge, LabError> {
    edge_of_stability::run(&config)
}

fn edge(subject: Subject, learning_rate: f64, run: Run) -> Measurement {
    let found = of_edge(Config {
        subject,
        learner: Learner::Descent(Method::Plain),
        learning_rate,
        steps: run.pick(6000, 10_000),
        every: 100,
        seed: run.seed,
    })?;
    let (hovering, ..) = found.hovering();
    let initial = found.sharpness[0] / found.limit;
    let because = "2/η; ten seeds are within half a percent of it";
    Ok(vec![
        theory("sharpness-to-limit", hovering, 1.0, 0.03, because),
        own_runs("initially", initial, 0.78, 0.2, "after a hundred steps"),
        own_runs("share-of-rising-steps", found.share_rising(), 0.36, 0.13, "over ten seeds"),
        own_runs(
            "log10-loss",
            libm::log10(found.final_loss()),
            -3.4,
            0.8,
            "powers of ten, over ten seeds; the start is near 1",
        ),
    ])
}

fn edge_of_adam(beta1: f64, run: Run) -> Measurement {
    let found = of_edge(Config {
        subject: Subject::Polynomial,
        learner: Learner::Adam { beta1: 0.9, beta2: 0.99 },
        learning_rate: 1e-3,
        steps: run.pick(6000, 10_000),
        every: 100,
        seed: run.seed,
    })?;
    let limit = 2.0 * (1.0 + beta1) / ((1.0 - beta1) * 1e-3);
    let (hovering, ..) = found.hovering();
    let because = "38/η; v̂ moves too, so the sharpness hovers a little below";
    Ok(vec![theory("sharpness-to-limit", hovering * found.limit / limit, 0.97, 0.07, because)])
}

fn sharpening_is_weak(learning_rate: f64, run: Run) -> Measurement {
    let found = of_edge(Config {
        subject: Subject::Digits,
        learner: Learner::Descent(Method::Plain),
        learning_rate,
        steps: run.pick(800, 3000),
        every: 100,
        seed: run.seed,
    })?;
    let (hovering, ..) = found.hovering();
    let because = "over ten seeds";
    Ok(vec![own_runs("sharpness-to-limit", hovering, 0.33, 0.2, because)])
}

fn measuring_sharpness(steps: usize, run: Run) -> Measurement {
    let found = estimates(steps, run.seed)?;
    let because = "a share of the exact value, from the whole matrix, over ten seeds";
    Ok(vec![
        own_runs("spread-of-probe", found.spread_of_probe, 0.205, 0.05, because),
        own_runs("thirty-probes", found.thirty_probes, 1.0, 0.12, because),
        own_runs("twenty-iterations", found.twenty_iterations, 0.978, 0.025, because),
        theory("twenty-lanczos", found.twenty_lanczos, 1.0, 1e-4, "the exact eigenvalue"),
    ])
}

/// The mean over seeds of something measured on runs of a scenario.
fn over_seeds(
    scenario: &Scenario,
    run: Run,
    measure: impl Fn(&planted_faults::Run) -> f64 + Sync + Send,
) -> Result<f64, LabError> {
    mean_over(&run.seeds(3, 10), |seed| Ok(measure(&planted_faults::run(scenario, false, seed)?)))
}

fn silent_faults(first: &Scenario, run: Run) -> Measurement {
    let loss =
        |scenario: &Scenario| over_seeds(scenario, run, |run| libm::log10(run.training_loss));
    let healthy = loss(&Scenario::Healthy)?;
    let because = "powers of ten of the final training loss over the healthy run's, the mean over three \
                   seeds";
    Ok(vec![
        own_runs("no-correction", loss(first)? - healthy, -1.15, 0.25, because),
        own_runs("rate-too-high", loss(&Scenario::RateTooHigh)? - healthy, -1.86, 0.3, because),
        own_runs("no-warmup", loss(&Scenario::NoWarmup)? - healthy, -0.03, 0.08, because),
    ])
}

fn first_step_tells(corrections: Corrections, run: Run) -> Measurement {
    let seeds = run.seeds(3, 10);
    let of = |scenario: &Scenario, measure: fn(&planted_faults::Run) -> f64| {
        mean_over(&seeds, |seed| {
            Ok(measure(&planted_faults::first_steps(scenario, 1, false, seed)?))
        })
    };
    let first = |scenario: &Scenario| of(scenario, |run| run.update_rms(1));
    let kept = |corrections| first(&Scenario::Corrections(corrections));
    let healthy = first(&Scenario::Healthy)?;
    let norm = |scenario: &Scenario| of(scenario, |run| run.telemetry[0].gradient_norm);
    let because = "(1 − β₁) and √(1 − β₂), each where it is not corrected; in units of the healthy step, \
                   which leaves out coordinates without a gradient";
    Ok(vec![
        theory(
            "healthy",
            healthy,
            0.98,
            0.02,
            "1 for every coordinate that has a gradient; three pixels of 64 and a few units have none",
        ),
        theory("no-correction", kept(corrections)? / healthy, 10.0_f64.sqrt(), 0.03, because),
        theory(
            "only-m-corrected",
            kept(Corrections::FIRST_ONLY)? / healthy,
            1000.0_f64.sqrt(),
            0.3,
            because,
        ),
        theory("only-v-corrected", kept(Corrections::SECOND_ONLY)? / healthy, 0.1, 0.001, because),
        theory(
            "gradient-norm-ratio",
            norm(&Scenario::Corrections(corrections))? / norm(&Scenario::Healthy)?,
            1.0,
            0.0,
            "the same weights and the same batch",
        ),
    ])
}

const HALF: u64 = STEPS / 2;

fn planted(fault: Fault, clip: Option<f64>) -> Scenario {
    Scenario::Planted { fault, clip }
}

fn stale_v(factor: f64, run: Run) -> Measurement {
    let scenario = planted(Fault::GradientScale { from: HALF + 1, factor }, None);
    let ratio = |later: u64| {
        over_seeds(&scenario, run, move |run| run.update_rms(HALF + later) / run.update_rms(HALF))
    };
    let because = "of the step before, the mean over three seeds";
    Ok(vec![
        own_runs("after-30", ratio(30)?, 0.048, 0.015, because),
        own_runs("after-190", ratio(190)?, 0.019, 0.012, because),
    ])
}

fn clip_for_the_spike(factor: f64, run: Run) -> Measurement {
    let spike = |clip| planted(Fault::GradientSpike { step: HALF + 1, factor }, clip);
    let loss =
        |scenario: &Scenario| over_seeds(scenario, run, |run| libm::log10(run.training_loss));
    let healthy = loss(&Scenario::Healthy)?;
    let because = "powers of ten of the final training loss over the healthy run's, the mean over three \
                   seeds";
    Ok(vec![
        own_runs("unclipped", loss(&spike(None))? - healthy, 0.44, 0.2, because),
        own_runs("clipped", loss(&spike(Some(1.0)))? - healthy, 0.0, 0.03, because),
    ])
}

fn schedule_too_short(scenario: &Scenario, run: Run) -> Measurement {
    let found = planted_faults::run(scenario, false, run.seed)?;
    let rate = |step: u64| found.telemetry[step as usize - 1].learning_rate;
    let because = "½ (1 + cos πx) of the peak, at x = 1 and near 2";
    Ok(vec![
        theory("rate-at-planned-end", rate(HALF + 1), 0.0, 1e-12, because),
        theory("rate-at-the-end", rate(STEPS - WARMUP_AND_ONE) / 3e-3, 1.0, 1e-3, because),
    ])
}

/// The cosine of 180 steps begins at step 21, so its second peak is at step 380 + 1.
const WARMUP_AND_ONE: u64 = 19;
