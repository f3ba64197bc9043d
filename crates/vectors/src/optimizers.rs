//! The table of optimizers: what each name means, as rules of this book.

use crate::hyperparameters::Default::{self, Each, None, Optax, Torch};
use crate::hyperparameters::Settings;
use crate::{HyperparameterProblem, OptimizerCase, Trajectory};
use descent::*;
use ndarray::{ArrayD, IxDyn};

const KNOWN: &str = "sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adam, amsgrad, adamw, \
                     nadam, radam, adafactor, lamb, lars, lion, sign_sgd, muon, schedule_free_adamw";

/// The parameters after each step, as our rule computes them in the case's number type.
pub(crate) fn run(case: &OptimizerCase) -> Result<Trajectory, HyperparameterProblem> {
    match case.dtype.as_str() {
        "f32" => run_in::<f32>(case),
        _ => run_in::<f64>(case),
    }
}

fn run_in<F: Real>(case: &OptimizerCase) -> Result<Trajectory, HyperparameterProblem> {
    let settings = Settings::new(&case.optimizer, &case.source, &case.hyperparameters);
    let number = |key, default| settings.number(key, default);
    let rate = |default: Default<f64>| settings.number("lr", default);
    let coupled = || settings.number("weight_decay", Torch(0.0));
    let beta1 = || settings.number("beta1", Each(0.9, 0.9));
    let beta2 = || settings.number("beta2", Each(0.999, 0.999));
    let eps = || settings.number("eps", Each(1e-8, 1e-8));
    let adam = || Ok(Adam { beta1: beta1()?, beta2: beta2()?, eps: eps()? });
    match case.optimizer.as_str() {
        "sgd" => {
            let rule = CoupledL2 { weight_decay: coupled()?, rule: Sgd };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-3))?)
        }
        "momentum" => {
            let beta = number("momentum", Torch(0.0))?;
            let dampening = number("dampening", Torch(0.0))?;
            let (weight_decay, rate) = (coupled()?, rate(Torch(1e-3))?);
            // PyTorch without momentum has no buffer that could be dampened.
            if beta == 0.0 {
                let rule = CoupledL2 { weight_decay, rule: Sgd };
                return replay::<F, _>(case, &settings, rule, rate);
            }
            let rule = Momentum { beta, convention: Convention::Dampened(dampening) };
            replay::<F, _>(case, &settings, CoupledL2 { weight_decay, rule }, rate)
        }
        "nesterov" => {
            let rule = Nesterov { beta: number("momentum", None)? };
            let rule = CoupledL2 { weight_decay: coupled()?, rule };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-3))?)
        }
        "adagrad" => {
            let rule = Adagrad {
                eps: number("eps", Torch(1e-10))?,
                initial_accumulator_value: number("initial_accumulator_value", Torch(0.0))?,
                root_eps: RootEps::Outside,
            };
            let rule = CoupledL2 { weight_decay: coupled()?, rule };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-2))?)
        }
        "adadelta" => {
            let rule =
                Adadelta { rho: number("rho", Torch(0.9))?, eps: number("eps", Torch(1e-6))? };
            replay::<F, _>(case, &settings, rule, rate(Torch(1.0))?)
        }
        "rmsprop" => {
            let rule = RmsProp {
                alpha: number("alpha", Torch(0.99))?,
                eps: number("eps", Torch(1e-8))?,
                momentum: number("momentum", Torch(0.0))?,
                centered: settings.flag("centered", Torch(false))?,
                root_eps: RootEps::Outside,
            };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-2))?)
        }
        "adam" => {
            let rule = CoupledL2 { weight_decay: coupled()?, rule: adam()? };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-3))?)
        }
        "amsgrad" => {
            let Adam { beta1, beta2, eps } = adam()?;
            let maximum = match case.source.library.as_str() {
                "torch" => Maximum::SecondMoment,
                "optax" => Maximum::CorrectedSecondMoment,
                _ => return Err(settings.library_problem("torch, optax")),
            };
            let rule = AmsGrad { beta1, beta2, eps, maximum };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-3))?)
        }
        "adamw" => {
            let Adam { beta1, beta2, eps } = adam()?;
            let weight_decay = number("weight_decay", Each(1e-2, 1e-4))?;
            let decay_scale = DecayScale::LearningRate;
            let rule = AdamW { beta1, beta2, eps, weight_decay, decay_scale };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-3))?)
        }
        "nadam" => {
            let Adam { beta1, beta2, eps } = adam()?;
            let momentum_decay = number("momentum_decay", Torch(4e-3))?;
            let rule = NAdam { beta1, beta2, eps, momentum_decay };
            replay::<F, _>(case, &settings, rule, rate(Torch(2e-3))?)
        }
        "radam" => {
            let Adam { beta1, beta2, eps } = adam()?;
            let eps_place = match case.source.library.as_str() {
                "torch" => EpsPlace::BeforeCorrection,
                "optax" => EpsPlace::AfterCorrection,
                _ => return Err(settings.library_problem("torch, optax")),
            };
            let rule = RAdam { beta1, beta2, eps, eps_place };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-3))?)
        }
        "adafactor" => {
            let eps1 = number("eps1", Torch(F::epsilon().as_f64()))?;
            let rule = Adafactor {
                beta2_decay: number("beta2_decay", Torch(-0.8))?,
                eps1: Some(eps1),
                eps2: number("eps2", Torch(1e-3))?,
                clip_threshold: number("clip_threshold", Torch(1.0))?,
                weight_decay: coupled()?,
            };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-2))?)
        }
        "lamb" => {
            let rule = Lamb {
                beta1: beta1()?,
                beta2: beta2()?,
                eps: number("eps", Optax(1e-6))?,
                weight_decay: number("weight_decay", Optax(0.0))?,
                ..Lamb::default()
            };
            replay::<F, _>(case, &settings, rule, rate(None)?)
        }
        "lars" => {
            let rule = Lars {
                weight_decay: number("weight_decay", Optax(0.0))?,
                trust_coefficient: number("trust_coefficient", Optax(0.001))?,
                eps: number("eps", Optax(0.0))?,
                momentum: number("momentum", Optax(0.9))?,
            };
            replay::<F, _>(case, &settings, rule, rate(None)?)
        }
        "lion" => {
            let rule = Lion {
                beta1: beta1()?,
                beta2: number("beta2", Optax(0.99))?,
                weight_decay: number("weight_decay", Optax(1e-3))?,
            };
            replay::<F, _>(case, &settings, rule, rate(None)?)
        }
        "sign_sgd" => replay::<F, _>(case, &settings, SignSgd, rate(None)?),
        "muon" => {
            let steps = settings.count("ns_steps", Torch(5))?;
            let rule = Muon {
                momentum: number("momentum", Torch(0.95))?,
                nesterov: settings.flag("nesterov", Torch(true))?,
                newton_schulz_steps: usize::try_from(steps).unwrap_or(usize::MAX),
                weight_decay: number("weight_decay", Torch(0.1))?,
            };
            replay::<F, _>(case, &settings, rule, rate(Torch(1e-3))?)
        }
        "schedule_free_adamw" => {
            let Adam { beta1, beta2, eps } = adam()?;
            let weight_decay = number("weight_decay", Optax(0.0))?;
            let rule = ScheduleFreeAdamW { beta1, beta2, eps, weight_decay };
            replay::<F, _>(case, &settings, rule, rate(Optax(0.0025))?)
        }
        other => Err(HyperparameterProblem::UnknownName {
            kind: "optimizer",
            name: other.to_owned(),
            known: KNOWN.to_owned(),
        }),
    }
}

fn replay<F: Real, R: Rule<F>>(
    case: &OptimizerCase,
    settings: &Settings<'_>,
    rule: R,
    learning_rate: f64,
) -> Result<Trajectory, HyperparameterProblem> {
    settings.finish()?;
    let start: Vec<Vec<f64>> = case.parameters.iter().map(|p| p.values.clone()).collect();
    let mut parameters = tensors::<F>(case, &start);
    let range = |problem: &dyn std::fmt::Display| HyperparameterProblem::Range(problem.to_string());
    let mut optimizer =
        Optimizer::new(rule, learning_rate, &parameters).map_err(|problem| range(&problem))?;
    let mut trajectory = Vec::with_capacity(case.gradients.len());
    for gradients in &case.gradients {
        optimizer
            .step(&mut parameters, &tensors(case, gradients))
            .map_err(|problem| range(&problem))?;
        let values = |array: &ArrayD<F>| array.iter().map(|x| x.as_f64()).collect();
        trajectory.push(parameters.iter().map(|(_, array)| values(array)).collect());
    }
    Ok(trajectory)
}

fn tensors<F: Real>(case: &OptimizerCase, values: &[Vec<f64>]) -> Tensors<F> {
    case.parameters.iter().zip(values).fold(Tensors::new(), |tensors, (parameter, values)| {
        let values = values.iter().map(|&x| F::of(x)).collect();
        let array = ArrayD::from_shape_vec(IxDyn(&parameter.shape), values)
            .expect("sizes are checked when a case is read");
        tensors.with(&parameter.name, array)
    })
}
