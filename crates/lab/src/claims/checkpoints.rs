//! Claims of the chapter *Checkpoints and exact resumption*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, mean_over, own_runs, theory};
use crate::LabError;
use crate::ablation::Lost;
use crate::data::Digits;
use crate::experiment::planted_faults::{self, STEPS, Scenario, share_never_seen};
use crate::model::Mlp;
use crate::train::Trainer;
use descent::AdamW;

pub(super) const CHAPTER: Chapter =
    Chapter { title: "Checkpoints and exact resumption", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "save-the-state",
        folklore: "The weights are the checkpoint.",
        verdict: Verdict::False,
        statement: "Without m, v and the step count, the first step after resuming is that of a new run: a \
                    full η for every coordinate, ten times what it was.",
        source: "Ours; the mechanism is bias correction at step 1",
        seconds: 1.2,
        measure: |run| {
            let lost = Lost { first_moment: true, second_moment: true, step_count: true };
            save_the_state(lost, run)
        },
        broken: Broken {
            by: "a run that loses nothing",
            measure: || save_the_state(Lost::default(), Run::QUICK),
        },
    },
    Claim {
        id: "save-the-step-count",
        folklore: "If m and v are saved, the step count does not matter.",
        verdict: Verdict::False,
        statement: "Corrected as if they were new, m̂ is up to ten times too large, and √v̂ more \
                    than that once a run is a thousand steps old: within a few steps updates are \
                    half as long, and they stay so for dozens. Nothing spikes, so nothing tells.",
        source: "Kingma and Ba (2015), Algorithm 1",
        seconds: 1.2,
        measure: |run| save_the_step_count(Lost { step_count: true, ..Lost::default() }, run),
        broken: Broken {
            by: "a run that loses nothing",
            measure: || save_the_step_count(Lost::default(), Run::QUICK),
        },
    },
    Claim {
        id: "never-lose-v-alone",
        folklore: "Losing a part of the state is better than losing all of it.",
        verdict: Verdict::False,
        statement: "Losing v and keeping m and the step count is the worst: steps of hundreds of rates, \
                    and a loss hundreds of times higher one step later.",
        source: "Ours; (1 − β₂) g² in place of v̂",
        seconds: 1.2,
        measure: |run| never_lose_v_alone(Lost { second_moment: true, ..Lost::default() }, run),
        broken: Broken {
            by: "a run that loses all of it",
            measure: || {
                let all = Lost { first_moment: true, second_moment: true, step_count: true };
                never_lose_v_alone(all, Run::QUICK)
            },
        },
    },
    Claim {
        id: "exact-resumption",
        folklore: "A resumed run cannot be the same as one that was not interrupted.",
        verdict: Verdict::False,
        statement: "It is, to the last bit, if the checkpoint holds weights, moments, step count, schedule \
                    and the place in the data.",
        source: "Ours",
        seconds: 0.05,
        measure: |run| exact_resumption(true, run),
        broken: Broken {
            by: "resuming from the weights alone",
            measure: || exact_resumption(false, Run::QUICK),
        },
    },
    Claim {
        id: "save-the-place-in-the-data",
        folklore: "The order of the data is random anyway, so it need not be saved.",
        verdict: Verdict::Misleading,
        statement: "An epoch that is interrupted half-way and goes on in a new order never shows a quarter \
                    of the examples and shows another quarter twice.",
        source: "The chance to be in neither half",
        seconds: 0.05,
        measure: |run| save_the_place(0.5, run),
        broken: Broken {
            by: "an interruption after a quarter",
            measure: || save_the_place(0.25, Run::QUICK),
        },
    },
];

/// The mean over seeds of something measured on a run that lost a part of its state half-way.
fn after_loss(
    lost: Lost,
    run: Run,
    measure: impl Fn(&planted_faults::Run) -> f64 + Sync + Send,
) -> Result<f64, LabError> {
    mean_over(&run.seeds(3, 10), |seed| {
        Ok(measure(&planted_faults::run(&Scenario::Resumed(lost), false, seed)?))
    })
}

const HALF: u64 = STEPS / 2;

fn save_the_state(lost: Lost, run: Run) -> Measurement {
    let before = after_loss(lost, run, |run| run.update_rms(HALF))?;
    let after = after_loss(lost, run, |run| run.update_rms(HALF + 1))?;
    let because = "the root mean square step in units of η, the mean over three seeds";
    Ok(vec![
        own_runs("step-before", before, 0.11, 0.035, because),
        theory(
            "step-after",
            after,
            0.98,
            0.02,
            "1 for every coordinate that has a gradient; three pixels of 64 and a few units have none",
        ),
    ])
}

fn save_the_step_count(lost: Lost, run: Run) -> Measurement {
    let ratio = |later: u64| {
        after_loss(lost, run, move |run| run.update_rms(HALF + later) / run.update_rms(HALF))
    };
    let because = "of the step before the interruption, the mean over three seeds";
    Ok(vec![
        own_runs("step-after-2", ratio(2)?, 0.55, 0.15, because),
        own_runs("step-after-30", ratio(30)?, 0.39, 0.1, because),
    ])
}

fn never_lose_v_alone(lost: Lost, run: Run) -> Measurement {
    let after = after_loss(lost, run, |run| libm::log10(run.update_rms(HALF + 1)))?;
    let loss = after_loss(lost, run, |run| {
        let loss = |step: u64| run.telemetry[step as usize].loss;
        libm::log10(loss(HALF + 1) / loss(HALF - 1))
    })?;
    let because = "powers of ten, the mean over three seeds";
    Ok(vec![
        own_runs("log10-step", after, 2.5, 0.4, because),
        own_runs("log10-loss-ratio", loss, 2.7, 0.7, because),
    ])
}

fn exact_resumption(whole: bool, run: Run) -> Measurement {
    let (digits, model) = (Digits::load(), Mlp::relu(&[64, 16, 10]));
    let trainer = || Trainer::new(&model, AdamW::default(), 3e-3, &digits.training, 64, run.seed);
    let mut original = trainer()?;
    original.run(50, |_| ())?;
    let resumed = if whole {
        let name = format!("descent-claim-{}-{}.checkpoint", std::process::id(), run.seed);
        let path = std::env::temp_dir().join(name);
        original.save(&path)?;
        let resumed = trainer()?.resume(&path);
        // The file is of no use to anybody else; a leftover does no harm.
        let _ = std::fs::remove_file(&path);
        resumed?
    } else {
        trainer()?.starting_from(original.parameters().clone())?
    };
    let mut resumed = resumed;
    original.run(50, |_| ())?;
    resumed.run(50, |_| ())?;
    let apart = original.parameters().scalars().zip(resumed.parameters().scalars());
    let largest = apart.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let because = "the same arithmetic on the same numbers";
    Ok(vec![theory("difference", largest, 0.0, 0.0, because)])
}

fn save_the_place(interrupted_at: f64, run: Run) -> Measurement {
    let share = share_never_seen(run.pick(100_000, 1_000_000), interrupted_at, run.seed);
    let because = "½ · ½; over a hundred thousand examples the error is 0.001";
    Ok(vec![theory("never-seen", share, 0.25, 0.005, because)])
}
