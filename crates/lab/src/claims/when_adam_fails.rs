//! Claims of the chapter *When Adam fails*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs, theory};
use crate::LabError;
use crate::ablation::{Corrections, PartlyCorrectedAdam, TwoTermMaximum};
use crate::experiment::wrong_point::{Problem, descend, drift};
use crate::random::{Purpose, Stream};
use crate::statistics::mean;
use crate::walker::Walker;
use descent::{Adam, AmsGrad, Maximum, Sgd};

pub(super) const CHAPTER: Chapter = Chapter { title: "When Adam fails", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "worst-point",
        folklore: "Adam can diverge on a convex problem.",
        verdict: Verdict::TrueWhen,
        statement: "β₂ is small for the problem, and then it converges, to the worst point. On \
                    losses 3x every third step and −x otherwise, over [−1, 1], Adam with β₂ = 0.1 \
                    ends at +1, where SGD and AMSGrad end at −1.",
        source: "Reddi, Kale and Kumar (2018), theorem 1",
        seconds: 0.1,
        measure: |_| worst_point(0.1),
        broken: Broken { by: "β₂ = 0.5", measure: || worst_point(0.5) },
    },
    Claim {
        id: "large-beta2-converges",
        folklore: "Adam does not converge on Reddi's example.",
        verdict: Verdict::TrueWhen,
        statement: "β₂ is too small for it. On the published example Adam ends at +1 with β₂ = 0.99 \
                    and near −1 with 0.9999. The theorem gives a problem for every β₂, not a \
                    failure for every problem.",
        source: "Zhang, Y., Chen, Shi, Sun and Luo (2022), theorem 3.1; Reddi et al. (2018), \
                 theorem 2",
        seconds: 0.2,
        measure: |run| large_beta2_converges(1010.0, run),
        broken: Broken {
            by: "a rare gradient of 505, which no longer decides",
            measure: || large_beta2_converges(505.0, Run::QUICK),
        },
    },
    Claim {
        id: "memory-and-rare-gradients",
        folklore: "Adam needs a memory 1/(1 − β₂) longer than the gap between rare gradients.",
        verdict: Verdict::False,
        statement: "How little they win by decides. On the published example they outweigh the common ones \
                    by one percent; with β₂ = 0.999, a memory of ten gaps, Adam goes the wrong way, and it \
                    turns only where 1 − β₂ is below 4 or 5·10⁻⁴.",
        source: "The first order in 1 − β₂ of one period; Reddi, Kale and Kumar (2018), section 5, for the \
                 example",
        seconds: 0.3,
        measure: |_| memory_and_rare_gradients(1010.0),
        broken: Broken {
            by: "a rare gradient of 1020",
            measure: || memory_and_rare_gradients(1020.0),
        },
    },
    Claim {
        id: "which-maximum",
        folklore: "AMSGrad divides by the larger of the last two v̂.",
        verdict: Verdict::False,
        statement: "By the largest of all. With two terms it goes where Adam goes, to the worst point, with \
                    the same regret; the running maximum goes to the best.",
        source: "Reddi, Kale and Kumar (2018), Algorithm 2",
        seconds: 0.3,
        measure: |run| which_maximum(0.99, run),
        broken: Broken { by: "β₂ = 0.9999", measure: || which_maximum(0.9999, Run::QUICK) },
    },
    Claim {
        id: "v-may-fall",
        folklore: "Adam fails because v can decrease, so that the effective rate grows.",
        verdict: Verdict::Misleading,
        statement: "v decreases in every run of Adam that works: on stationary noise at half of all steps \
                    and more. The failure needs rare, large gradients that carry the information.",
        source: "Reddi, Kale and Kumar (2018), section 3, for the quantity; the count is ours",
        seconds: 0.1,
        measure: |run| v_may_fall(1.0, run),
        broken: Broken {
            by: "gradients of constant size",
            measure: || v_may_fall(0.0, Run::QUICK),
        },
    },
    Claim {
        id: "stochastic-too",
        folklore: "Reddi's example needs an adversarial order of the losses.",
        verdict: Verdict::False,
        statement: "With the large gradient at random, once in a hundred steps, Adam ends at +1 all the \
                    same.",
        source: "Reddi, Kale and Kumar (2018), theorem 3 and figure 1",
        seconds: 0.4,
        measure: |run| stochastic_too(0.99, run),
        broken: Broken { by: "β₂ = 0.9999", measure: || stochastic_too(0.9999, Run::QUICK) },
    },
    Claim {
        id: "two-amsgrads",
        folklore: "AMSGrad is AMSGrad.",
        verdict: Verdict::False,
        statement: "PyTorch keeps the maximum of v and corrects it afterwards, Optax the maximum of v̂, in \
                    which the noisy first gradients count for good: after ten thousand steps of noise its \
                    denominators are a third too large, PyTorch's three percent.",
        source: "The libraries' sources, to which this crate's two variants are held by vectors",
        seconds: 1.2,
        measure: |run| two_amsgrads(0.999, run),
        broken: Broken { by: "β₂ = 0.9", measure: || two_amsgrads(0.9, Run::QUICK) },
    },
];

fn worst_point(beta2: f64) -> Measurement {
    let steps = 100_000;
    let adam = PartlyCorrectedAdam {
        adam: Adam { beta1: 0.0, beta2, eps: 1e-8 },
        corrections: Corrections::NEITHER,
    };
    let amsgrad = AmsGrad { beta1: 0.0, beta2, ..AmsGrad::default() };
    let end = |found: Result<crate::experiment::wrong_point::Descent, LabError>| {
        found.map(|found| found.end())
    };
    let because = "theorem 1 and its proof; how close a step of 0.5/√t leaves it";
    let problem = Problem::THEOREM_1;
    Ok(vec![
        theory("adam", end(descend(&problem, adam, 0.5, steps))?, 1.0, 0.005, because),
        theory("amsgrad", end(descend(&problem, amsgrad, 0.5, steps))?, -1.0, 0.005, because),
        theory("sgd", end(descend(&problem, Sgd, 0.5 / 3.0, steps))?, -1.0, 0.005, because),
    ])
}

fn large_beta2_converges(rare: f64, run: Run) -> Measurement {
    let problem = Problem { rare, ..Problem::SYNTHETIC };
    let steps = run.pick(200_000, 5_000_000);
    let end = |beta2| -> Result<f64, LabError> {
        let adam = Adam { beta2, ..Adam::default() };
        Ok(descend(&problem, adam, 0.5, steps)?.end())
    };
    let because =
        "+1 or −1 in the limit; how far a rate of 0.5/√t gets in two hundred thousand steps";
    Ok(vec![
        theory("beta2-0.99", end(0.99)?, 1.0, 0.02, because),
        theory("beta2-0.9999", end(0.9999)?, -1.0, 0.1, because),
    ])
}

fn memory_and_rare_gradients(rare: f64) -> Measurement {
    let problem = Problem { rare, ..Problem::SYNTHETIC };
    let border = |beta1: f64| -> Result<f64, LabError> {
        let (mut right, mut wrong) = (1e-5_f64, 1e-2_f64);
        for _ in 0..14 {
            let middle = (right * wrong).sqrt();
            let adam = Adam { beta1, beta2: 1.0 - middle, ..Adam::default() };
            *if drift(&problem, adam)? > 0.0 { &mut wrong } else { &mut right } = middle;
        }
        Ok((right * wrong).sqrt())
    };
    let climbs = drift(&problem, Adam::default())?;
    Ok(vec![
        theory("without-momentum", border(0.0)?, 3.96e-4, 0.1e-4, "10 / 25 250, to first order"),
        own_runs("with-momentum", border(0.9)?, 4.85e-4, 0.2e-4, "β₁ = 0.9 spreads each gradient"),
        own_runs("climb-at-0.999", climbs, 0.1, 0.08, "rates a period, above 0 if it climbs"),
    ])
}

fn which_maximum(beta2: f64, run: Run) -> Measurement {
    let steps = run.pick(200_000, 5_000_000);
    let adam = Adam { beta2, ..Adam::default() };
    let plain = descend(&Problem::SYNTHETIC, adam, 0.5, steps)?;
    let two = descend(&Problem::SYNTHETIC, TwoTermMaximum { adam }, 0.5, steps)?;
    let running = AmsGrad { beta2, ..AmsGrad::default() };
    let running = descend(&Problem::SYNTHETIC, running, 0.5, steps)?;
    let regret = |descent: &crate::experiment::wrong_point::Descent| {
        descent.regret.last().copied().unwrap_or(f64::NAN)
    };
    let because =
        "+1 or −1 in the limit; how far a rate of 0.5/√t gets in two hundred thousand steps";
    Ok(vec![
        theory("two-terms", two.end(), 1.0, 0.02, because),
        theory("running", running.end(), -1.0, 0.02, because),
        own_runs(
            "regret-difference",
            regret(&two) - regret(&plain),
            0.0,
            0.002,
            "v̂ falls between two large gradients by a percent a step, so the larger of two is nearly the \
             last",
        ),
    ])
}

fn v_may_fall(spread: f64, run: Run) -> Measurement {
    let coordinates = run.pick(500, 4000);
    let mut stream = Stream::new(run.seed, Purpose::Noise);
    let mut walker = Walker::new(Adam::default(), 1.0, vec![0.0; coordinates])?;
    let (mut fell, mut before) = (Vec::new(), vec![0.0; coordinates]);
    for step in 0..3000 {
        let gradient: Vec<f64> =
            (0..coordinates).map(|_| 1.0 - spread + spread * stream.normal()).collect();
        walker.step(|_, _| gradient)?;
        let v = walker.memory("second_moment").unwrap_or_default().to_vec();
        if step >= 2500 {
            let count = v.iter().zip(&before).filter(|(new, old)| new < old).count();
            fell.push(count as f64 / coordinates as f64);
        }
        before = v;
    }
    let because = "v falls when g² is below v; the chance that a normal draw is within one deviation, with \
                   v close to 1 and scattering by 3 %";
    Ok(vec![theory("share-falling", mean(&fell), 0.683, 0.02, because)])
}

fn stochastic_too(beta2: f64, run: Run) -> Measurement {
    let steps = run.pick(200_000, 2_000_000);
    let ends = run.seeds(3, 10).into_iter().map(|seed| {
        let adam = Adam { beta2, ..Adam::default() };
        Ok(descend(&Problem::stochastic(seed), adam, 0.5, steps)?.end())
    });
    let ends = ends.collect::<Result<Vec<f64>, LabError>>()?;
    let because = "+1 in the limit; a rare gradient throws it back by up to a tenth for a while";
    Ok(vec![theory("end", mean(&ends), 1.0, 0.1, because)])
}

fn two_amsgrads(beta2: f64, run: Run) -> Measurement {
    let coordinates = run.pick(1000, 4000);
    let denominator = |maximum| -> Result<f64, LabError> {
        let mut stream = Stream::new(run.seed, Purpose::Noise);
        let rule = AmsGrad { beta2, maximum, ..AmsGrad::default() };
        let mut walker = Walker::new(rule, 1.0, vec![0.0; coordinates])?;
        for _ in 0..10_000 {
            let gradient: Vec<f64> = (0..coordinates).map(|_| stream.normal()).collect();
            walker.step(|_, _| gradient)?;
        }
        Ok(walker.denominators().map_or(f64::NAN, |d| mean(&d)))
    };
    let because = "over a true value of 1, the mean over a thousand coordinates";
    Ok(vec![
        own_runs("pytorch", denominator(Maximum::SecondMoment)?, 1.03, 0.01, because),
        own_runs("optax", denominator(Maximum::CorrectedSecondMoment)?, 1.33, 0.06, because),
    ])
}
