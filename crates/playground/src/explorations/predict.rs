//! Predict, then run: a loss curve is sketched before it is shown.

use crate::control::{Control, Settings};
use crate::exploration::{Coordinate, Exploration, Handle, Refusal};
use crate::view::View;
use figures::{Curves, short};
use lab::experiment::predictions::{STEPS, Scenario};
use lab::statistics::mean;

/// The lowest and highest decade of the axis, the same for every scenario, so that it tells nothing.
const DECADES: (f64, f64) = (-6.0, 3.0);
/// At which steps the curve is sketched, and by which control.
const SKETCHED: [(u32, &str); 8] = [
    (25, "p1"),
    (50, "p2"),
    (75, "p3"),
    (100, "p4"),
    (125, "p5"),
    (150, "p6"),
    (175, "p7"),
    (200, "p8"),
];

const fn sketched(name: &'static str, label: &'static str, first: &'static str) -> Control {
    Control::range(name, label, (DECADES.0, DECADES.1, 0.05), first)
        .under("The sketch: log₁₀ of the loss over its first value")
}

const fn handle(place: usize) -> Handle {
    let (step, name) = SKETCHED[place];
    Handle { part: 0, x: Coordinate::At(step as f64), y: Coordinate::Of(name) }
}

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "predict",
    title: "Predict, then run",
    invitation: "Choose a run and drag the points to where you expect its loss. Then run it, and \
                 see by how many decades you were off; the next scenario is a new chance.",
    controls: &[
        Control::pick(
            "run",
            "the run",
            &[
                ("spike", "Adam, one gradient a thousand times too large at step 60"),
                ("border", "gradient descent just below its stability limit"),
                ("heavy-ball", "the heavy ball, tuned by theory for κ = 1000"),
                ("cosine", "noisy gradients, cosine schedule to zero"),
                ("cut", "noisy gradients, rate cut to a twentieth at step 100"),
                ("signs", "steps along the gradient's signs"),
            ],
        )
        .resetting("reveal"),
        Control::switch("reveal", "run it", false),
        sketched("p1", "at step 25", "-0.6"),
        sketched("p2", "at step 50", "-1.2"),
        sketched("p3", "at step 75", "-1.8"),
        sketched("p4", "at step 100", "-2.4"),
        sketched("p5", "at step 125", "-3"),
        sketched("p6", "at step 150", "-3.6"),
        sketched("p7", "at step 175", "-4.2"),
        sketched("p8", "at step 200", "-4.8"),
    ],
    handles: &[
        handle(0),
        handle(1),
        handle(2),
        handle(3),
        handle(4),
        handle(5),
        handle(6),
        handle(7),
    ],
    view,
    ..Exploration::BLANK
};

/// What is told about a run before it is shown, and what explains it after.
struct Told {
    scenario: Scenario,
    setting: &'static str,
    reason: &'static str,
}

fn told(run: &str) -> Told {
    match run {
        "border" => Told {
            scenario: Scenario::Border,
            setting: "Gradient descent on a bowl with curvatures 1 and 25, from (1, 1), with a rate \
                      of 0.99 times the highest at which it does not diverge.",
            reason: "The steep coordinate changes sign at every step and the path zigzags, but the \
                     loss sees its square only, which shrinks by the same factor every time: \
                     0.98². A path that bounces is not a loss that does.",
        },
        "heavy-ball" => Told {
            scenario: Scenario::HeavyBall,
            setting: "The heavy ball on a bowl with curvatures 1 and 1000, from (1, 1), with the \
                      rate and the β that are best for them in the long run.",
            reason: "The best β makes two eigenvalues coincide, and then an error goes as t ρᵗ: it \
                     grows first, to a loss above a hundred times the first one, before ρᵗ wins. \
                     The theory's rate is about the end, and silent about the way.",
        },
        "cosine" => Told {
            scenario: Scenario::Cosine,
            setting: "Gradient descent on a bowl of twenty coordinates with curvatures 1, 1/2, 1/3 \
                      and so on, whose gradients carry noise: the expected loss, with a rate that \
                      falls from 1 to 0 over half a cosine.",
            reason: "At a high rate the loss is mostly what the noise keeps up, and that falls only \
                     as the rate does. So the curve gets steeper towards the end, until the \
                     rate is too low for anything to happen.",
        },
        "cut" => Told {
            scenario: Scenario::Cut,
            setting: "Gradient descent on a bowl of ten coordinates with curvatures 1, 1/2, 1/3 and \
                      so on, whose gradients carry noise: the expected loss, with a rate of 1, and \
                      of 1/20 after step 100.",
            reason: "The plateau was the floor of the noise, which is as high as the rate. Cut the \
                     rate, and the loss falls to a lower floor, as fast as the low rate lets it.",
        },
        "signs" => Told {
            scenario: Scenario::Signs,
            setting: "On a bowl with curvatures 1 and 10, from (1.005, 0.705), each coordinate moves \
                      by 0.01 a step, against the sign of its gradient.",
            reason: "The distance falls by the same amount a step, not by the same factor, so on a \
                     logarithmic scale the curve gets steeper and steeper; then a step of \
                     constant length can only hop from one side of the minimum to the other.",
        },
        _ => Told {
            scenario: Scenario::Spike,
            setting: "Adam with β₂ = 0.999 and a rate of 0.01, without noise, on a bowl with five \
                      curvatures from 1 to 100; the gradient of step 60 arrives a thousand times \
                      too large.",
            reason: "Adam bounds the step that the spike itself makes, so there is no jump to speak \
                     of. But its square sits in v for some thousand steps and divides every \
                     later step by about a hundred: the run as good as stands still.",
        },
    }
}

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let Told { scenario, setting, reason } = told(settings.text("run"));
    let sketch: Vec<f64> = SKETCHED.iter().map(|(_, name)| settings.number(name)).collect();
    // Every curve starts at its first loss.
    let (mut steps, mut heights) = (vec![0.0], vec![0.0]);
    steps.extend(SKETCHED.iter().map(|(step, _)| f64::from(*step)));
    heights.extend(&sketch);
    let chart = Curves::new(
        "The loss you expect",
        "Decimal logarithm of the loss over its first value against the step: a sketch through \
         points that can be moved, and the run where it has been made.",
    )
    .axes("step", "log₁₀(loss / first loss)")
    .live()
    .x_range(0.0, 1.04 * STEPS as f64)
    .y_range(DECADES.0, DECADES.1)
    .marked_curve("your sketch", &steps, &heights);
    if !settings.on("reveal") {
        let figure = chart.figure().caption(
            "Every curve starts at 0. Drag the points; one unit down is a loss ten times lower. \
             The axis is the same for every run.",
        );
        let expected = |place: usize| {
            let (step, _) = SKETCHED[place];
            format!("{} at step {step}", short(sketch[place]))
        };
        let summary = format!(
            "{setting} You expect the logarithm of the loss, which starts at 0, to be {}, {}, {} \
             and {}. Change the sketch until you would bet on it, then switch on “run it”.",
            expected(1),
            expected(3),
            expected(5),
            expected(7),
        );
        return Ok(View::new(&[figure], summary).series("sketch", sketch));
    }
    let run = scenario.log_losses()?;
    let times: Vec<f64> = (0..run.len()).map(|step| step as f64).collect();
    let found: Vec<f64> = SKETCHED.iter().map(|(step, _)| run[*step as usize]).collect();
    let apart: Vec<f64> = sketch.iter().zip(&found).map(|(a, b)| (a - b).abs()).collect();
    let distance = mean(&apart);
    let worst = (0..apart.len()).max_by(|&a, &b| apart[a].total_cmp(&apart[b])).unwrap_or(0);
    let figure = chart.curve("the run", &times, &run).figure().caption(
        "The run over your sketch. Look at where the two part, and at whether the sketch has the \
         right shape, even where its height is wrong.",
    );
    let summary = format!(
        "{setting} On average over the eight steps your sketch is {} decades from the run, which \
         ends at {}. It is farthest off at step {}: you expected {}, it is {}. \
         {reason}",
        short(distance),
        short(found[SKETCHED.len() - 1]),
        SKETCHED[worst].0,
        short(sketch[worst]),
        short(found[worst]),
    );
    let view = View::new(&[figure], summary).series("sketch", &sketch).series("run", &run);
    Ok(View { record: Some(distance), ..view })
}

#[cfg(test)]
mod tests {
    use super::{EXPLORATION, SKETCHED, told};
    use crate::control::Kind;
    use crate::exploration::ExplorationError;
    use crate::view::View;
    use lab::random::{Purpose, Stream};
    use std::collections::BTreeMap;

    fn shown(settings: &[(&str, &str)]) -> Result<View, ExplorationError> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        EXPLORATION.run(&settings.iter().map(pair).collect(), &mut |_| ())
    }

    fn runs() -> Vec<&'static str> {
        let Kind::Pick(options) = EXPLORATION.controls[0].kind else {
            panic!("a pick comes first")
        };
        options.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn until_it_is_run_nothing_tells_the_answer() {
        let blank = |run: &str| {
            let View { parts, series, record, summary } = shown(&[("run", run)]).unwrap();
            assert_eq!((series.len(), record), (1, None));
            let Told { setting, .. } = &told(run);
            (parts, series, summary.replace(setting, ""))
        };
        use super::Told;
        // What is shown is the same for every run, but for the words that say what it is.
        for run in runs() {
            assert_eq!(blank(run), blank("spike"), "{run}");
        }
    }

    #[test]
    fn a_perfect_sketch_is_no_distance_away_and_a_flat_one_is() {
        for run in runs() {
            let losses = told(run).scenario.log_losses().unwrap();
            let mut exact = vec![("run", run.to_owned()), ("reveal", "on".to_owned())];
            exact.extend(SKETCHED.map(|(step, name)| (name, losses[step as usize].to_string())));
            let exact: Vec<(&str, &str)> = exact.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let view = shown(&exact).unwrap();
            assert!(view.record.unwrap() < 1e-12, "{run}: {:?}", view.record);
            let naive = shown(&[("run", run), ("reveal", "on")]).unwrap();
            assert!(naive.record.unwrap() > 0.1, "{run}: {:?}", naive.record);
            assert!(naive.summary.contains(told(run).reason));
        }
    }

    #[test]
    fn the_distance_is_the_mean_over_the_steps_sketched() {
        let losses = told("border").scenario.log_losses().unwrap();
        let view = shown(&[("run", "border"), ("reveal", "on"), ("p3", "3")]).unwrap();
        let sketch = [-0.6, -1.2, 3.0, -2.4, -3.0, -3.6, -4.2, -4.8];
        let apart =
            SKETCHED.iter().zip(sketch).map(|((step, _), y)| (losses[*step as usize] - y).abs());
        assert!((view.record.unwrap() - apart.sum::<f64>() / 8.0).abs() < 1e-12);
        assert!(view.summary.contains("farthest off at step 75"), "{}", view.summary);
    }

    #[test]
    fn any_sketch_can_be_drawn_and_what_is_none_is_refused() {
        let mut stream = Stream::new(0, Purpose::Noise);
        let runs = runs();
        for round in 0..120 {
            let mut settings: BTreeMap<String, String> = BTreeMap::new();
            settings.insert("run".into(), runs[round % runs.len()].into());
            settings.insert("reveal".into(), if round % 4 < 2 { "on" } else { "off" }.into());
            for (_, name) in SKETCHED {
                let height = [-6.0, 3.0, 0.0, -6.0 + 9.0 * stream.uniform()][stream.below(4)];
                settings.insert(name.into(), height.to_string());
            }
            let view = EXPLORATION.run(&settings, &mut |_| ()).unwrap();
            assert!(view.parts[0].contains("<svg") && view.parts[0].contains("data-x"));
            assert!(!view.parts[0].contains("NaN") && !view.parts[0].contains("inf"));
        }
        assert_eq!(shown(&[("p4", "-7")]).unwrap_err().control(), Some("p4"));
        assert_eq!(shown(&[("run", "lion")]).unwrap_err().control(), Some("run"));
    }
}
