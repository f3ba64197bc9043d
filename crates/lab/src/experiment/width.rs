//! How the best learning rate goes with the width of a network.
//!
//! Yang et al. (2022) derive a parametrization, μP, under which Adam's best rate does not depend on the
//! width, and show that under the standard one it falls about as 1 / width. Ours, on a perceptron of
//! three hidden layers after sixty steps on the digits: an exponent of about −0.7 under the standard
//! parametrization and about 0 under μP, up to a width of 256.

use crate::LabError;
use crate::data::Digits;
use crate::model::{Mlp, Model};
use crate::parallel;
use crate::random::{Purpose, Stream};
use crate::statistics::{mean, slope};
use crate::sweep::interpolated_best;
use crate::train::Trainer;
use descent::{Adam, Group, Linear};
use serde::{Deserialize, Serialize};

/// How initial weights and rates go with the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parametrization {
    /// He's initial weights and one rate for all.
    Standard,
    /// μP, equal to the standard one at a width of 32: hidden and output matrices have a rate
    /// proportional to 1 / width, and initial output weights fall with the width, not its root.
    MaximalUpdate,
}

const BASE_WIDTH: usize = 32;

/// The best rates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestRates {
    /// The widths.
    pub widths: Vec<usize>,
    /// The best rate at each, between the points of the grid.
    pub best: Vec<f64>,
    /// The mean training loss at each width (row) and rate (column).
    pub losses: Vec<Vec<f64>>,
}

impl BestRates {
    /// The exponent p of the best power law η* ∝ widthᵖ.
    pub fn exponent(&self) -> f64 {
        let log = |x: f64| libm::log(x);
        let widths: Vec<f64> = self.widths.iter().map(|width| log(*width as f64)).collect();
        slope(&widths, &self.best.iter().copied().map(log).collect::<Vec<_>>())
    }
}

/// Trains a perceptron of three hidden ReLU layers of each width for sixty steps of Adam in batches of
/// 64, at each rate, which falls to zero in a straight line.
///
/// # Errors
/// If a rate is not a finite number of at least 0.
pub fn best_rates(
    parametrization: Parametrization,
    widths: &[usize],
    rates: &[f64],
    seeds: &[u64],
) -> Result<BestRates, LabError> {
    let digits = Digits::load();
    let run = |&(width, rate, seed): &(usize, f64, u64)| {
        training_loss(parametrization, width, rate, &digits, seed)
    };
    let runs: Vec<_> = widths
        .iter()
        .flat_map(|&width| rates.iter().map(move |&rate| (width, rate)))
        .flat_map(|(width, rate)| seeds.iter().map(move |&seed| (width, rate, seed)))
        .collect();
    let losses = parallel::map(&runs, run).into_iter().collect::<Result<Vec<_>, _>>()?;
    let means: Vec<f64> = losses.chunks(seeds.len()).map(mean).collect();
    let losses: Vec<Vec<f64>> = means.chunks(rates.len()).map(<[f64]>::to_vec).collect();
    let logs = |row: &Vec<f64>| row.iter().map(|loss| libm::log(*loss)).collect::<Vec<_>>();
    let best = losses.iter().map(|row| interpolated_best(rates, &logs(row))).collect();
    Ok(BestRates { widths: widths.to_vec(), best, losses })
}

fn training_loss(
    parametrization: Parametrization,
    width: usize,
    rate: f64,
    digits: &Digits,
    seed: u64,
) -> Result<f64, LabError> {
    const STEPS: u64 = 60;
    const OUTPUT: &str = "weight4";
    let model = Mlp::relu(&[64, width, width, width, 10]);
    let narrowing = BASE_WIDTH as f64 / width as f64;
    let (hidden_share, output_share) = match parametrization {
        Parametrization::Standard => (1.0, 1.0),
        Parametrization::MaximalUpdate => (narrowing, narrowing.sqrt()),
    };
    let mut start = Model::initial(&model, &mut Stream::new(seed, Purpose::Initialization));
    for (name, array) in start.iter_mut() {
        if name == OUTPUT {
            // He's variance of 2 / inputs is for units that a ReLU follows.
            array.mapv_inplace(|w| output_share * w / std::f64::consts::SQRT_2);
        }
    }
    let line = |base_lr| Linear { base_lr, min_lr: 0.0, total_steps: STEPS };
    let adam = Adam { eps: 1e-10, ..Adam::default() };
    let groups = vec![
        Group::new("inputs", adam, line(rate)),
        Group::new("hidden", adam, line(hidden_share * rate)),
    ];
    let assign = |name: &str, _: &[usize]| match name {
        "weight2" | "weight3" | OUTPUT => "hidden",
        _ => "inputs",
    };
    let trainer = Trainer::grouped(&model, groups, assign, &digits.training, 64, seed)?;
    let mut trainer = trainer.starting_from(start)?;
    match trainer.run(STEPS as usize, |_| ()) {
        Ok(_) => Ok(trainer.loss(&digits.training)),
        Err(LabError::Step(_)) => Ok(f64::INFINITY),
        Err(other) => Err(other),
    }
}
