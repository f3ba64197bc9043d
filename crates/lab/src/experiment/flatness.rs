//! How flat the minima are that SGD and Adam find, by three measures.
//!
//! Keskar et al. (2017) and others say that large batches, or adaptive rules, find sharper minima that
//! generalize worse. Dinh et al. (2017) show that for ReLU networks sharpness can be anything, since
//! layers can be rescaled without changing the function; Andriushchenko et al. (2023) find no consistent
//! relation between sharpness and generalization.
//!
//! Ours, on the digits with cross-entropy (claim `sharp-or-flat`): at the *same training loss* seeds
//! disagree about whose minima have the larger eigenvalue and trace, and agree that Adam's lose less to
//! relative noise. At different losses they differ, whichever rule went further: curvature of the
//! cross-entropy falls with the loss.
//! So "Adam finds sharper minima" and "Adam finds flatter minima" can both be had by choosing when to
//! look.

use crate::LabError;
use crate::curvature::{Hessian, Plane, plane};
use crate::data::{Dataset, Digits, Examples, Pairs};
use crate::linalg::symmetric_eigenvalues;
use crate::model::{Mlp, Model, Squared};
use crate::random::{Purpose, Stream};
use crate::statistics::mean;
use crate::train::Trainer;
use descent::{Adam, Rule, Sgd, Tensors};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// How a minimum is reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Route {
    /// By SGD with this rate.
    Sgd(f64),
    /// By Adam with this rate.
    Adam(f64),
}

/// A minimum and three measures of how flat it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Minimum {
    /// The training loss.
    pub loss: f64,
    /// The test accuracy.
    pub accuracy: f64,
    /// How many steps were taken.
    pub steps: usize,
    /// The largest eigenvalue of the Hessian of the training loss.
    pub largest_eigenvalue: f64,
    /// The trace of that Hessian.
    pub trace: f64,
    /// By how much the training loss rises, on average, when every parameter is multiplied by a normal
    /// draw of mean 1 and deviation 0.1.
    pub rise_under_noise: f64,
}

const WIDTHS: [usize; 4] = [64, 48, 48, 10];

/// Trains a 64-48-48-10 ReLU network in batches of 64 until the training loss, measured every ten steps, is
/// below `target` or `limit` steps are taken.
///
/// # Errors
/// If a setting is refused.
pub fn minimum(route: Route, target: f64, limit: usize, seed: u64) -> Result<Minimum, LabError> {
    let digits = Digits::load();
    match route {
        Route::Sgd(rate) => reach(Sgd, rate, &digits, target, limit, seed),
        Route::Adam(rate) => reach(Adam::default(), rate, &digits, target, limit, seed),
    }
}

fn reach(
    rule: impl Rule<f64>,
    rate: f64,
    digits: &Digits,
    target: f64,
    limit: usize,
    seed: u64,
) -> Result<Minimum, LabError> {
    let model = Mlp::relu(&WIDTHS);
    let mut trainer = Trainer::new(&model, rule, rate, &digits.training, 64, seed)?;
    let mut steps = 0;
    while steps < limit && trainer.loss(&digits.training) > target {
        trainer.run(10, |_| ())?;
        steps += 10;
    }
    let parameters = trainer.parameters();
    let hessian = Hessian::new(&model, &digits.training, parameters.clone());
    Ok(Minimum {
        loss: trainer.loss(&digits.training),
        accuracy: trainer.accuracy(&digits.test),
        steps,
        largest_eigenvalue: hessian.largest_eigenvalues(15, seed)[0],
        trace: hessian.trace(15, seed).mean,
        rise_under_noise: rise_under_noise(&model, &digits.training, parameters, seed),
    })
}

fn rise_under_noise(model: &Mlp, data: &Examples, at: &Tensors<f64>, seed: u64) -> f64 {
    let mut stream = Stream::new(seed, Purpose::Noise);
    let base = model.loss(at, data);
    let mut rise = || {
        let mut shaken = at.clone();
        for (_, array) in shaken.iter_mut() {
            array.mapv_inplace(|x| x * (1.0 + 0.1 * stream.normal()));
        }
        model.loss(&shaken, data) - base
    };
    mean(&(0..20).map(|_| rise()).collect::<Vec<_>>())
}

/// The loss over a filter-normalized plane through the minimum that a route finds in `steps` steps.
///
/// # Errors
/// If a setting is refused.
pub fn surroundings(route: Route, steps: usize, half: usize, seed: u64) -> Result<Plane, LabError> {
    let digits = Digits::load();
    let model = Mlp::relu(&WIDTHS);
    let training = &digits.training;
    let parameters = match route {
        Route::Sgd(rate) => trained(&model, Sgd, rate, training, steps, seed),
        Route::Adam(rate) => trained(&model, Adam::default(), rate, training, steps, seed),
    }?;
    Ok(plane(&model, &digits.training, &parameters, 1.0, half, seed))
}

fn trained(
    model: &Mlp,
    rule: impl Rule<f64>,
    rate: f64,
    training: &Examples,
    steps: usize,
    seed: u64,
) -> Result<Tensors<f64>, LabError> {
    let mut trainer = Trainer::new(model, rule, rate, training, 64, seed)?;
    trainer.run(steps, |_| ())?;
    Ok(trainer.parameters().clone())
}

/// What rescaling does to a ReLU network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rescaled {
    /// The loss.
    pub loss: f64,
    /// The largest eigenvalue of the Hessian.
    pub largest_eigenvalue: f64,
}

/// A 5-8-1 ReLU network on random data whose first layer is multiplied by `factor` and whose second is
/// divided by it, which does not change what it computes: Dinh, Pascanu, Bengio and Bengio (2017,
/// section 4).
pub fn rescaled(factor: f64, seed: u64) -> Rescaled {
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut normal =
        |rows, columns| Array2::from_shape_simple_fn((rows, columns), || stream.normal());
    let data = Pairs { inputs: normal(50, 5), targets: normal(50, 1) };
    let model = Squared(Mlp::relu(&[5, 8, 1]));
    let mut parameters = model.initial(&mut Stream::new(seed, Purpose::Initialization));
    for (name, array) in parameters.iter_mut() {
        match name {
            "weight1" | "bias1" => array.mapv_inplace(|w| factor * w),
            "weight2" => array.mapv_inplace(|w| w / factor),
            _ => {}
        }
    }
    let loss = model.loss(&parameters, &data);
    let hessian = Hessian::new(&model, &data, parameters).matrix();
    Rescaled { loss, largest_eigenvalue: symmetric_eigenvalues(&hessian)[0] }
}

/// The trace and the largest eigenvalue of a network's Hessian: exactly, and as estimates from a few
/// products.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimates {
    /// The sum of all eigenvalues.
    pub trace: f64,
    /// The spread of one Hutchinson probe, as a share of the trace.
    pub spread_of_probe: f64,
    /// The mean of thirty probes, as a share of the trace.
    pub thirty_probes: f64,
    /// The largest eigenvalue after twenty power iterations from a random start, as a share of the true one.
    pub twenty_iterations: f64,
    /// The same by Lanczos's method with as many products.
    pub twenty_lanczos: f64,
}

/// Compares estimates with the whole matrix, for a 64-6-6-10 tanh network on 100 digits with half the
/// squared error, after `steps` steps of gradient descent at η = 0.4.
///
/// # Errors
/// If a setting is refused.
pub fn estimates(steps: usize, seed: u64) -> Result<Estimates, LabError> {
    let first: Vec<usize> = (0..100).collect();
    let data = Digits::load().training.select(&first).one_hot(10);
    let model = Squared(Mlp::tanh(&[64, 6, 6, 10]));
    let mut trainer = Trainer::new(&model, Sgd, 0.4, &data, data.len(), seed)?;
    trainer.run(steps, |_| ())?;
    let hessian = Hessian::new(&model, &data, trainer.parameters().clone());
    let exact = symmetric_eigenvalues(&hessian.matrix());
    let (trace, largest) = (exact.iter().sum::<f64>(), exact[0]);
    const MANY: usize = 400;
    let many = hessian.trace(MANY, seed);
    Ok(Estimates {
        trace,
        spread_of_probe: many.error * ((MANY - 1) as f64).sqrt() / trace,
        thirty_probes: hessian.trace(30, seed + 1).mean / trace,
        twenty_iterations: hessian.power_iteration(&mut hessian.random_direction(seed), 20)
            / largest,
        twenty_lanczos: hessian.largest_eigenvalues(20, seed)[0] / largest,
    })
}
