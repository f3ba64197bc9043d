//! What races share: where they are held, how they are drawn, and the numbers beside them.

use crate::control::{Control, Settings};
use crate::exploration::{Coordinate, Handle, Place};
use crate::view::View;
use figures::{Curves, Figure, Trajectories, short};
use lab::experiment::race::{Race, Run, Step};
use lab::landscape::{Course, Path};
use std::cell::RefCell;

/// Settings' name and readers' name of every rule, in the order of their looks.
pub(super) const RULES: &[(&str, &str)] = &[
    ("sgd", "SGD"),
    ("momentum", "momentum"),
    ("nesterov", "Nesterov"),
    ("rmsprop", "RMSprop"),
    ("adam", "Adam"),
    ("adamw", "AdamW"),
    ("lion", "Lion"),
    ("muon", "Muon"),
];

/// About half as much again from one to the next.
pub(super) const RATES: &[f64] = &[
    0.0001, 0.0002, 0.0003, 0.0005, 0.0007, 0.001, 0.0015, 0.002, 0.003, 0.0045, 0.007, 0.01,
    0.015, 0.02, 0.03, 0.045, 0.055, 0.07, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1.0,
];

/// The picture's rectangle, the same on every landscape: a start can then be kept when another is
/// chosen, and a bowl that grows steeper is seen to do so.
const X: (f64, f64) = (-2.8, 2.8);
const Y: (f64, f64) = (-1.2, 2.0);
/// The banana valley rises higher, and so do paths in it.
const HIGH_Y: (f64, f64) = (-1.2, 3.2);

pub(super) const LANDSCAPE: Control = Control::pick(
    "land",
    "landscape",
    &[
        ("bowl", "bowl, a θ₁² + b θ₂²"),
        ("banana", "banana valley (Rosenbrock / 100)"),
        ("saddle", "saddle between two valleys"),
        ("ravine", "noisy ravine: the bowl turned, with noise"),
    ],
);
pub(super) const A: Control =
    Control::range("a", "a (bowl, ravine: curvature 2a)", (0.1, 30.0, 0.1), "1");
pub(super) const B: Control =
    Control::range("b", "b (bowl, ravine: curvature 2b)", (0.1, 30.0, 0.1), "20");
pub(super) const ANGLE: Control =
    Control::range("angle", "turned by, in degrees", (0.0, 90.0, 1.0), "30").under("Noisy ravine");
pub(super) const NOISE: Control =
    Control::range("noise", "σ, noise of each coordinate of g", (0.0, 20.0, 0.5), "4")
        .under("Noisy ravine");
pub(super) const SEED: Control =
    Control::number("seed", "seed of the noise", (0.0, 1e6), "0").under("Noisy ravine");
pub(super) const START_X: Control =
    Control::range("x", "θ₁ of the start", X_RANGE, "-2.2").under("Start, if not dragged");
pub(super) const START_Y: Control =
    Control::range("y", "θ₂ of the start", Y_RANGE, "1.5").under("Start, if not dragged");
const X_RANGE: (f64, f64, f64) = (X.0, X.1, 0.01);
const Y_RANGE: (f64, f64, f64) = (Y.0, Y.1, 0.01);
const MOST_STEPS: u32 = 500;
pub(super) const STEPS: Control =
    Control::choice("steps", "steps taken", &[20.0, 50.0, 100.0, 200.0, 500.0], "100");
pub(super) const TIME: Control =
    Control::time("t", "shown after t steps", (MOST_STEPS, "steps"), "12");

/// The start of every path.
pub(super) const START: Handle = Handle { part: 0, x: Coordinate::Of("x"), y: Coordinate::Of("y") };

/// What settings call the reader's own rule.
pub(super) const OWN: &str = "own";

/// A rule that ran.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// What settings call it.
    pub(super) id: &'static str,
    /// What readers call it.
    pub(super) label: &'static str,
    /// Which look its lines have.
    pub(super) look: usize,
    /// How it fared.
    pub(super) run: Run,
}

/// The race that is set. It goes on for a step more than is shown, so that the step to come can be
/// shown at the last point too.
pub(super) fn race(settings: &Settings) -> Race {
    let (a, b) = (settings.number("a"), settings.number("b"));
    let noisy = settings.text("land") == "ravine";
    let course = match settings.text("land") {
        "banana" => Course::Banana,
        "saddle" => Course::Saddle,
        "ravine" => Course::ravine(a, b, settings.number("angle").to_radians()),
        _ => Course::bowl(a, b),
    };
    Race {
        course,
        noise: if noisy { settings.number("noise") } else { 0.0 },
        seed: settings.number("seed") as u64,
        start: [settings.number("x"), settings.number("y")],
        steps: settings.count("steps") + 1,
    }
}

/// After how many steps the race is shown.
pub(super) fn shown(settings: &Settings) -> usize {
    settings.count("t").min(settings.count("steps"))
}

/// The landscape in words, with its numbers.
pub(super) fn ground(settings: &Settings) -> String {
    let [a, b] = ["a", "b"].map(|name| short(settings.number(name)));
    let curvatures = ["a", "b"].map(|name| short(2.0 * settings.number(name)));
    let [first, second] = &curvatures;
    match settings.text("land") {
        "banana" => "the banana valley ((1 − θ₁)² + 100 (θ₂ − θ₁²)²) / 100".to_owned(),
        "saddle" => "the saddle ½ θ₁² + ¼ (θ₂² − 1)²".to_owned(),
        "ravine" => {
            let noise = match settings.number("noise") {
                0.0 => "without noise".to_owned(),
                noise => format!(
                    "with noise of standard deviation {} in each coordinate of the gradient",
                    short(noise)
                ),
            };
            let angle = short(settings.number("angle"));
            format!(
                "a bowl with curvatures {first} and {second}, turned by {angle} degrees, {noise}"
            )
        }
        _ => {
            format!("the bowl L = {a} θ₁² + {b} θ₂², whose curvatures are {first} and {second}")
        }
    }
}

/// Where an entry stands after so many steps, or where it was before it diverged.
pub(super) fn standing(entry: &Entry, time: usize) -> usize {
    time.min(entry.run.points.len() - 1)
}

/// The step of a run whose point lies nearest to a place among paths, and how far away it is in
/// units of what is near; `None` if none is near.
pub(super) fn nearest(run: &Run, steps: usize, place: &Place) -> Option<(usize, f64)> {
    let away =
        |[x, y]: &[f64; 2]| libm::hypot((x - place.x) / place.near.0, (y - place.y) / place.near.1);
    let all = run.points.iter().take(steps + 1).map(away).enumerate();
    all.filter(|(_, away)| *away < 1.0).min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Paths and losses, with the step that one entry takes next as arrows and as a table.
pub(super) fn view(
    settings: &Settings,
    (title, entries, looked_at): (&str, &[Entry], &Entry),
    summary: String,
) -> View {
    let time = shown(settings);
    let at = standing(looked_at, time);
    let Entry { label, run, .. } = looked_at;
    let step = &run.steps[at];
    let figures =
        [paths(settings, title, entries, (looked_at, at)), losses(settings, entries, time)];
    // Of a rule that the reader typed nothing more is known than its letters.
    let (first, second) = match looked_at.id {
        OWN => ("m", "v"),
        _ => ("m, average of g, or velocity", "v, average of g²"),
    };
    let rows = [
        ("θ, where it is", Some(run.points[at])),
        ("g, gradient", Some(step.gradient)),
        (first, step.first),
        (second, step.second),
        ("m̂, m corrected", step.corrected_first),
        ("v̂, v corrected", step.corrected_second),
        ("the step", Some(step.change)),
    ];
    let row = |(name, pair): &(&str, Option<[f64; 2]>)| {
        let cell = |i: usize| pair.map_or("—".to_owned(), |pair| short(pair[i]));
        vec![(*name).to_owned(), cell(0), cell(1)]
    };
    let caption = format!("Step {} of {label}, and what it is made from", at + 1);
    let rows: Vec<Vec<String>> = rows.iter().map(row).collect();
    let view = View::new(&figures, summary).table(&caption, &["", "θ₁", "θ₂"], &rows);
    let ends = entries.iter().map(|entry| {
        let at = standing(entry, time);
        (entry.id, entry.run.points[at], entry.run.losses[at])
    });
    view.series("standings", ends.collect::<Vec<_>>())
        .series("step", step)
        .series("losses", run.losses.iter().step_by(10).collect::<Vec<_>>())
}

thread_local! {
    /// The landscape that was drawn last: its contours are most of the work of a view.
    static CONTOURS: RefCell<Option<(Course, Trajectories)>> = const { RefCell::new(None) };
}

fn contours(course: &Course) -> Trajectories {
    CONTOURS.with_borrow_mut(|kept| match kept {
        Some((of, drawn)) if of == course => drawn.clone(),
        _ => {
            let description = "Contours of the landscape, with the path of each optimizer.";
            let y = if *course == Course::Banana { HIGH_Y } else { Y };
            let mut drawn = Trajectories::over(course, X, y, "Paths", description).live();
            for [x, y] in course.minima() {
                drawn = drawn.minimum(*x, *y);
            }
            *kept = Some((course.clone(), drawn.clone()));
            drawn
        }
    })
}

fn paths(
    settings: &Settings,
    caption: &str,
    entries: &[Entry],
    (looked_at, at): (&Entry, usize),
) -> Figure {
    let steps = settings.count("steps");
    let mut plot = contours(&race(settings).course).reached(shown(settings));
    for Entry { label, look, run, .. } in entries {
        let points = run.points.iter().take(steps + 1).map(|point| point.to_vec()).collect();
        let losses = run.losses.iter().take(steps + 1).copied().collect();
        plot = plot.look(*look).path(label, &Path { points, losses });
    }
    let Entry { label, run, .. } = looked_at;
    let from = run.points[at];
    let (step, gradients) = arrows(&run.steps[at]);
    let mut legend = Vec::new();
    // Arrows at a point that has left the picture would be a heap at its edge.
    let covers = |(low, high): (f64, f64), at: f64| (low..=high).contains(&at);
    let seen = covers(X, from[0]) && covers(HIGH_Y, from[1]);
    for (scale, arrows) in [step, gradients].into_iter().flatten().filter(|_| seen) {
        let names: Vec<&str> = arrows.iter().map(|(name, _)| *name).collect();
        legend.push(format!("{} × {}", names.join(" and "), short(scale)));
        for (name, [x, y]) in arrows {
            let tip = (from[0] + scale * x, from[1] + scale * y);
            plot = plot.arrow(name, (from[0], from[1]), tip);
        }
    }
    let legend = match legend.is_empty() {
        true if !seen => "the point is outside the picture".to_owned(),
        true => "the step and the gradient are too short for arrows".to_owned(),
        false => format!("arrows are {}", legend.join(", ")),
    };
    plot.figure().caption(format!("{caption} At {label} after {at} steps {legend}."))
}

/// Arrows of one scale, by their names.
type Arrows<'a> = Option<(f64, Vec<(&'a str, [f64; 2])>)>;

/// The step, and what it is made from against its sign, which is the way downhill; each with the
/// factor at which it can be seen.
fn arrows(step: &Step) -> (Arrows<'static>, Arrows<'static>) {
    let against = |[x, y]: [f64; 2]| [-x, -y];
    let mut gradients = vec![("−g", against(step.gradient))];
    gradients.extend(step.corrected_first.map(|m| ("−m̂", against(m))));
    if step.corrected_first.is_none() {
        gradients.extend(step.first.map(|m| ("−m", against(m))));
    }
    (scaled(vec![("step", step.change)], 0.11), scaled(gradients, 0.3))
}

/// The largest of 1, 2 and 5 times a power of ten at which no arrow is longer than this share of the
/// picture, with the arrows.
fn scaled<'a>(arrows: Vec<(&'a str, [f64; 2])>, share: f64) -> Arrows<'a> {
    let length = |[x, y]: [f64; 2]| libm::hypot(x / (X.1 - X.0), y / (Y.1 - Y.0));
    let longest = arrows.iter().map(|(_, arrow)| length(*arrow)).fold(0.0, f64::max);
    let most = share / longest;
    if !(1e-12..1e4).contains(&most) {
        return None;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(most)));
    let factor = [5.0, 2.0].into_iter().find(|factor| factor * power <= most).unwrap_or(1.0);
    Some((factor * power, arrows))
}

fn losses(settings: &Settings, entries: &[Entry], time: usize) -> Figure {
    let steps = settings.count("steps");
    let times: Vec<f64> = (0..=steps).map(|t| t as f64).collect();
    let first = entries.iter().map(|entry| entry.run.losses[0]).fold(1e-12, f64::max);
    let all = || entries.iter().flat_map(|entry| entry.run.losses.iter().copied());
    let lowest = all().filter(|loss| *loss > 0.0).fold(first, f64::min);
    let highest = all().fold(first, f64::max);
    let mut plot =
        Curves::new("Loss by step", "The loss of each optimizer after each step, logarithmically.")
            .axes("step", "loss")
            .log_y()
            .live()
            .x_range(0.0, steps as f64)
            .y_range(lowest.max(first * 1e-9) / 1.5, highest.min(first * 1e2) * 1.5)
            .upright(time as f64);
    for Entry { label, look, run, .. } in entries {
        let shown = run.losses.len().min(steps + 1);
        plot = plot.look(*look).curve(label, &times[..shown], &run.losses[..shown]);
    }
    plot.figure().caption(
        "The upright line is the step up to which paths are drawn. A curve that leaves through the \
         bottom is near the minimum; one that leaves through the top has diverged.",
    )
}

/// Settings at the ends of their controls, for tests; texts are left out.
#[cfg(test)]
pub(super) fn extremes(
    exploration: &crate::exploration::Exploration,
    stream: &mut lab::random::Stream,
) -> Vec<(&'static str, String)> {
    use crate::control::Kind;
    let mut one_of = |values: &[f64]| values[stream.below(values.len())].to_string();
    let setting = |control: &Control| {
        let text = match control.kind {
            Kind::Choice(values) => one_of(&[values[0], values[values.len() - 1]]),
            Kind::Range(low, high, _) | Kind::Number(low, high) => one_of(&[low, high]),
            Kind::Switch => (if one_of(&[0.0, 1.0]) == "0" { "off" } else { "on" }).to_owned(),
            Kind::Pick(options) => {
                let places: Vec<f64> = (0..options.len()).map(|place| place as f64).collect();
                let place: usize = one_of(&places).parse().unwrap();
                options[place].0.to_owned()
            }
            Kind::Time(most, _) => one_of(&[0.0, f64::from(most)]),
            Kind::Text => return None,
        };
        Some((control.name, text))
    };
    exploration.controls.iter().filter_map(setting).collect()
}
