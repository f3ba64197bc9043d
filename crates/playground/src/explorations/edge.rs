//! Sharpness against its limit, while a small network is trained on all of its data.

use crate::control::{Control, Settings};
use crate::exploration::{Exploration, Refusal};
use crate::view::View;
use figures::{Curves, Figure, short};
use lab::experiment::edge_of_stability::{Config, Edge, Learner, Subject, run_watched};
use lab::experiment::momentum::Method;
use std::ops::ControlFlow;

/// A loss of this many times the first one does not come back.
const DIVERGED: f64 = 1e6;
/// How often the sharpness is measured in a run; on the digits a measurement takes longer than all
/// the steps around it.
const MEASUREMENTS: usize = 100;
const MEASUREMENTS_ON_DIGITS: usize = 50;
/// How often the view so far is drawn in a run.
const DRAWN: usize = 25;

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "edge",
    title: "A run at the edge of stability",
    invitation: "Run it, and watch the sharpness climb to its limit and stay there, while the loss \
                 spikes and falls all the same. Then find a rate that never gets there, and one \
                 that does not survive.",
    controls: &[
        Control::choice(
            "rate",
            "η, learning rate (Adam wants about a hundredth of the others')",
            &[
                0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5,
                1.0, 2.0, 5.0,
            ],
            "0.1",
        ),
        Control::pick(
            "learner",
            "learner",
            &[("plain", "gradient descent"), ("heavy-ball", "heavy ball"), ("adam", "Adam")],
        ),
        Control::choice(
            "beta",
            "β of the heavy ball, β₁ of Adam (whose β₂ is 0.99)",
            &[0.0, 0.5, 0.8, 0.9, 0.95],
            "0.9",
        ),
        Control::pick(
            "subject",
            "what is learned",
            &[("polynomial", "a polynomial, at twenty points"), ("digits", "two hundred digits")],
        ),
        Control::choice("steps", "steps", &[500.0, 1000.0, 2000.0, 4000.0, 8000.0], "4000"),
        Control::choice("seed", "seed of the first weights", &[0.0, 1.0, 2.0, 3.0, 4.0], "0"),
    ],
    long: true,
    view,
    ..Exploration::BLANK
};

fn view(settings: &Settings, draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let beta = settings.number("beta");
    let learner = match settings.text("learner") {
        "heavy-ball" => Learner::Descent(Method::HeavyBall { beta }),
        "adam" => Learner::Adam { beta1: beta, beta2: 0.99 },
        _ => Learner::Descent(Method::Plain),
    };
    let steps = settings.count("steps");
    let (subject, measurements) = match settings.text("subject") {
        "digits" => (Subject::Digits, MEASUREMENTS_ON_DIGITS),
        _ => (Subject::Polynomial, MEASUREMENTS),
    };
    let config = Config {
        subject,
        learner,
        learning_rate: settings.number("rate"),
        steps,
        every: steps / measurements,
        seed: settings.count("seed") as u64,
    };
    // The first measurement of a run comes after some steps, when much may have happened.
    let start = sharpness_at_the_start(&config)?;
    let edge = run_watched(&config, |edge| {
        if edge.losses.len() % (steps / DRAWN) == 0 {
            draw(&shown(&config, with_start(edge, start)));
        }
        if diverged(edge) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(shown(&config, with_start(&edge, start)))
}

/// A run with what it began with as its first measurement.
fn with_start(edge: &Edge, start: Option<f64>) -> Edge {
    let mut edge = edge.clone();
    if let Some(start) = start {
        edge.steps.insert(0, 0);
        edge.sharpness.insert(0, start);
        edge.preconditioned.insert(0, start);
    }
    edge
}

/// The sharpness of the network that a run of gradient descent begins with. Adam's is that of its own
/// steps, of which there are none.
fn sharpness_at_the_start(config: &Config) -> Result<Option<f64>, Refusal> {
    let Learner::Descent(_) = config.learner else { return Ok(None) };
    let hardly = Config { learning_rate: 1e-12, steps: 1, every: 1, ..*config };
    let edge = run_watched(&hardly, |_| ControlFlow::Continue(()))?;
    Ok(edge.sharpness.first().copied())
}

fn diverged(edge: &Edge) -> bool {
    let (first, last) = (edge.losses[0], edge.final_loss());
    !last.is_finite() || last > DIVERGED * first
}

/// The run so far, or all of it.
fn shown(config: &Config, edge: Edge) -> View {
    View::new(&pictures(config, &edge), summary(config, &edge))
        .series("losses", some_hundreds(&edge.losses))
        .series("steps", &edge.steps)
        .series("sharpness", &edge.sharpness)
        .series("preconditioned", &edge.preconditioned)
        .series("limit", edge.limit)
}

fn pictures(config: &Config, edge: &Edge) -> [Figure; 2] {
    let adam = matches!(config.learner, Learner::Adam { .. });
    let all = if diverged(edge) { edge.losses.len() } else { config.steps };
    // The last label is as wide as the room to the right of the axis.
    let all = 1.04 * all as f64;
    let steps: Vec<f64> = (1..=edge.losses.len()).map(|step| step as f64).collect();
    let loss = Curves::new("Loss", "The training loss on all of the data before each step.")
        .axes("step", "training loss")
        .log_y()
        .x_range(0.0, all)
        .curve("loss", &steps, &edge.losses)
        .figure()
        .caption(match diverged(edge) {
            true => "The steps overshoot by more and more.",
            false => {
                "Where the sharpness overshoots its line, the loss spikes; its valleys go down all \
                 the same."
            }
        });
    let (title, label) = match adam {
        true => ("Preconditioned sharpness", "preconditioned sharpness"),
        false => ("Sharpness", "sharpness"),
    };
    let measured: Vec<f64> = edge.steps.iter().map(|step| *step as f64).collect();
    let highest = edge.preconditioned.iter().copied().fold(edge.limit, f64::max);
    // A run that diverges may do so before it is measured again, or twice.
    let few = edge.preconditioned.len() < 4;
    let top = match few {
        true => 1.1 * highest,
        // What goes far beyond has left the edge; the rest should still be seen.
        false => (1.1 * highest).min(2.5 * edge.limit),
    };
    let chart = Curves::new(
        title,
        "The largest eigenvalue of the Hessian of the training loss, for Adam after division by \
         what Adam divides by, and the value above which a quadratic would diverge.",
    )
    .axes("step", label)
    .x_range(0.0, all)
    .y_range(0.0, top)
    .level("limit", edge.limit);
    let chart = match few {
        true => chart.marked_curve(label, &measured, &edge.preconditioned),
        false => chart.curve(label, &measured, &edge.preconditioned),
    };
    let sharpness = chart.figure().caption(format!(
        "The line is at {}: on a quadratic with a curvature above it, this learner diverges.",
        limit_in_words(config.learner)
    ));
    [loss, sharpness]
}

fn limit_in_words(learner: Learner) -> &'static str {
    match learner {
        Learner::Descent(Method::Plain) => "2/η",
        Learner::Descent(Method::HeavyBall { .. }) => "2 (1 + β)/η",
        Learner::Descent(Method::Nesterov { .. }) => "(2 + 2β)/((1 + 2β) η)",
        Learner::Adam { .. } => "2 (1 + β₁)/((1 − β₁) η)",
    }
}

fn summary(config: &Config, edge: &Edge) -> String {
    let Config { learning_rate, learner, .. } = *config;
    let taken = edge.losses.len();
    let limit = format!("the limit {} is {}", limit_in_words(learner), short(edge.limit));
    let which = match learner {
        Learner::Adam { .. } => "preconditioned sharpness",
        Learner::Descent(_) => "sharpness",
    };
    if diverged(edge) {
        let seen = match edge.preconditioned.as_slice() {
            [start] if edge.steps == [0] => {
                format!("The sharpness was {} at the start", short(*start))
            }
            [.., last] => format!("The {which} was last measured at {}", short(*last)),
            [] => format!("That was before the {which} was measured"),
        };
        return format!(
            "At η = {} the run diverged: the loss began at {}, and at step {taken} it was more than a \
             million times that. {seen}; {limit}. A lower rate is needed.",
            short(learning_rate),
            short(edge.losses[0]),
        );
    }
    let Some((first, last)) = edge.preconditioned.first().zip(edge.preconditioned.last()) else {
        return format!("The {which} has not been measured yet; {limit}.");
    };
    let met = edge.preconditioned.iter().position(|sharpness| *sharpness > 0.97 * edge.limit);
    let hovering = match met {
        None => format!(
            "It has not come to the edge: its highest is {} of the limit.",
            short(edge.preconditioned.iter().copied().fold(0.0, f64::max) / edge.limit)
        ),
        Some(met) => {
            let (mean, low, high) = edge.hovering();
            let when = match edge.steps[met] {
                0 => "It was near the limit, or above it, from the start".to_owned(),
                step => format!("It was near the limit first at step {step}"),
            };
            format!(
                "{when}; in the second half of the run so far it is \
                 {} of the limit on average, from {} to {}.",
                short(mean),
                short(low),
                short(high)
            )
        }
    };
    let rising = match taken {
        0 | 1 => 0.0,
        _ => edge.share_rising(),
    };
    format!(
        "After {taken} of {} steps at η = {} the loss is {}; it began at {} and rose at {} percent of the \
         steps. The {which} went from {} to {}; {limit}. {hovering}",
        config.steps,
        short(learning_rate),
        short(edge.final_loss()),
        short(edge.losses[0]),
        short((100.0 * rising).round()),
        short(*first),
        short(*last),
    )
}

/// Of a long run, some hundreds of losses, the first among them.
fn some_hundreds(losses: &[f64]) -> Vec<f64> {
    let stride = losses.len().div_ceil(400).max(1);
    losses.iter().copied().step_by(stride).collect()
}

#[cfg(test)]
mod tests {
    use super::EXPLORATION;
    use crate::exploration::ExplorationError;
    use crate::view::View;
    use lab::experiment::edge_of_stability::{Config, Learner, Subject, run};
    use lab::experiment::momentum::Method;
    use serde_json::json;

    fn shown(
        settings: &[(&str, &str)],
        draw: &mut dyn FnMut(&View),
    ) -> Result<View, ExplorationError> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        EXPLORATION.run(&settings.iter().map(pair).collect(), draw)
    }

    fn sound(view: &View) {
        assert_eq!(view.parts.len(), 2);
        for part in &view.parts {
            assert!(part.contains("<svg") && !part.contains("NaN") && !part.contains("inf"));
        }
        assert!(!view.summary.contains("not a number") && !view.summary.contains('∞'));
        let numbers: usize = view.series.values().filter_map(|v| v.as_array()).map(Vec::len).sum();
        assert!(numbers < 2000);
    }

    #[test]
    fn the_first_run_comes_to_two_over_the_rate_and_is_drawn_on_its_way() {
        let mut drawn = Vec::new();
        let view = shown(&[], &mut |view| drawn.push(view.clone())).unwrap();
        assert_eq!(drawn.len(), 25);
        drawn.iter().for_each(sound);
        sound(&view);
        assert_eq!(view.series["limit"], json!(20.0));
        assert!(view.summary.contains("near the limit first at step"), "{}", view.summary);
        let last = view.series["sharpness"].as_array().unwrap().last().unwrap().as_f64().unwrap();
        assert!((0.8..1.2).contains(&(last / 20.0)), "{last}");
        let config = Config {
            subject: Subject::Polynomial,
            learner: Learner::Descent(Method::Plain),
            learning_rate: 0.1,
            steps: 4000,
            every: 40,
            seed: 0,
        };
        // After the one it began with, the measurements are the lab's.
        let measured = view.series["sharpness"].as_array().unwrap();
        assert_eq!(json!(measured[1..]), json!(run(&config).unwrap().sharpness));
    }

    #[test]
    fn a_low_rate_does_not_get_there_and_a_high_one_does_not_survive() {
        let low = shown(&[("rate", "0.01"), ("steps", "1000")], &mut |_| ()).unwrap();
        assert!(low.summary.contains("has not come to the edge"), "{}", low.summary);
        sound(&low);
        let high = shown(&[("rate", "5"), ("steps", "1000")], &mut |_| ()).unwrap();
        assert!(high.summary.contains("the run diverged"), "{}", high.summary);
        assert!(high.summary.contains("at the start"), "{}", high.summary);
        sound(&high);
    }

    #[test]
    fn each_learner_has_its_own_limit() {
        for (learner, limit) in [("plain", 20.0), ("heavy-ball", 38.0), ("adam", 380.0)] {
            let settings = [("learner", learner), ("steps", "500")];
            let view = shown(&settings, &mut |_| ()).unwrap();
            let found = view.series["limit"].as_f64().unwrap();
            assert!((found - limit).abs() < 1e-9, "{learner}: {found}");
            sound(&view);
        }
    }

    #[test]
    fn every_corner_ends_with_a_view() {
        for rate in ["0.0001", "0.1", "1", "5"] {
            for learner in ["plain", "heavy-ball", "adam"] {
                for beta in ["0", "0.95"] {
                    let settings = [
                        ("rate", rate),
                        ("learner", learner),
                        ("beta", beta),
                        ("steps", "500"),
                        ("seed", "4"),
                    ];
                    let mut draws = 0;
                    let view = shown(&settings, &mut |view| {
                        draws += 1;
                        sound(view);
                    });
                    sound(&view.unwrap());
                    assert!(draws <= 25);
                }
            }
        }
        let digits = [("subject", "digits"), ("rate", "5"), ("steps", "500")];
        sound(&shown(&digits, &mut |_| ()).unwrap());
        assert_eq!(shown(&[("rate", "7")], &mut |_| ()).unwrap_err().control(), Some("rate"));
    }
}
