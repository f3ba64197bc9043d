//! Sweeps: one run for every setting and seed, and fair comparisons.
//!
//! A sweep is a list of settings and a function from a setting and a seed to a score. Runs go to all
//! cores; the results come in the order of the settings, whatever the number of threads.
//!
//! ```
//! use descent::{Adam, Sgd};
//! use lab::landscape::{Rosenbrock, descend};
//! use lab::statistics::geometric;
//! use lab::sweep::{Contender, compare};
//!
//! let start = |seed: u64| [-1.0, 1.0 + 0.1 * seed as f64];
//! let last = |path: lab::landscape::Path| path.losses[path.losses.len() - 1];
//! let table = compare(
//!     &[
//!         Contender::new("SGD", geometric(1e-5, 1e-2, 7), |rate, seed| {
//!             descend(&Rosenbrock, Sgd, rate, &start(seed), 500).map(last)
//!         }),
//!         Contender::new("Adam", geometric(1e-3, 1.0, 7), |rate, seed| {
//!             descend(&Rosenbrock, Adam::default(), rate, &start(seed), 500).map(last)
//!         }),
//!     ],
//!     &[0, 1],
//!     &[2, 3, 4],
//!     |_, _| (),
//! )?;
//! assert!(table[1].median() < table[0].median());
//! # Ok::<(), lab::LabError>(())
//! ```

use crate::random::{Purpose, Stream};
use crate::statistics::{mean, median};
use crate::{LabError, parallel};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial<S> {
    /// What was tried.
    pub setting: S,
    /// The seed.
    pub seed: u64,
    /// What came out: a loss, say, where lower is better. Infinite where the run diverged, that is,
    /// where the optimizer refused a gradient.
    pub score: f64,
}

/// Runs every setting with every seed. After each run `progress` is told how many are done, and of
/// how many; it may be called from any thread.
///
/// # Errors
/// The first setting's that could not be set up. A run that diverges is a result, not an error.
pub fn grid<S: Clone + Sync + Send>(
    settings: &[S],
    seeds: &[u64],
    run: impl Fn(&S, u64) -> Result<f64, LabError> + Sync,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<Vec<Trial<S>>, LabError> {
    let runs: Vec<(&S, u64)> = settings
        .iter()
        .flat_map(|setting| seeds.iter().map(move |&seed| (setting, seed)))
        .collect();
    let done = AtomicUsize::new(0);
    let trial = |&(setting, seed): &(&S, u64)| {
        let score = match run(setting, seed) {
            Err(LabError::Step(_)) => f64::INFINITY,
            other => {
                let score = other?;
                if score.is_nan() { f64::INFINITY } else { score }
            }
        };
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, runs.len());
        Ok(Trial { setting: setting.clone(), seed, score })
    };
    parallel::map(&runs, trial).into_iter().collect()
}

/// `count` settings drawn at random: `draw` makes one from a seeded stream, with
/// [`log_uniform`] for rates, say. Bergstra and Bengio (2012) on why this beats a grid where few of
/// many settings matter.
pub fn random_settings<S>(
    count: usize,
    seed: u64,
    mut draw: impl FnMut(&mut Stream) -> S,
) -> Vec<S> {
    let mut stream = Stream::new(seed, Purpose::Search);
    (0..count).map(|_| draw(&mut stream)).collect()
}

/// A number between `low` and `high`, both positive, whose logarithm is uniform.
pub fn log_uniform(stream: &mut Stream, low: f64, high: f64) -> f64 {
    low * libm::pow(high / low, stream.uniform())
}

/// The setting with the lowest mean score over its seeds, and that mean; `None` if there are no
/// trials. Of equals, the first.
pub fn best<S: PartialEq + Clone>(trials: &[Trial<S>]) -> Option<(S, f64)> {
    let mut best: Option<(S, f64)> = None;
    for (place, trial) in trials.iter().enumerate() {
        if trials[..place].iter().any(|earlier| earlier.setting == trial.setting) {
            continue;
        }
        let scores: Vec<f64> = trials
            .iter()
            .filter(|other| other.setting == trial.setting)
            .map(|other| other.score)
            .collect();
        let score = mean(&scores);
        if best.as_ref().is_none_or(|(_, lowest)| score < *lowest) {
            best = Some((trial.setting.clone(), score));
        }
    }
    best
}

/// Where the best of a grid of rates lies between its points: the lowest point of the parabola
/// through the best and its two neighbors, in the logarithm of the rate. At the edge of the grid it
/// is the edge. `scores` has one entry a rate; rates are in equal ratios.
pub fn interpolated_best(rates: &[f64], scores: &[f64]) -> f64 {
    let lowest = (0..scores.len()).min_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
    if lowest == 0 || lowest + 1 >= scores.len() {
        return rates[lowest];
    }
    let [left, middle, right] = [-1_isize, 0, 1].map(|by| scores[lowest.wrapping_add_signed(by)]);
    let curvature = left - 2.0 * middle + right;
    let shift = if curvature > 0.0 && curvature.is_finite() {
        0.5 * (left - right) / curvature
    } else {
        0.0
    };
    rates[lowest] * libm::pow(rates[lowest + 1] / rates[lowest], shift)
}

type Run<'a> = Box<dyn Fn(f64, u64) -> Result<f64, LabError> + Sync + 'a>;

/// One side of a comparison.
pub struct Contender<'a> {
    name: String,
    rates: Vec<f64>,
    run: Run<'a>,
}

impl<'a> Contender<'a> {
    /// An optimizer by name, the learning rates it may choose from, and a run that returns a score.
    pub fn new(
        name: &str,
        rates: Vec<f64>,
        run: impl Fn(f64, u64) -> Result<f64, LabError> + Sync + 'a,
    ) -> Self {
        Self { name: name.to_owned(), rates, run: Box::new(run) }
    }
}

/// How a contender did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// The learning rate that was best on the tuning seeds.
    pub learning_rate: f64,
    /// Whether that is the lowest or highest of the grid, so that a wider one might do better.
    pub at_the_edge: bool,
    /// The score of each evaluation seed with that rate.
    pub scores: Vec<f64>,
}

impl Standing {
    /// The median score.
    pub fn median(&self) -> f64 {
        median(&self.scores)
    }

    /// The lowest and the highest score.
    pub fn spread(&self) -> (f64, f64) {
        let over = |start, f: fn(f64, f64) -> f64| self.scores.iter().copied().fold(start, f);
        (over(f64::INFINITY, f64::min), over(f64::NEG_INFINITY, f64::max))
    }
}

/// Compares optimizers fairly: each may try the same number of rates on the same tuning seeds, and is
/// then judged, at its best rate, on seeds that were not used for tuning.
///
/// # Errors
/// If contenders bring grids of different sizes or seeds overlap, or if a run could not be set up.
pub fn compare(
    contenders: &[Contender<'_>],
    tuning_seeds: &[u64],
    seeds: &[u64],
    progress: impl Fn(usize, usize) + Sync,
) -> Result<Vec<Standing>, LabError> {
    let budget = contenders.first().map_or(0, |contender| contender.rates.len());
    if let Some(other) = contenders.iter().find(|contender| contender.rates.len() != budget) {
        let given = format!("{} for {}", other.rates.len(), other.name);
        return Err(LabError::setting("rates", given, format!("{budget}, as for the first")));
    }
    if let Some(seed) = seeds.iter().find(|seed| tuning_seeds.contains(seed)) {
        return Err(LabError::setting("seeds", seed, "the seeds that rates are not tuned on"));
    }
    if budget == 0 || tuning_seeds.is_empty() {
        return Err(LabError::setting("rates", "none", "one rate and one tuning seed or more"));
    }
    let total = contenders.len() * (budget * tuning_seeds.len() + seeds.len());
    let done = AtomicUsize::new(0);
    let tick = |_, _| progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let stand = |contender: &Contender<'_>| {
        let run = |rate: &f64, seed| (contender.run)(*rate, seed);
        let tuning = grid(&contender.rates, tuning_seeds, run, tick)?;
        let (learning_rate, _) = best(&tuning).unwrap_or((contender.rates[0], f64::NAN));
        let trials = grid(&[learning_rate], seeds, run, tick)?;
        let ends = [contender.rates[0], contender.rates[budget - 1]];
        Ok(Standing {
            name: contender.name.clone(),
            learning_rate,
            at_the_edge: ends.contains(&learning_rate),
            scores: trials.into_iter().map(|trial| trial.score).collect(),
        })
    };
    contenders.iter().map(stand).collect()
}

#[cfg(test)]
mod tests {
    use super::{Contender, best, compare, grid, interpolated_best, log_uniform, random_settings};
    use crate::LabError;
    use crate::statistics::geometric;

    fn bowl(rate: f64, seed: u64) -> Result<f64, LabError> {
        let away = libm::log(rate / 0.1);
        Ok(away * away + 0.01 * seed as f64)
    }

    #[test]
    fn a_grid_keeps_its_order_and_counts_its_runs() {
        let counts = std::sync::Mutex::new(Vec::new());
        let trials = grid(
            &[1.0, 0.1, 0.01],
            &[0, 1],
            |&rate, seed| bowl(rate, seed),
            |done, of| {
                counts.lock().unwrap().push((done, of));
            },
        )
        .unwrap();
        let order: Vec<(f64, u64)> = trials.iter().map(|t| (t.setting, t.seed)).collect();
        assert_eq!(order, [(1.0, 0), (1.0, 1), (0.1, 0), (0.1, 1), (0.01, 0), (0.01, 1)]);
        assert_eq!(best(&trials).unwrap().0, 0.1);
        let mut counts = counts.into_inner().unwrap();
        counts.sort_unstable();
        assert_eq!(counts, (1..=6).map(|done| (done, 6)).collect::<Vec<_>>());
    }

    #[test]
    fn a_parabola_is_found_between_the_points() {
        let rates = geometric(0.013, 1.3, 9);
        let scores: Vec<f64> = rates.iter().map(|&rate| bowl(rate, 0).unwrap()).collect();
        assert!((interpolated_best(&rates, &scores) - 0.1).abs() < 1e-9);
        assert_eq!(interpolated_best(&[1.0, 2.0], &[1.0, 0.0]), 2.0);
    }

    #[test]
    fn random_settings_repeat_and_stay_in_range() {
        let draw = |seed| random_settings(50, seed, |stream| log_uniform(stream, 1e-4, 1.0));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!(draw(3).iter().all(|rate| (1e-4..1.0).contains(rate)));
        assert!(draw(3).iter().filter(|rate| **rate < 1e-2).count() > 10);
    }

    #[test]
    fn a_comparison_is_fair_or_refused() {
        let fine = || Contender::new("fine", geometric(0.01, 1.0, 5), bowl);
        let table = compare(&[fine()], &[0], &[1, 2], |_, _| ()).unwrap();
        assert!((table[0].learning_rate - 0.1).abs() < 1e-12 && !table[0].at_the_edge);
        assert_eq!(table[0].scores.len(), 2);
        let spoiled = Contender::new("more", geometric(0.01, 1.0, 6), bowl);
        let refusal = compare(&[fine(), spoiled], &[0], &[1], |_, _| ()).err().unwrap();
        assert!(refusal.to_string().contains("6 for more"), "{refusal}");
        let refusal = compare(&[fine()], &[0], &[0], |_, _| ()).err().unwrap();
        assert!(refusal.to_string().contains("seeds = 0"), "{refusal}");
    }
}
