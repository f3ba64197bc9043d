//! Up to eight optimizers on one landscape, their paths, and what moves one of them.

use super::track::{self, Entry, RATES, RULES};
use crate::control::{Control, Settings};
use crate::exploration::{Changes, Exploration, Place, Refusal};
use crate::view::View;
use descent::{Adam, AdamW, Lion, Momentum, Muon, Nesterov, RmsProp};
use figures::short;
use lab::experiment::race::{Race, Racer, Run};
use std::cell::RefCell;

const BETAS: &[f64] = &[0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];
const SLOW_BETAS: &[f64] = &[0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999];
const DECAYS: &[f64] = &[0.0, 0.001, 0.01, 0.03, 0.1, 0.3, 1.0];

const fn rate(name: &'static str, first: &'static str) -> Control {
    Control::choice(name, "η, learning rate", RATES, first)
}

const fn beta(name: &'static str, label: &'static str, first: &'static str) -> Control {
    Control::choice(name, label, BETAS, first)
}

const fn slow_beta(name: &'static str, label: &'static str, first: &'static str) -> Control {
    Control::choice(name, label, SLOW_BETAS, first)
}

const fn decay(name: &'static str, first: &'static str) -> Control {
    Control::choice(name, "λ, weight decay", DECAYS, first)
}

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "race",
    title: "Eight optimizers on one slope",
    invitation: "Drag the ring, from which all of them start, and watch the paths. Then let a and b \
                 approach each other: who still takes another way than gradient descent? Four more \
                 can be switched on.",
    controls: &[
        track::LANDSCAPE,
        track::A,
        track::B,
        track::TIME,
        Control::switch("sgd", "SGD", true),
        Control::switch("momentum", "momentum", true),
        Control::switch("nesterov", "Nesterov", false),
        Control::switch("rmsprop", "RMSprop", true),
        Control::switch("adam", "Adam", true),
        Control::switch("adamw", "AdamW", false),
        Control::switch("lion", "Lion", false),
        Control::switch("muon", "Muon (θ as a row)", false),
        Control { first: "adam", ..Control::pick("look", "look at (it runs too)", RULES) },
        track::STEPS,
        track::START_X,
        track::START_Y,
        track::ANGLE,
        track::NOISE,
        track::SEED,
        rate("sgd_rate", "0.045").under("SGD"),
        rate("momentum_rate", "0.01").under("Momentum"),
        beta("momentum_beta", "β, momentum", "0.9").under("Momentum"),
        rate("nesterov_rate", "0.01").under("Nesterov"),
        beta("nesterov_beta", "β, momentum", "0.9").under("Nesterov"),
        rate("rmsprop_rate", "0.1").under("RMSprop"),
        slow_beta("rmsprop_alpha", "α, decay rate of v", "0.9").under("RMSprop"),
        rate("adam_rate", "0.2").under("Adam"),
        beta("adam_beta1", "β₁, decay rate of m", "0.9").under("Adam"),
        slow_beta("adam_beta2", "β₂, decay rate of v", "0.999").under("Adam"),
        rate("adamw_rate", "0.2").under("AdamW"),
        beta("adamw_beta1", "β₁, decay rate of m", "0.9").under("AdamW"),
        slow_beta("adamw_beta2", "β₂, decay rate of v", "0.999").under("AdamW"),
        decay("adamw_decay", "0.1").under("AdamW"),
        rate("lion_rate", "0.03").under("Lion"),
        beta("lion_beta1", "β₁, weight of m in the step", "0.9").under("Lion"),
        slow_beta("lion_beta2", "β₂, decay rate of m", "0.99").under("Lion"),
        decay("lion_decay", "0").under("Lion"),
        rate("muon_rate", "0.045").under("Muon"),
        beta("muon_mu", "μ, momentum", "0.95").under("Muon"),
    ],
    handles: &[track::START],
    hover: true,
    pick: Some(pick),
    view,
    ..Exploration::BLANK
};

/// The rule of this name as it is set, with its learning rate.
fn racer(id: &str, settings: &Settings) -> (Racer, f64) {
    let of = |name: &str| settings.number(&format!("{id}_{name}"));
    let racer = match id {
        "momentum" => Racer::Momentum(Momentum::accumulated(of("beta"))),
        "nesterov" => Racer::Nesterov(Nesterov { beta: of("beta") }),
        "rmsprop" => Racer::RmsProp(RmsProp { alpha: of("alpha"), ..RmsProp::default() }),
        "adam" => Racer::Adam(Adam { beta1: of("beta1"), beta2: of("beta2"), ..Adam::default() }),
        "adamw" => Racer::AdamW(AdamW {
            beta1: of("beta1"),
            beta2: of("beta2"),
            weight_decay: of("decay"),
            ..AdamW::default()
        }),
        "lion" => {
            Racer::Lion(Lion { beta1: of("beta1"), beta2: of("beta2"), weight_decay: of("decay") })
        }
        "muon" => Racer::Muon(Muon { momentum: of("mu"), weight_decay: 0.0, ..Muon::default() }),
        _ => Racer::Sgd,
    };
    (racer, of("rate"))
}

/// A run with what it was a run of.
type Kept = (Race, Racer, f64, Run);

thread_local! {
    /// The last run of each rule: another place in time, or another rule, leaves it as it was.
    static RUNS: RefCell<Vec<Option<Kept>>> = RefCell::new(vec![None; RULES.len()]);
}

/// Runs the rules that are switched on, and the one that is looked at.
fn entries(settings: &Settings) -> Result<Vec<Entry>, Refusal> {
    let race = track::race(settings);
    let takes_part = |id: &str| settings.on(id) || settings.text("look") == id;
    let rules = RULES.iter().enumerate().filter(|(_, (id, _))| takes_part(id));
    rules
        .map(|(look, &(id, label))| {
            let (racer, rate) = racer(id, settings);
            let run = RUNS.with_borrow_mut(|runs| match &runs[look] {
                Some((of, with, at, run)) if (of, with, *at) == (&race, &racer, rate) => {
                    Ok(run.clone())
                }
                _ => {
                    let run = race.run(&racer, rate)?;
                    runs[look] = Some((race.clone(), racer, rate, run.clone()));
                    Ok::<Run, Refusal>(run)
                }
            })?;
            Ok(Entry { id, label, look, run })
        })
        .collect()
}

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let entries = entries(settings)?;
    let looked_at = entries.iter().find(|entry| entry.id == settings.text("look"));
    let looked_at = looked_at.ok_or_else(|| Refusal::of("look", "choose one of the optimizers"))?;
    let caption = "Each path begins at the ring, which can be dragged, and goes pale where it is \
                   still to be walked; crosses are minima.";
    let summary = summary(settings, &entries, looked_at);
    Ok(track::view(settings, (caption, &entries, looked_at), summary))
}

fn summary(settings: &Settings, entries: &[Entry], looked_at: &Entry) -> String {
    let time = track::shown(settings);
    let standing = |entry: &Entry| match entry.run.diverged() && time >= entry.run.points.len() {
        true => format!("{} diverged at step {}", entry.label, entry.run.points.len()),
        false => format!("{} {}", entry.label, short(entry.run.losses[time])),
    };
    let standings: Vec<String> = entries.iter().map(standing).collect();
    let at = track::standing(looked_at, time);
    let [dx, dy] = looked_at.run.steps[at].change;
    let [gx, gy] = looked_at.run.steps[at].gradient;
    let muon = match looked_at.id {
        "muon" => {
            " Muon sees θ as a matrix of one row: to orthogonalize it is to give it a length near \
             one, so every step is as long as every other."
        }
        _ => "",
    };
    format!(
        "On {}, from ({}, {}), the loss after {time} steps is: {}. The next step of {} goes by ({}, {}), \
         where the gradient is ({}, {}).{muon} {}",
        track::ground(settings),
        short(settings.number("x")),
        short(settings.number("y")),
        standings.join(", "),
        looked_at.label,
        short(dx),
        short(dy),
        short(gx),
        short(gy),
        theory(settings),
    )
}

/// What theory says of the landscape.
fn theory(settings: &Settings) -> String {
    match settings.text("land") {
        "banana" => {
            "The floor of the valley is almost flat; its walls decide which learning rates \
                     gradient descent can take."
                .to_owned()
        }
        "saddle" => {
            "At the saddle the curvature is 1 along θ₁ and −1 along θ₂, so gradient descent \
                     leaves by a factor of 1 + η a step."
                .to_owned()
        }
        _ => {
            let steepest = 2.0 * settings.number("a").max(settings.number("b"));
            let beta = settings.number("momentum_beta");
            format!(
                "Gradient descent converges for η below 2 / {} = {} and has {}; momentum for η \
                 below 2 (1 + β) / {0} = {} and has {}.",
                short(steepest),
                short(2.0 / steepest),
                short(settings.number("sgd_rate")),
                short(2.0 * (1.0 + beta) / steepest),
                short(settings.number("momentum_rate")),
            )
        }
    }
}

/// The rule and the step whose point lies nearest.
fn pick(settings: &Settings, place: &Place) -> Changes {
    let entries = entries(settings).unwrap_or_default();
    let steps = settings.count("steps");
    let change = |entry: &Entry, time: usize| {
        Changes::from([("look", entry.id.to_owned()), ("t", time.to_string())])
    };
    if place.part == 0 {
        let found = entries.iter().filter_map(|entry| {
            track::nearest(&entry.run, steps, place).map(|(time, away)| (entry, time, away))
        });
        let nearest = found.min_by(|a, b| a.2.total_cmp(&b.2));
        return nearest.map(|(entry, time, _)| change(entry, time)).unwrap_or_default();
    }
    let time = libm::round(place.x).clamp(0.0, steps as f64) as usize;
    // The axis is logarithmic, so near is what has a ratio near one.
    let away = |entry: &Entry| {
        let loss = entry.run.losses.get(time).copied().unwrap_or(f64::INFINITY);
        libm::log(loss.max(f64::MIN_POSITIVE) / place.y).abs()
    };
    let nearest = entries.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
    nearest.map(|entry| change(entry, time)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{EXPLORATION, RULES};
    use crate::exploration::Place;
    use descent::Adam;
    use lab::landscape::{Course, descend};
    use lab::random::{Purpose, Stream};
    use std::collections::BTreeMap;

    fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_first_state_is_the_lab_s_and_nobody_diverges() {
        let view = EXPLORATION.first().unwrap();
        let adam = descend(&Course::bowl(1.0, 20.0), Adam::default(), 0.2, &[-2.2, 1.5], 12);
        let adam = adam.unwrap();
        let standings = view.series["standings"].as_array().unwrap();
        assert_eq!(standings.len(), 4);
        assert_eq!(standings[3][0], "adam");
        assert_eq!(standings[3][2], adam.final_loss());
        assert!(!view.summary.contains("diverged"), "{}", view.summary);
        assert!(view.summary.contains("2 / 40 = 0.05 and has 0.045"), "{}", view.summary);
        // Adam's first steps go by η in both coordinates: along the diagonal.
        let first = EXPLORATION.run(&settings(&[("t", "0")]), &mut |_| ()).unwrap();
        let step = &first.series["step"]["change"];
        assert!((step[0].as_f64().unwrap() - 0.2).abs() < 1e-6, "{step}");
        assert!((step[1].as_f64().unwrap() + 0.2).abs() < 1e-6, "{step}");
    }

    #[test]
    fn the_place_of_a_point_leads_to_its_rule_and_step() {
        let of = settings(&[("look", "momentum"), ("t", "30")]);
        let view = EXPLORATION.run(&of, &mut |_| ()).unwrap();
        let at = view.series["standings"][1][1].clone();
        let (x, y) = (at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
        let place = Place { part: 0, x, y, near: (0.24, 0.14) };
        let changes = EXPLORATION.pick(&BTreeMap::new(), &place).unwrap();
        assert_eq!((changes["look"].as_str(), changes["t"].as_str()), ("momentum", "30"));
        let nowhere = Place { part: 0, x: 2.7, y: -1.1, near: (0.24, 0.14) };
        assert!(EXPLORATION.pick(&BTreeMap::new(), &nowhere).unwrap().is_empty());
        let loss = view.series["standings"][1][2].as_f64().unwrap();
        let place = Place { part: 1, x: 30.2, y: loss, near: (5.0, 1.0) };
        let changes = EXPLORATION.pick(&BTreeMap::new(), &place).unwrap();
        assert_eq!((changes["look"].as_str(), changes["t"].as_str()), ("momentum", "30"));
    }

    #[test]
    fn a_rate_beyond_the_border_diverges_and_says_so() {
        let of = settings(&[("sgd_rate", "0.1"), ("t", "100")]);
        let view = EXPLORATION.run(&of, &mut |_| ()).unwrap();
        assert!(view.summary.contains("SGD diverged at step"), "{}", view.summary);
        for wrong in [("a", "0"), ("x", "9"), ("land", "moon"), ("adam_beta2", "1"), ("t", "501")] {
            let refusal = EXPLORATION.run(&settings(&[wrong]), &mut |_| ()).unwrap_err();
            assert_eq!(refusal.control(), Some(wrong.0));
        }
    }

    #[test]
    fn every_setting_can_be_drawn() {
        let mut stream = Stream::new(0, Purpose::Search);
        let all: Vec<(&str, &str)> = RULES.iter().map(|(id, _)| (*id, "on")).collect();
        for (land, turn) in ["bowl", "banana", "saddle", "ravine"].into_iter().cycle().zip(0..120) {
            let mut of = settings(&all);
            of.insert("land".to_owned(), land.to_owned());
            of.insert("look".to_owned(), RULES[turn % 8].0.to_owned());
            for (name, text) in super::super::track::extremes(&EXPLORATION, &mut stream) {
                of.entry(name.to_owned()).or_insert(text);
            }
            // Every rule at rest, once on each landscape.
            if turn < 4 {
                of.extend(settings(&[("x", "0"), ("y", "0"), ("noise", "0")]));
            }
            let view = EXPLORATION.run(&of, &mut |_| ()).unwrap();
            for part in &view.parts[..2] {
                assert!(part.contains("<svg"));
                let drawn = part.contains("NaN") || part.contains("inf");
                assert!(!drawn, "{of:?}");
                assert!(part.len() < 150_000, "{} bytes: {of:?}", part.len());
            }
        }
    }
}
