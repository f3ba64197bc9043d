//! How fast momentum is for each learning rate and β, and a run at one of them.

use crate::control::{Control, Settings};
use crate::exploration::{Changes, Coordinate, Exploration, Handle, Place, Refusal};
use crate::view::View;
use figures::{Curves, Field, Figure, short};
use lab::experiment::momentum::{
    Eigenvalues, Method, factors, ravine_run, spectral_radius, steps_to_shrink, tuned,
};
use lab::landscape::Path;
use lab::statistics::linear;
use std::iter::successors;

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "phase",
    title: "Momentum's phase diagram",
    invitation: "Drag the chosen point, or click elsewhere in the map, and watch the two \
                 directions of the bowl beside it: which of them limits the speed, and which \
                 oscillates? Then raise κ, and follow the best place.",
    controls: &[
        Control::pick(
            "method",
            "method",
            &[("heavy-ball", "heavy ball"), ("nesterov", "Nesterov")],
        ),
        Control::choice(
            "kappa",
            "κ, largest curvature (the smallest is 1)",
            &[2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0],
            "100",
        ),
        Control::range("rate", "ηκ, learning rate times κ", RATES, "1.8"),
        Control::range("beta", "β, momentum", BETAS, "0.9"),
        Control::choice("steps", "steps shown", &[20.0, 60.0, 200.0, 1000.0], "60"),
    ],
    handles: &[Handle { part: 0, x: Coordinate::Of("rate"), y: Coordinate::Of("beta") }],
    pick: Some(pick),
    view,
    ..Exploration::BLANK
};

/// The learning rates times κ that can be set: low, high and step. From 4 on nothing converges.
const RATES: (f64, f64, f64) = (0.02, 4.0, 0.02);
const BETAS: (f64, f64, f64) = (0.0, 0.99, 0.01);

/// The factors at which the map may have lines.
const LEVELS: [f64; 14] =
    [0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0];

/// What one direction of the bowl does, from its eigenvalues.
fn motion(method: Method, learning_rate: f64, curvature: f64) -> String {
    let factor = method.factor(learning_rate, curvature);
    let by = short(factor);
    let (roots, way) = match method.eigenvalues(learning_rate, curvature) {
        Eigenvalues::Conjugate { .. } => ("complex", "oscillates"),
        Eigenvalues::Real { leading, .. } if leading < 0.0 => {
            ("real", "changes its sign at every step")
        }
        Eigenvalues::Real { .. } => ("real", "keeps its sign (over-damped)"),
    };
    let end = if factor < 1.0 { "" } else { ", and diverges" };
    format!("the roots are {roots}: the error {way}, and a step multiplies it by {by}{end}")
}

/// How many steps of a run are looked at: the error of the slowest that arrive is far below a tenth by then.
const WATCHED: usize = 2000;

/// The first step from which on a run's distance from the minimum stays below a tenth of its start.
fn stays_below_a_tenth(path: &Path) -> Option<usize> {
    let length = |point: &[f64]| (point[0] * point[0] + point[1] * point[1]).sqrt();
    let limit = 0.1 * length(path.points.first()?);
    let last_above = path.points.iter().rposition(|point| length(point) >= limit)?;
    (last_above + 1 < path.points.len()).then_some(last_above + 1)
}

/// The setting that its theory calls best: η κ and β.
fn best(of_beta: fn(f64) -> Method, kappa: f64) -> (f64, f64) {
    let [_, heavy_ball, _, nesterov] = tuned(kappa);
    let tuned = if matches!(of_beta(0.0), Method::Nesterov { .. }) { nesterov } else { heavy_ball };
    let beta = match tuned.method {
        Method::Plain => 0.0,
        Method::HeavyBall { beta } | Method::Nesterov { beta } => beta,
    };
    (tuned.learning_rate * kappa, beta)
}

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let (kappa, beta) = (settings.number("kappa"), settings.number("beta"));
    let learning_rate = settings.number("rate") / kappa;
    let (name, of_beta): (_, fn(f64) -> Method) = match settings.text("method") {
        "nesterov" => ("Nesterov's method", |beta| Method::Nesterov { beta }),
        _ => ("The heavy ball", |beta| Method::HeavyBall { beta }),
    };
    let method = of_beta(beta);
    let steps = settings.count("steps");
    // Looked at for longer than is shown, since a run may leave again what it had reached.
    let whole = ravine_run(method, learning_rate, kappa, WATCHED.max(steps))?;
    let shown = (steps + 1).min(whole.points.len());
    let path =
        Path { points: whole.points[..shown].to_vec(), losses: whole.losses[..shown].to_vec() };
    let factor = spectral_radius(method, learning_rate, kappa);
    let (best_rate, best_beta) = best(of_beta, kappa);
    let best_factor = spectral_radius(of_beta(best_beta), best_rate / kappa, kappa);

    let expected = match steps_to_shrink(factor, 0.1) {
        Some(steps) => format!("in the long run, {} steps for a tenth of the error", short(steps)),
        None => "the run diverges".to_owned(),
    };
    let taken = whole.points.len() - 1;
    let measured = match stays_below_a_tenth(&whole) {
        Some(step) => {
            format!("This run stays under a tenth of its start from step {step} on.")
        }
        None if taken < WATCHED => format!("This run is stopped after {taken} steps, far out."),
        None => {
            format!("This run does not come to stay under a tenth of its start in {taken} steps.")
        }
    };
    let summary = format!(
        "{name} with η = {} and β = {beta}, on a bowl with curvatures from 1 to {}: the factor of \
         a step is {}, so {expected}. {measured} Along curvature 1 {}; along curvature {} {}. The \
         best setting, η = {} and β = {}, has the factor {}: {} steps for a tenth.",
        short(learning_rate),
        short(kappa),
        short(factor),
        motion(method, learning_rate, 1.0),
        short(kappa),
        motion(method, learning_rate, kappa),
        short(best_rate / kappa),
        short(best_beta),
        short(best_factor),
        short(steps_to_shrink(best_factor, 0.1).unwrap_or(f64::INFINITY)),
    );
    let map = map(of_beta, kappa, (settings.number("rate"), beta), (best_rate, best_beta));
    let run = run(&path, kappa, [1.0, kappa].map(|h| method.factor(learning_rate, h)));
    Ok(View::new(&[map, run], summary)
        .series("factor", factor)
        .series("flat", coordinate(&path, 0))
        .series("steep", coordinate(&path, 1)))
}

fn coordinate(path: &Path, place: usize) -> Vec<f64> {
    path.points.iter().map(|point| point[place]).collect()
}

/// The factors over the plane, with the border of divergence and the lines on which two roots meet.
fn map(of_beta: fn(f64) -> Method, kappa: f64, chosen: (f64, f64), best: (f64, f64)) -> Figure {
    let (low, high) = ((0.0, RATES.1), (BETAS.0, BETAS.1));
    let rates: Vec<f64> = linear(low.0, low.1, 80).into_iter().map(|rate| rate / kappa).collect();
    let betas = linear(high.0, high.1, 60);
    let factors = factors(of_beta, &rates, &betas, kappa);
    // Bands below the lowest factor would use up colors, and beyond 1 all is alike.
    let lowest = factors.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let lines = LEVELS.into_iter().filter(|level| *level > lowest);
    let levels: Vec<f64> = [0.0].into_iter().chain(lines).chain([10.0]).collect();
    let border: Vec<(f64, f64)> =
        betas.iter().map(|&beta| (of_beta(beta).stability_limit(1.0), beta)).collect();
    Field::new(
        (low, high),
        &factors,
        "The factor of a step",
        "By what factor a step shrinks the error in the long run, for each learning rate and β. \
         Darker is faster. Beyond the heavy line runs diverge.",
    )
    .axes("learning rate times largest curvature, ηκ", "momentum β")
    .levels(&levels)
    .curve(&border)
    .mark("best", best.0, best.1)
    .mark("chosen", chosen.0, chosen.1)
    .live()
    .figure()
    .caption(
        "Each line joins settings of one factor; darker is faster. The heavy line is the border \
         beyond which runs diverge. The bottom edge is gradient descent.",
    )
}

/// The errors of a run in both directions, and what their factors promise.
fn run(path: &Path, kappa: f64, factors: [f64; 2]) -> Figure {
    /// Errors below this are not worth an axis.
    const SMALLEST: f64 = 1e-12;
    let steps: Vec<f64> = (0..path.points.len()).map(|step| step as f64).collect();
    let errors = [0, 1].map(|i| coordinate(path, i).iter().map(|x| x.abs()).collect::<Vec<f64>>());
    let promised = factors.map(|factor| {
        let powers = successors(Some(1.0), |power| Some(factor * power));
        powers.take(steps.len()).collect::<Vec<f64>>()
    });
    let all = || errors.iter().chain(&promised).flatten().filter(|x| **x > 0.0).copied();
    let lowest = all().fold(1.0, f64::min).max(SMALLEST);
    let highest = all().fold(1.0, f64::max);
    let steep = short(kappa);
    Curves::new(
        "The chosen setting, run",
        "The distance from the minimum along the directions with the smallest and the largest \
         curvature λ, by step, and the factor of each direction to the power of the step.",
    )
    .axes("step t", "error")
    .log_y()
    .y_range(0.7 * lowest, 1.5 * highest)
    .curve("|θ|, λ = 1", &steps, &errors[0])
    .curve(&format!("|θ|, λ = {steep}"), &steps, &errors[1])
    .curve("factorᵗ, λ = 1", &steps, &promised[0])
    .curve(&format!("factorᵗ, λ = {steep}"), &steps, &promised[1])
    .live()
    .figure()
    .caption(
        "A dip is a passage through zero: that direction oscillates. Compare the slopes with those \
         of the theory's lines; a run may lie above its line by a constant.",
    )
}

/// A place in the map is a learning rate and a β.
fn pick(_settings: &Settings, place: &Place) -> Changes {
    if place.part != 0 {
        return Changes::new();
    }
    let onto = |(low, high, step): (f64, f64, f64), at: f64| {
        let steps = ((at - low) / step).round();
        format!("{:.2}", (low + steps * step).clamp(low, high))
    };
    Changes::from([("rate", onto(RATES, place.x)), ("beta", onto(BETAS, place.y))])
}

#[cfg(test)]
mod tests {
    use super::{EXPLORATION, best, spectral_radius};
    use crate::exploration::Place;
    use crate::explorations::corners::{run_every_corner, with};
    use lab::experiment::momentum::Method;
    use std::collections::BTreeMap;

    #[test]
    fn the_first_state_says_what_eigenvalues_say() {
        let view = EXPLORATION.first().unwrap();
        // Both directions are complex there, so the factor is √β.
        let factor = view.series["factor"].as_f64().unwrap();
        assert!((factor - 0.9_f64.sqrt()).abs() < 1e-12);
        assert_eq!(view.summary.matches("roots are complex").count(), 2, "{}", view.summary);
        assert!(view.summary.contains("44 steps for a tenth"), "{}", view.summary);
    }

    /// A run that comes back above a tenth later has not stayed below it, however few steps are shown.
    #[test]
    fn when_a_run_stays_below_a_tenth_does_not_depend_on_what_is_shown() {
        let said = |steps: &str| {
            let settings = [("beta", "0.98"), ("rate", "1.8"), ("steps", steps)];
            let summary = with(&EXPLORATION, &settings).unwrap().summary;
            let step = summary.split("from step ").nth(1).unwrap().split(' ').next().unwrap();
            step.parse::<u32>().unwrap()
        };
        let steps = [said("20"), said("60"), said("200"), said("1000")];
        assert!(steps.iter().all(|step| *step == steps[0] && *step > 200), "{steps:?}");
    }

    #[test]
    fn no_setting_is_faster_than_the_one_that_is_marked() {
        let methods: [fn(f64) -> Method; 2] =
            [|beta| Method::HeavyBall { beta }, |beta| Method::Nesterov { beta }];
        for (method, kappa) in methods.into_iter().flat_map(|m| [(m, 5.0), (m, 100.0)]) {
            let (rate, beta) = best(method, kappa);
            let factor = spectral_radius(method(beta), rate / kappa, kappa);
            for beta in lab::statistics::linear(0.0, 0.99, 100) {
                for rate in lab::statistics::linear(0.02, 4.0, 200) {
                    assert!(spectral_radius(method(beta), rate / kappa, kappa) >= factor - 1e-7);
                }
            }
        }
    }

    #[test]
    fn the_two_directions_are_told_apart() {
        let summary = |settings| with(&EXPLORATION, settings).unwrap().summary;
        let plain = summary(&[("beta", "0"), ("rate", "1.9")]);
        assert!(plain.contains("over-damped") && plain.contains("changes its sign"), "{plain}");
        let fast = summary(&[("beta", "0"), ("rate", "2.1")]);
        assert!(fast.contains("multiplies it by 1.1, and diverges"), "{fast}");
        // The same setting diverges under Nesterov's method and not under the heavy ball.
        let (heavy, ahead) = (&[("rate", "3")], &[("rate", "3"), ("method", "nesterov")]);
        assert!(!summary(heavy).contains("diverges"));
        assert!(summary(ahead).contains("the run diverges"));
    }

    #[test]
    fn a_click_in_the_map_chooses_what_the_sliders_can_be() {
        let settings = BTreeMap::new();
        let pick = |part, x, y| {
            EXPLORATION.pick(&settings, &Place { part, x, y, near: (0.2, 0.05) }).unwrap()
        };
        let chosen = pick(0, 3.3071, 0.6693);
        assert_eq!((chosen["rate"].as_str(), chosen["beta"].as_str()), ("3.30", "0.67"));
        let outside = pick(0, 9.0, -1.0);
        assert_eq!((outside["rate"].as_str(), outside["beta"].as_str()), ("4.00", "0.00"));
        assert!(pick(1, 3.0, 0.5).is_empty());
    }

    #[test]
    fn every_corner_is_shown() {
        run_every_corner(&EXPLORATION);
    }
}
