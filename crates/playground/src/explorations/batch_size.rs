//! Steps to a target against the batch size, with the rate tuned or scaled by a rule.

use crate::control::{Control, Settings};
use crate::exploration::{Changes, Coordinate, Exploration, Handle, Place, Refusal};
use crate::view::View;
use figures::{Curves, Figure, short};
use lab::experiment::critical_batch::{Config, Way, critical_batch_size};

/// The batch sizes that are tried.
const BATCHES: &[f64] = &[1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0];
const DIMENSION: usize = 1000;

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "batch",
    title: "What a larger batch buys",
    invitation: "Make the batch larger and watch the steps fall, until they do not. Then scale the \
                 rate with the batch instead of tuning it: up to which batch does the rule hold?",
    controls: &[
        Control::choice("batch", "B, batch size", BATCHES, "16"),
        Control::pick(
            "rule",
            "learning rate",
            &[
                ("linear", "linear scaling, η ∝ B"),
                ("root", "square-root scaling, η ∝ √B"),
                ("kept", "kept as it is at B = 1"),
                ("tuned", "tuned for each batch size"),
            ],
        ),
        Control::range("rate", "η/(1 − β) at B = 1", (0.001, 0.3, 0.001), "0.04"),
        Control::choice("momentum", "β, momentum (0 is SGD)", &[0.0, 0.5, 0.8, 0.9, 0.95], "0"),
        Control::choice(
            "target",
            "loss to reach (the start has 3.7)",
            &[0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0],
            "0.1",
        ),
        Control::choice(
            "noise",
            "noise, variance of one example's gradient in units of its curvature",
            &[0.1, 0.3, 1.0, 3.0, 10.0, 30.0],
            "1",
        ),
    ],
    handles: &[Handle { part: 1, x: Coordinate::At(1.0), y: Coordinate::Of("rate") }],
    pick: Some(pick),
    view,
    ..Exploration::BLANK
};

/// Everything that is shown.
struct Scaling {
    config: Config,
    /// Whether the rates are tuned rather than scaled.
    tuned: bool,
    /// With the rates that were asked for.
    chosen: Vec<Way>,
    /// With the best rates.
    best: Vec<Way>,
    /// With the best rate and without noise.
    fewest: Option<u64>,
    critical: Option<f64>,
}

fn run(settings: &Settings) -> Scaling {
    let config = Config {
        dimension: DIMENSION,
        noise: settings.number("noise"),
        target: settings.number("target"),
        momentum: settings.number("momentum"),
    };
    let with_none: Vec<f64> = BATCHES.iter().copied().chain([f64::INFINITY]).collect();
    let mut best = config.tuned(&with_none);
    let fewest = best.pop().and_then(|way| way.steps);
    let rate = settings.number("rate");
    let scaled = |factor: &dyn Fn(f64) -> f64| -> Vec<Way> {
        BATCHES.iter().map(|&batch| config.way(rate * factor(batch), batch)).collect()
    };
    let (tuned, chosen) = match settings.text("rule") {
        "linear" => (false, scaled(&|batch| batch)),
        "root" => (false, scaled(&|batch: f64| batch.sqrt())),
        "kept" => (false, scaled(&|_| 1.0)),
        _ => (true, best.clone()),
    };
    // The best rate is the best of a grid, unless a rate that was asked for is better.
    for (best, chosen) in best.iter_mut().zip(&chosen) {
        if chosen.count() < best.count() {
            *best = *chosen;
        }
    }
    let critical = fewest.and_then(|fewest| critical_batch_size(BATCHES, &best, fewest));
    Scaling { config, tuned, chosen, best, fewest, critical }
}

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let scaling = run(settings);
    let batch = settings.number("batch");
    let at = BATCHES.iter().position(|known| *known == batch).unwrap_or(0);
    let count = |ways: &[Way]| ways.iter().map(|way| way.steps).collect::<Vec<_>>();
    let rates = |ways: &[Way]| ways.iter().map(|way| way.rate).collect::<Vec<_>>();
    let figures = [steps_figure(&scaling, batch), rates_figure(&scaling, batch)];
    Ok(View::new(&figures, summary(&scaling, at))
        .table(
            &format!("To an expected loss of {}", short(scaling.config.target)),
            &[
                "batch size",
                "η/(1 − β)",
                "steps",
                "examples",
                "steps with the best η/(1 − β)",
                "best η/(1 − β)",
            ],
            &rows(&scaling),
        )
        .series("chosen_steps", count(&scaling.chosen))
        .series("chosen_rates", rates(&scaling.chosen))
        .series("best_steps", count(&scaling.best))
        .series("best_rates", rates(&scaling.best))
        .series("critical", scaling.critical))
}

fn counts(ways: &[Way]) -> Vec<f64> {
    ways.iter().map(Way::count).collect()
}

fn steps_figure(scaling: &Scaling, batch: f64) -> Figure {
    let mut chart = Curves::new(
        "Steps to the target",
        "How many steps bring the expected loss to the target, against the batch size, with the \
         rates that were chosen and with the best ones; perfect scaling beside it.",
    )
    .axes("batch size B", "steps")
    .log_x()
    .log_y()
    .live()
    .x_range(0.7, 9e4)
    .upright(batch);
    if !scaling.tuned {
        chart = chart.marked_curve("as chosen", BATCHES, &counts(&scaling.chosen));
    }
    chart = chart.marked_curve("best rate", BATCHES, &counts(&scaling.best));
    // Perfect scaling leads through the first batch size that arrives.
    let lowest = scaling.fewest.unwrap_or(1) as f64;
    if let Some(first) = scaling.best.iter().position(|way| way.steps.is_some()) {
        let examples = BATCHES[first] * scaling.best[first].count();
        // A line that goes on for ever would press all else to the top.
        let perfect = |batch: &f64| Some(examples / batch).filter(|steps| *steps > 0.2 * lowest);
        let perfect: Vec<f64> = BATCHES.iter().map(|b| perfect(b).unwrap_or(f64::NAN)).collect();
        chart = chart.curve("perfect scaling", BATCHES, &perfect);
    }
    if let (Some(critical), Some(fewest)) = (scaling.critical, scaling.fewest) {
        let twice = 2.0 * fewest as f64;
        chart = chart.marked_curve("critical size", &[critical], &[twice]);
        chart = chart.level("without noise", fewest as f64);
    }
    chart.figure().caption(
        "The upright line is the batch size that is set; click for another. The critical size is \
         where the best steps are twice what they would be without noise. Where a curve is missing \
         the target is never reached.",
    )
}

fn rates_figure(scaling: &Scaling, batch: f64) -> Figure {
    let limit = scaling.config.stability_limit();
    // Rates of batches that never arrive say nothing of what is best.
    let rate = |way: &Way| if way.steps.is_some() { way.rate } else { f64::NAN };
    let best: Vec<f64> = scaling.best.iter().map(rate).collect();
    let chosen: Vec<f64> = scaling.chosen.iter().map(|way| way.rate).collect();
    let mut chart = Curves::new(
        "The rate",
        "The learning rate divided by one minus the momentum, against the batch size, as chosen and \
         as is best, with the limit above which no batch is large enough.",
    )
    .axes("batch size B", "η/(1 − β)")
    .log_x()
    .log_y()
    .live()
    .x_range(0.7, 9e4)
    .y_range(5e-4, 10.0 * limit)
    .level("limit of stability", limit)
    .upright(batch);
    if !scaling.tuned {
        chart = chart.curve("as chosen", BATCHES, &chosen);
    }
    chart.marked_curve("best rate", BATCHES, &best).figure().caption(
        "Drag the first point of the rule. A rule holds as long as its line stays on the best one.",
    )
}

fn summary(scaling: &Scaling, at: usize) -> String {
    let Config { target, momentum, .. } = scaling.config;
    let (batch, way, best) = (BATCHES[at], scaling.chosen[at], scaling.best[at]);
    let rule = if momentum > 0.0 { format!("Momentum {momentum}") } else { "SGD".to_owned() };
    // The axis has η/(1 − β), which is η where there is no momentum.
    let in_words = |rate: f64| match momentum {
        0.0 => format!("η = {}", short(rate)),
        _ => format!("η = {}, that is η/(1 − β) = {}", short(rate * (1.0 - momentum)), short(rate)),
    };
    let examples = |steps: u64| short(steps as f64 * batch);
    let arrives = |way: &Way| match way.steps {
        Some(steps) => {
            format!("{} steps, or {} examples", short(steps as f64), examples(steps))
        }
        None => "no number of steps is enough".to_owned(),
    };
    let why = match way.steps {
        Some(_) => format!("takes {}", arrives(&way)),
        None if way.rate >= scaling.config.stability_limit() => {
            "diverges, for the rate is above the limit of stability".to_owned()
        }
        None => "never arrives: noise keeps the loss above the target at this rate".to_owned(),
    };
    let chosen = format!(
        "{rule} with a batch of {batch} and the {} {}, from a loss of {} to one of {}, {why}.",
        if scaling.tuned { "best rate" } else { "rate" },
        in_words(way.rate),
        short(scaling.config.initial_loss()),
        short(target),
    );
    let compared = if scaling.tuned {
        String::new()
    } else {
        format!(" The best rate there is {}: {}.", in_words(best.rate), arrives(&best))
    };
    let regime = match (scaling.critical, scaling.fewest) {
        (Some(critical), Some(fewest)) => {
            let place = match batch / critical {
                ratio if ratio < 0.1 => {
                    "far below it: a larger batch saves steps nearly in proportion"
                }
                ratio if ratio < 0.5 => {
                    "below it: a larger batch saves many steps, and costs some examples"
                }
                ratio if ratio <= 2.0 => "about there: steps are still saved, and examples spent",
                _ => "above it: a larger batch saves next to nothing",
            };
            format!(
                " The critical batch size, at which the best steps are twice the {} that it takes \
                 without noise, is {}; {batch} is {place}.",
                short(fewest as f64),
                short(critical)
            )
        }
        _ => " The critical batch size lies outside the sizes shown.".to_owned(),
    };
    format!("{chosen}{compared}{regime}")
}

fn rows(scaling: &Scaling) -> Vec<Vec<String>> {
    let steps = |way: &Way| way.steps.map_or("never".to_owned(), |steps| short(steps as f64));
    let row = |((batch, way), best): ((&f64, &Way), &Way)| {
        let examples = way.steps.map_or("–".to_owned(), |steps| short(steps as f64 * batch));
        let best_rate = best.steps.map_or("–".to_owned(), |_| short(best.rate));
        vec![batch.to_string(), short(way.rate), steps(way), examples, steps(best), best_rate]
    };
    BATCHES.iter().zip(&scaling.chosen).zip(&scaling.best).map(row).collect()
}

/// A place in either figure is the batch size nearest to it.
fn pick(_settings: &Settings, place: &Place) -> Changes {
    if place.x.is_nan() || place.x <= 0.0 {
        return Changes::new();
    }
    let distance = |batch: &f64| (libm::log(*batch) - libm::log(place.x)).abs();
    let nearest = BATCHES.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.map(|batch| ("batch", batch.to_string())).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explorations::corners;
    use lab::experiment::scaling::steps_by_batch;
    use std::collections::BTreeMap;

    fn show(settings: &[(&str, &str)]) -> Result<View, crate::ExplorationError> {
        corners::with(&EXPLORATION, settings)
    }

    fn series(view: &View, name: &str) -> Vec<f64> {
        let numbers = view.series[name].as_array().unwrap().iter();
        numbers.map(|number| number.as_f64().unwrap_or(f64::INFINITY)).collect()
    }

    #[test]
    fn the_first_state_is_the_chapters_figure() {
        let best = series(&show(&[]).unwrap(), "best_steps");
        let lab = steps_by_batch(&BATCHES[..4], 0.0, 60);
        for (ours, theirs) in best.iter().zip(&lab.steps) {
            assert!((ours / theirs - 1.0).abs() < 0.06, "{ours} {theirs}");
        }
    }

    /// Linear scaling is right below the critical size and diverges above the limit.
    #[test]
    fn linear_scaling_holds_up_to_the_bend() {
        let view = show(&[]).unwrap();
        let (chosen, best) = (series(&view, "chosen_steps"), series(&view, "best_steps"));
        assert!(chosen[2] < 1.1 * best[2]);
        assert!(chosen[5].is_infinite() && best[5].is_finite());
        let root = series(&show(&[("rule", "root")]).unwrap(), "chosen_steps");
        assert!(root[2] > 1.5 * best[2]);
    }

    #[test]
    fn momentum_and_noise_move_the_bend() {
        let critical = |settings: &[(&str, &str)]| {
            show(settings).unwrap().series["critical"].as_f64().unwrap()
        };
        let plain = critical(&[]);
        assert!(critical(&[("momentum", "0.9")]) > 3.0 * plain);
        assert!((critical(&[("noise", "10")]) / (10.0 * plain) - 1.0).abs() < 0.1);
    }

    #[test]
    fn every_corner_draws() {
        corners::run_every_corner(&EXPLORATION);
    }

    #[test]
    fn a_place_is_the_nearest_batch_size_and_nonsense_is_refused() {
        let settings = EXPLORATION.read(&BTreeMap::new()).unwrap();
        let place = |x| Place { part: 0, x, y: 1.0, near: (0.0, 0.0) };
        assert_eq!(pick(&settings, &place(40.0))["batch"], "64");
        assert_eq!(pick(&settings, &place(1e300))["batch"], "65536");
        assert!(pick(&settings, &place(-1.0)).is_empty());
        assert_eq!(show(&[("batch", "5")]).unwrap_err().control(), Some("batch"));
    }
}
