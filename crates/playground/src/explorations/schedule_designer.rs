//! A schedule made of pieces, what a run makes of it, and the code for it.

mod code;
mod design;

use crate::control::{Control, Settings};
use crate::exploration::{Coordinate, Exploration, Handle, Refusal};
use crate::view::View;
use descent::Schedule;
use design::{Decay, Design, Main};
use figures::{Curves, Figure, short};
use lab::landscape::{Descent, NoisyQuadratic};

/// How long the run in the model is, and how many curvatures it has.
const STEPS: u64 = 500;
const DIMENSION: usize = 200;
const HIGHEST: f64 = 2.4;
const SEED: u64 = 1;
/// Two over the largest curvature of the model.
const LIMIT: f64 = 2.0;
/// As many steps as for ever.
const LONG: u64 = 1 << 30;

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "schedule",
    title: "A schedule of your own",
    invitation: "Drag the end of the warmup, the peak, and the step at which the final decay begins, \
                 and watch the loss at the end. What does it cost to begin the decay late, and what to begin it early?",
    controls: &[
        Control::range("peak", "peak η", (0.05, HIGHEST, 0.05), "1"),
        Control::range("warmup", "warmup, steps (0: none)", (0.0, 400.0, 5.0), "50"),
        Control::pick(
            "main",
            "main part",
            &[
                ("constant", "constant"),
                ("cosine", "cosine"),
                ("linear", "line"),
                ("square", "polynomial, power 2"),
                ("inverse-sqrt", "inverse square root"),
                ("step", "step decay"),
                ("exponential", "exponential"),
            ],
        ),
        Control::pick(
            "decay",
            "final decay",
            &[("linear", "line"), ("cosine", "cosine"), ("none", "none")],
        ),
        Control::range("from", "final decay begins after step", (5.0, 495.0, 5.0), "400"),
        Control::choice("batch", "batch size of the model", &[1.0, 4.0, 16.0, 64.0, 256.0], "1"),
        Control::switch("run", "one run with draws", false),
        Control::choice("floor", "a cosine or line ends at", SHARES, "0.1").under("main part"),
        Control::choice("cut", "a cut leaves", &[0.1, 0.2, 0.3, 0.5, 0.8], "0.5")
            .under("main part"),
        Control::range("every", "steps for each cut", (5.0, 250.0, 5.0), "100").under("main part"),
        Control::choice("end", "final decay ends at, of where it begins", SHARES, "0")
            .under("final decay"),
        Control::number("steps", "steps of your run", (100.0, 1e9), "10000").under("for the code"),
        Control::number("rate", "peak η of your run", (1e-12, 1e6), "0.001").under("for the code"),
    ],
    handles: &[
        Handle { part: 0, x: Coordinate::Of("warmup"), y: Coordinate::Of("peak") },
        Handle { part: 0, x: Coordinate::Of("from"), y: Coordinate::At(0.0) },
    ],
    view,
    ..Exploration::BLANK
};

/// Shares of a rate.
const SHARES: &[f64] = &[0.0, 0.01, 0.05, 0.1, 0.2, 0.5];

/// The design over the model's steps.
fn design(settings: &Settings) -> Result<Design, Refusal> {
    let main = match settings.text("main") {
        "constant" => Main::Constant,
        "cosine" => Main::Cosine,
        "linear" => Main::Linear,
        "square" => Main::Square,
        "inverse-sqrt" => Main::InverseSqrt,
        "step" => Main::Step,
        _ => Main::Exponential,
    };
    let decay = match settings.text("decay") {
        "linear" => Some(Decay::Linear),
        "cosine" => Some(Decay::Cosine),
        _ => None,
    };
    let length = |control| settings.count(control) as u64;
    let warmup = length("warmup");
    let until = decay.map_or(STEPS, |_| length("from"));
    if warmup >= until {
        let message = format!(
            "the warmup has to end before the final decay begins, which is after step {until}; \
             shorten it, or move the decay"
        );
        return Err(Refusal::of("warmup", message));
    }
    Ok(Design {
        peak: settings.number("peak"),
        warmup,
        main,
        main_steps: until - warmup,
        floor: settings.number("floor"),
        cut: settings.number("cut"),
        every: length("every"),
        decay,
        decay_steps: STEPS - until,
        end: settings.number("end"),
    })
}

/// The design over the steps of the reader's run, with its peak.
fn stretched(design: &Design, settings: &Settings) -> Result<Design, Refusal> {
    let steps = settings.number("steps");
    if steps != libm::round(steps) {
        let message = format!("a whole number is needed, and {steps} is none");
        return Err(Refusal::of("steps", message));
    }
    Ok(design.stretched(steps as u64, settings.number("rate")))
}

/// What a run makes of a schedule.
struct Course {
    rates: Vec<f64>,
    /// The expected loss before the first step.
    initial: f64,
    losses: Vec<f64>,
    /// With the peak throughout.
    constant: Vec<f64>,
    /// Where a constant rate at the peak comes to rest; ∞ if it does not.
    rest: f64,
    run: Option<Vec<f64>>,
}

fn course(design: &Design, batch_size: f64, run: bool) -> Course {
    let model = NoisyQuadratic::harmonic(DIMENSION);
    let rates = design.schedule().rates(STEPS);
    let peak = Descent { learning_rate: design.peak, momentum: 0.0, batch_size };
    // At the limit itself the steepest direction walks at random, farther and farther.
    let rests = design.peak < LIMIT;
    Course {
        initial: model.initial_loss(),
        losses: model.expected_losses(&rates, batch_size, None),
        constant: model.expected_losses(&vec![design.peak; rates.len()], batch_size, None),
        rest: if rests { model.expected_loss(&peak, LONG) } else { f64::INFINITY },
        run: run.then(|| model.losses_of_run(&rates, batch_size, SEED)),
        rates,
    }
}

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let design = design(settings)?;
    let stretched = stretched(&design, settings)?;
    let course = course(&design, settings.number("batch"), settings.on("run"));
    let figures = [rate_figure(&course), loss_figure(&course)];
    let last = stretched.steps();
    Ok(View::new(&figures, summary(&design, &course))
        .table(
            &format!(
                "The corners of the same shape in your own run, over {last} steps with peak {} (set under “for \
                 the code”)",
                short(stretched.peak)
            ),
            &["where", "step, from 1 (Descent)", "step, from 0 (PyTorch, Optax)", "rate"],
            &corners(&stretched),
        )
        .code("Code for Descent", &code::rust(&stretched))
        .code("Code for PyTorch", &code::pytorch(&stretched))
        .code("Code for Optax", &code::optax(&stretched))
        .series("rates", &course.rates)
        .series("losses", &course.losses)
        .series("run", &course.run))
}

fn steps() -> Vec<f64> {
    (1..=STEPS).map(|step| step as f64).collect()
}

fn rate_figure(course: &Course) -> Figure {
    Curves::new(
        "The schedule",
        "The learning rate of every step, and the rate above which the steepest direction diverges.",
    )
    .axes("step", "learning rate η")
    .live()
    .x_range(0.0, STEPS as f64)
    .y_range(0.0, HIGHEST)
    .level("limit of stability, 2/λ", LIMIT)
    .curve("η", &steps(), &course.rates)
    .figure()
    .caption(
        "Drag the corner after the warmup, and on the lower edge the step after which the final \
         decay begins.",
    )
}

fn loss_figure(course: &Course) -> Figure {
    let most = 10.0 * course.initial;
    let every = course.losses.iter().chain(&course.constant).chain(course.run.iter().flatten());
    let shown = |low: f64, loss: &f64| if *loss > 0.0 { low.min(*loss) } else { low };
    let lowest = every.clone().fold(course.initial, shown).max(1e-12);
    let highest = every.fold(course.initial, |high, loss| high.max(*loss)).min(most);
    let steps = steps();
    let mut chart = Curves::new(
        "The loss it leads to",
        "The expected loss of the noisy quadratic after each step, with this schedule and with its \
         peak throughout.",
    )
    .axes("step", "loss")
    .log_y()
    .x_range(0.0, STEPS as f64)
    .y_range(lowest / 1.3, highest * 1.3)
    .curve("this schedule", &steps, &course.losses)
    .curve("constant at its peak", &steps, &course.constant);
    if let Some(run) = &course.run {
        chart = chart.curve("one run", &steps, run);
    }
    if (lowest..highest).contains(&course.rest) {
        chart = chart.level("where the peak rests", course.rest);
    }
    chart.figure().caption(
        "Expected losses are computed; a run scatters around them. A constant rate comes \
         to rest where noise and curvature balance; a decay gets below.",
    )
}

fn summary(design: &Design, course: &Course) -> String {
    let at = |step: u64| course.rates[step.clamp(1, STEPS) as usize - 1];
    let loss = |step: u64| match step {
        0 => course.initial,
        step => course.losses[step.min(STEPS) as usize - 1],
    };
    let rates = match design.warmup {
        0 => format!("Without a warmup the rate is {} at step 1", short(at(1))),
        warmup => format!(
            "The rate is {} at step 1, {} at step {warmup}, the last of the warmup,",
            short(at(1)),
            short(at(warmup))
        ),
    };
    let rates = format!("{rates} and {} at step {STEPS}, the last.", short(at(STEPS)));
    let rest = if course.rest.is_finite() {
        format!("in the long run it would rest at {}", short(course.rest))
    } else {
        "it does not come to rest, for the peak is not below the limit of stability".to_owned()
    };
    let losses = format!(
        "The expected loss falls from {} to {}. With the peak throughout it ends at {}; {rest}.",
        short(course.initial),
        short(loss(STEPS)),
        short(course.constant[STEPS as usize - 1]),
    );
    let losses = if loss(STEPS) < course.initial {
        losses
    } else {
        losses.replace("falls from", "goes from")
    };
    let decay = match design.decay {
        None => String::new(),
        Some(_) => {
            let until = design.warmup + design.main_steps;
            format!(
                " The final decay takes the loss from {}, after step {until}, to {}.",
                short(loss(until)),
                short(loss(STEPS))
            )
        }
    };
    format!("{rates} {losses}{decay}")
}

/// The steps at which the pieces meet, with their rates.
fn corners(design: &Design) -> Vec<Vec<String>> {
    let schedule = design.schedule();
    let last = design.steps();
    let mut places = vec![("first step", 1)];
    if design.warmup > 0 {
        places.push(("last of the warmup", design.warmup));
        places.push(("first after the warmup", design.warmup + 1));
    }
    if design.decay.is_some() {
        places.push(("first of the final decay", design.warmup + design.main_steps + 1));
    }
    places.extend([("last step", last), ("beyond the end", last + 1)]);
    let row = |(place, step): (&str, u64)| {
        let rate = short(schedule.learning_rate(step));
        vec![place.to_owned(), step.to_string(), (step - 1).to_string(), rate]
    };
    places.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explorations::corners;
    use lab::random::{Purpose, Stream};
    use std::collections::BTreeMap;

    fn show(settings: &[(&str, &str)]) -> Result<View, crate::ExplorationError> {
        corners::with(&EXPLORATION, settings)
    }

    fn last(view: &View, name: &str) -> f64 {
        let numbers = view.series[name].as_array().unwrap();
        numbers.last().unwrap().as_f64().unwrap_or(f64::INFINITY)
    }

    /// E = η/(B (2 − η h)) of each coordinate at rest, from E = (1 − η h)² E + η² h/B.
    #[test]
    fn the_first_state_ends_below_where_its_peak_rests() {
        let view = show(&[]).unwrap();
        let curvatures = (1..=DIMENSION).map(|i| 1.0 / i as f64);
        let rest: f64 = curvatures.map(|h| 0.5 * h / (2.0 - h)).sum();
        let settings = EXPLORATION.read(&BTreeMap::new()).unwrap();
        let course = course(&design(&settings).unwrap(), 1.0, false);
        assert!((course.rest / rest - 1.0).abs() < 1e-9);
        assert!(last(&view, "losses") < 0.5 * rest);
        assert!((course.constant[499] / rest - 1.0).abs() < 0.05);
    }

    #[test]
    fn a_decay_lowers_the_loss_and_a_peak_beyond_the_limit_ruins_it() {
        let end = |settings: &[(&str, &str)]| last(&show(settings).unwrap(), "losses");
        assert!(end(&[]) < 0.5 * end(&[("decay", "none")]));
        assert!(end(&[("decay", "none"), ("batch", "16")]) < end(&[("decay", "none")]));
        assert!(end(&[("peak", "2.4")]) > 1e6);
        assert!(show(&[("peak", "2.4")]).unwrap().summary.contains("does not come to rest"));
        assert!(show(&[("peak", "2")]).unwrap().summary.contains("does not come to rest"));
        assert!(show(&[("warmup", "0")]).unwrap().summary.contains("Without a warmup"));
    }

    #[test]
    fn what_cannot_be_is_refused_beside_its_field() {
        for (settings, control) in [
            (&[("warmup", "300"), ("from", "200")] as &[_], "warmup"),
            (&[("steps", "100.5")], "steps"),
            (&[("steps", "99")], "steps"),
            (&[("rate", "0")], "rate"),
            (&[("peak", "3")], "peak"),
        ] {
            assert_eq!(show(settings).unwrap_err().control(), Some(control), "{settings:?}");
        }
        assert!(show(&[("warmup", "300"), ("from", "200"), ("decay", "none")]).is_ok());
    }

    #[test]
    fn any_settings_draw_or_are_refused() {
        let mut stream = Stream::new(0, Purpose::Noise);
        for _ in 0..150 {
            let mut settings: Vec<(&str, String)> = Vec::new();
            for control in EXPLORATION.controls {
                use crate::Kind;
                let value = match control.kind {
                    Kind::Choice(values) => values[stream.below(values.len())].to_string(),
                    Kind::Number(low, high) => [low, high][stream.below(2)].to_string(),
                    Kind::Range(low, high, _) if stream.below(2) == 0 => {
                        [low, high][stream.below(2)].to_string()
                    }
                    Kind::Range(low, high, _) => {
                        (low + (high - low) * stream.uniform()).to_string()
                    }
                    Kind::Pick(options) => options[stream.below(options.len())].0.to_owned(),
                    Kind::Switch => ["on", "off"][stream.below(2)].to_owned(),
                    _ => control.first.to_owned(),
                };
                settings.push((control.name, value));
            }
            let settings: Vec<(&str, &str)> =
                settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
            match show(&settings) {
                Ok(view) => {
                    let all = view.parts.concat();
                    assert!(all.contains("<svg"), "{settings:?}");
                    assert!(!all.contains("NaN") && !all.contains("inf"), "{settings:?}");
                }
                Err(error) => assert!(error.control().is_some(), "{settings:?} {error}"),
            }
        }
    }
}
