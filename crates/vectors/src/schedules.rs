//! The table of schedules: what each name means, as schedules of this book.

use crate::hyperparameters::Default::{None, Optax, Torch};
use crate::hyperparameters::Settings;
use crate::{HyperparameterProblem, ScheduleCase};
use descent::*;

const KNOWN: &str = "step, exponential, polynomial, linear, cosine, cosine_restarts, cyclic, \
                     one_cycle, warmup_cosine, inverse_sqrt, wsd";

/// The rates of as many steps as the case has.
pub(crate) fn rates(case: &ScheduleCase) -> Result<Vec<f64>, HyperparameterProblem> {
    let settings = Settings::new(&case.schedule, &case.source, &case.hyperparameters);
    let schedule = schedule(case, &settings)?;
    settings.finish()?;
    schedule.validate().map_err(|problem| HyperparameterProblem::Range(problem.to_string()))?;
    Ok(schedule.rates(case.learning_rates.len() as u64))
}

fn schedule(
    case: &ScheduleCase,
    settings: &Settings<'_>,
) -> Result<AnySchedule, HyperparameterProblem> {
    let number = |key, default| settings.number(key, default);
    let count = |key, default| settings.count(key, default);
    let base_lr = || settings.number("base_lr", None);
    Ok(match case.schedule.as_str() {
        "step" => StepDecay {
            base_lr: base_lr()?,
            step_size: count("step_size", None)?,
            gamma: number("gamma", Torch(0.1))?,
        }
        .into(),
        "exponential" => Exponential { base_lr: base_lr()?, gamma: number("gamma", None)? }.into(),
        "polynomial" => Polynomial {
            base_lr: base_lr()?,
            total_steps: count("total_steps", Torch(5))?,
            power: number("power", Torch(1.0))?,
        }
        .into(),
        "linear" => Linear {
            base_lr: base_lr()?,
            min_lr: number("min_lr", None)?,
            total_steps: count("total_steps", None)?,
        }
        .into(),
        "cosine" => Cosine {
            base_lr: base_lr()?,
            min_lr: number("min_lr", Torch(0.0))?,
            total_steps: count("total_steps", None)?,
        }
        .into(),
        "cosine_restarts" => CosineRestarts {
            base_lr: base_lr()?,
            first_period: count("first_period", None)?,
            period_mult: count("period_mult", Torch(1))?,
            min_lr: number("min_lr", Torch(0.0))?,
        }
        .into(),
        "cyclic" => cyclic(settings)?.into(),
        "one_cycle" => OneCycle {
            max_lr: number("max_lr", None)?,
            total_steps: count("total_steps", None)?,
            pct_start: number("pct_start", Torch(0.3))?,
            div_factor: number("div_factor", Torch(25.0))?,
            final_div_factor: number("final_div_factor", Torch(1e4))?,
        }
        .into(),
        "warmup_cosine" => WarmupCosine {
            initial_lr: number("initial_lr", None)?,
            base_lr: base_lr()?,
            warmup_steps: count("warmup_steps", None)?,
            total_steps: count("total_steps", None)?,
            min_lr: number("min_lr", Optax(0.0))?,
        }
        .into(),
        "inverse_sqrt" => {
            InverseSqrt { base_lr: base_lr()?, warmup_steps: count("warmup_steps", None)? }.into()
        }
        "wsd" => WarmupStableDecay {
            base_lr: base_lr()?,
            warmup_steps: count("warmup_steps", None)?,
            stable_steps: count("stable_steps", None)?,
            decay_steps: count("decay_steps", None)?,
            min_lr: number("min_lr", None)?,
        }
        .into(),
        other => {
            return Err(HyperparameterProblem::UnknownName {
                kind: "schedule",
                name: other.to_owned(),
                known: KNOWN.to_owned(),
            });
        }
    })
}

fn cyclic(settings: &Settings<'_>) -> Result<Cyclic, HyperparameterProblem> {
    let step_size_up = settings.count("step_size_up", Torch(2000))?;
    // PyTorch's way down is as long as the way up unless it is told otherwise.
    let mode = settings.word("mode", Torch("triangular"))?;
    Ok(Cyclic {
        base_lr: settings.number("base_lr", None)?,
        max_lr: settings.number("max_lr", None)?,
        step_size_up,
        step_size_down: settings.count("step_size_down", Torch(step_size_up))?,
        mode: match mode.as_str() {
            "triangular" => CyclicMode::Triangular,
            "triangular2" => CyclicMode::Triangular2,
            _ => {
                let (key, expected) = ("mode", "\"triangular\" or \"triangular2\"");
                let found = mode.into();
                return Err(HyperparameterProblem::Type { key, found, expected });
            }
        },
    })
}
