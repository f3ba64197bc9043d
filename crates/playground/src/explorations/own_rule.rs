//! A rule of the reader's own, typed as formulas, beside the book's.

use super::track::{self, Entry, RATES, RULES};
use crate::control::{Control, Settings};
use crate::exploration::{Changes, Exploration, Place, Refusal};
use crate::view::View;
use descent::{
    Adam, AdamW, Elementwise, HyperparameterError, Lion, Momentum, Nesterov, Real, RmsProp, Update,
};
use figures::short;
use lab::experiment::race::{Race, Racer, Run};
use practice::{EvaluationError, Expression, Scope};
use std::cell::RefCell;

/// The rules to compare with: all but the last, since the reader's own takes a look as well.
const RIVALS: &[(&str, &str)] = RULES.split_at(RULES.len() - 1).0;

const BETAS: &[f64] = &[0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999];

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "own-rule",
    title: "Bring your own rule",
    invitation: "Type an update and race it. At each step m and v are computed first, both from the \
                 old m and v; then u, from the new; then θ ← θ − η u, each coordinate by itself. \
                 Symbols: g, m, v, t, theta, beta1, beta2, eps. Change one sign, and watch where \
                 the rule parts from Lion.",
    controls: &[
        Control::text("u", "u, the update", "sign(v)"),
        Control::text("m", "new m (starts at 0)", "beta2 m + (1 - beta2) g"),
        Control::text("v", "new v (starts at 0)", "beta1 m + (1 - beta1) g"),
        Control::choice("rate", "η, learning rate", RATES, "0.045"),
        Control::choice("beta1", "β₁", BETAS, "0.9"),
        Control::choice("beta2", "β₂", BETAS, "0.99"),
        Control::choice("eps", "ε", &[0.0, 1e-8, 1e-6, 1e-4, 0.01, 0.1, 1.0], "1e-8"),
        track::LANDSCAPE,
        track::A,
        track::B,
        Control { first: "40", ..track::TIME },
        track::STEPS,
        Control::choice(
            "factor",
            "their η, in units of yours",
            &[0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0],
            "1",
        )
        .under("Race it against"),
        Control::switch("sgd", "SGD", false).under("Race it against"),
        Control::switch("momentum", "momentum, β = β₁", false).under("Race it against"),
        Control::switch("nesterov", "Nesterov, β = β₁", false).under("Race it against"),
        Control::switch("rmsprop", "RMSprop, α = β₂", false).under("Race it against"),
        Control::switch("adam", "Adam", true).under("Race it against"),
        Control::switch("adamw", "AdamW, λ = 0.01", false).under("Race it against"),
        Control::switch("lion", "Lion", true).under("Race it against"),
        track::START_X,
        track::START_Y,
        track::ANGLE,
        track::NOISE,
        track::SEED,
    ],
    handles: &[track::START],
    hover: true,
    pick: Some(pick),
    view,
    ..Exploration::BLANK
};

/// A rule in three formulas.
#[derive(Clone, Debug, PartialEq)]
struct OwnRule {
    /// The new m, from the old m and v.
    m: Expression,
    /// The new v, from the old m and v.
    v: Expression,
    /// The update, from the new m and v.
    u: Expression,
    beta1: f64,
    beta2: f64,
    eps: f64,
}

/// What the symbols of a formula stand for, at one step of one coordinate.
#[derive(Clone, Copy, Debug)]
struct Symbols<'a> {
    rule: &'a OwnRule,
    theta: f64,
    g: f64,
    m: f64,
    v: f64,
    t: u64,
}

const KNOWN: &str = "g, m, v, t, theta, beta1, beta2 and eps";

impl Scope for Symbols<'_> {
    fn symbol(&self, name: &str) -> Result<f64, EvaluationError> {
        Ok(match name {
            "g" => self.g,
            "m" => self.m,
            "v" => self.v,
            "t" => self.t as f64,
            "theta" | "θ" => self.theta,
            "beta1" | "beta_1" | "β1" | "β_1" => self.rule.beta1,
            "beta2" | "beta_2" | "β2" | "β_2" => self.rule.beta2,
            "eps" | "ε" | "epsilon" => self.rule.eps,
            _ => return Err(EvaluationError::UnknownSymbol(name.to_owned())),
        })
    }

    fn term(&self, name: &str, _index: i64) -> Result<f64, EvaluationError> {
        self.symbol(name)?;
        Err(EvaluationError::IndexOnNumber(name.to_owned()))
    }
}

impl Symbols<'_> {
    /// A formula's value. Symbols were checked when it was read, so that what has no value is not a
    /// number.
    fn value(&self, formula: &Expression) -> f64 {
        formula.evaluate(self).unwrap_or(f64::NAN)
    }

    /// With the new m and v in place of the old.
    fn updated(self) -> Self {
        Self { m: self.value(&self.rule.m), v: self.value(&self.rule.v), ..self }
    }
}

impl Elementwise for OwnRule {
    type Memory<F: Real> = [F; 2];
    const MEMORY: &'static [&'static str] = &["first_moment", "second_moment"];

    fn validate(&self) -> Result<(), HyperparameterError> {
        Ok(())
    }

    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, [F; 2]> {
        let learning_rate = F::of(learning_rate);
        move |theta, g, [m, v]| {
            let [theta_now, g, m, v] = [theta, g, m, v].map(F::as_f64);
            let new = Symbols { rule: self, theta: theta_now, g, m, v, t: step }.updated();
            (theta - learning_rate * F::of(new.value(&self.u)), [new.m, new.v].map(F::of))
        }
    }
}

impl OwnRule {
    /// # Errors
    /// If a formula cannot be read, is too long, or has symbols that stand for nothing.
    fn read(settings: &Settings) -> Result<Self, Refusal> {
        let formula = |field: &'static str| {
            // Three of them are worked out for each coordinate at each step.
            const MOST: usize = 200;
            let text = settings.text(field);
            if text.chars().count() > MOST {
                let message = format!("This is longer than {MOST} characters; shorten it.");
                return Err(Refusal::of(field, message));
            }
            let formula = Expression::parse(text);
            let formula = formula
                .map_err(|error| Refusal::of(field, format!("I cannot read this: {error}.")))?;
            match formula.has_a_sum() {
                true => Err(Refusal::of(
                    field,
                    "Sums are not worked out here: let m or v carry what is added up.",
                )),
                false => Ok(formula),
            }
        };
        let [u, m, v] = [formula("u")?, formula("m")?, formula("v")?];
        let [beta1, beta2, eps] = ["beta1", "beta2", "eps"].map(|name| settings.number(name));
        let rule = Self { u, m, v, beta1, beta2, eps };
        let symbols = Symbols { rule: &rule, theta: 1.0, g: 1.0, m: 1.0, v: 1.0, t: 1 };
        for (field, formula) in [("u", &rule.u), ("m", &rule.m), ("v", &rule.v)] {
            formula.check_symbols(&symbols).map_err(|error| {
                let message = match error {
                    EvaluationError::UnknownSymbol(name) => {
                        format!("`{name}` stands for nothing here; the symbols are {KNOWN}.")
                    }
                    other => format!("This has no value: {other}."),
                };
                Refusal::of(field, message)
            })?;
        }
        Ok(rule)
    }

    /// The first formula of a run whose value is no finite number.
    fn fault(&self, run: &Run) -> Option<Refusal> {
        let mut memory = [[0.0; 2]; 2];
        for ((place, step), t) in run.steps.iter().enumerate().zip(1..) {
            let [m, v] = [step.first, step.second].map(|pair| pair.unwrap_or_default());
            for i in [0, 1] {
                let theta = run.points[place][i];
                let [old_m, old_v] = memory.map(|pair| pair[i]);
                let old = Symbols { rule: self, theta, g: step.gradient[i], m: old_m, v: old_v, t };
                let new = Symbols { m: m[i], v: v[i], ..old };
                // Where θ left all bounds although u is finite, the run has diverged as any may.
                let u = if step.change[i].is_finite() { 0.0 } else { new.value(&self.u) };
                let fault = [("m", m[i], old), ("v", v[i], old), ("u", u, new)];
                let fault = fault.into_iter().find(|(_, value, _)| !value.is_finite());
                if let Some((field, value, symbols)) = fault {
                    let message = format!(
                        "At step {t} this is {} in coordinate {}: g = {}, m = {}, v = {}, θ = {}.",
                        short(value),
                        i + 1,
                        short(symbols.g),
                        short(symbols.m),
                        short(symbols.v),
                        short(symbols.theta),
                    );
                    return Some(Refusal::of(field, message));
                }
            }
            memory = [m, v];
        }
        None
    }
}

/// A rule of the book with the constants that are set.
fn rival(id: &str, settings: &Settings) -> Racer {
    let [beta1, beta2, eps] = ["beta1", "beta2", "eps"].map(|name| settings.number(name));
    match id {
        "momentum" => Racer::Momentum(Momentum::accumulated(beta1)),
        "nesterov" => Racer::Nesterov(Nesterov { beta: beta1 }),
        "rmsprop" => Racer::RmsProp(RmsProp { alpha: beta2, eps, ..RmsProp::default() }),
        "adam" => Racer::Adam(Adam { beta1, beta2, eps }),
        "adamw" => Racer::AdamW(AdamW { beta1, beta2, eps, ..AdamW::default() }),
        "lion" => Racer::Lion(Lion { beta1, beta2, ..Lion::default() }),
        _ => Racer::Sgd,
    }
}

thread_local! {
    /// The last run of the reader's rule: formulas take longer than the book's rules, and another
    /// place in time leaves it as it was.
    static LAST: RefCell<Option<(OwnRule, Race, f64, Run)>> = const { RefCell::new(None) };
}

fn entries(settings: &Settings) -> Result<Vec<Entry>, Refusal> {
    let rule = OwnRule::read(settings)?;
    let (race, rate) = (track::race(settings), settings.number("rate"));
    let run = LAST.with_borrow_mut(|last| match last {
        Some((typed, on, at, run)) if (&*typed, &*on, *at) == (&rule, &race, rate) => {
            Ok(run.clone())
        }
        _ => {
            let run = race.run_rule(rule.clone(), rate)?;
            if let Some(refusal) = rule.fault(&run) {
                return Err(refusal);
            }
            *last = Some((rule, race.clone(), rate, run.clone()));
            Ok(run)
        }
    })?;
    let mut entries = vec![Entry { id: track::OWN, label: "your rule", look: 0, run }];
    for (&(id, label), look) in RIVALS.iter().zip(1..).filter(|((id, _), _)| settings.on(id)) {
        let run = race.run(&rival(id, settings), settings.number("factor") * rate)?;
        entries.push(Entry { id, label, look, run });
    }
    Ok(entries)
}

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let entries = entries(settings)?;
    let caption = "Your rule and those of the book start at the ring, which can be dragged; paths \
                   go pale where they are still to be walked.";
    let own = &entries[0];
    let (time, steps) = (track::shown(settings), settings.count("steps"));
    let standing = |entry: &Entry| match entry.run.diverged() && time >= entry.run.points.len() {
        true => format!("{} diverged at step {}", entry.label, entry.run.points.len()),
        false => format!("{} {}", entry.label, short(entry.run.losses[time])),
    };
    let standings: Vec<String> = entries.iter().map(standing).collect();
    let compared: String = entries[1..]
        .iter()
        .map(|entry| match apart(&own.run, &entry.run, steps) {
            Some(0.0) => format!(" Your rule goes where {} goes, to the last digit.", entry.label),
            Some(apart) if apart < 1e-9 => format!(
                " Your rule goes where {} goes; rounding alone keeps them apart, by {}.",
                entry.label,
                short(apart)
            ),
            Some(apart) => {
                format!(" Your rule is up to {} away from {}.", short(apart), entry.label)
            }
            None => format!(" Your rule and {} did not last equally long.", entry.label),
        })
        .collect();
    let summary = format!(
        "On {}, the loss after {time} steps: {}.{compared}",
        track::ground(settings),
        standings.join(", "),
    );
    Ok(track::view(settings, (caption, &entries, own), summary))
}

/// How far two runs ever are from each other in a coordinate, over so many steps; `None` if only one
/// of them diverged by then.
fn apart(one: &Run, other: &Run, steps: usize) -> Option<f64> {
    let lasted = |run: &Run| run.points.len().min(steps + 1);
    let between = |(a, b): (&[f64; 2], &[f64; 2])| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
    let pairs = one.points.iter().zip(&other.points).take(steps + 1);
    (lasted(one) == lasted(other)).then(|| pairs.map(between).fold(0.0, f64::max))
}

/// The step of the own rule whose point lies nearest, or the step of a place among the losses.
fn pick(settings: &Settings, place: &Place) -> Changes {
    let steps = settings.count("steps");
    let entries = entries(settings).unwrap_or_default();
    let time = match (place.part, entries.first()) {
        (0, Some(own)) => track::nearest(&own.run, steps, place).map(|(time, _)| time),
        (1, _) => Some(libm::round(place.x).clamp(0.0, steps as f64) as usize),
        _ => None,
    };
    time.map(|time| Changes::from([("t", time.to_string())])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::EXPLORATION;
    use crate::exploration::Place;
    use lab::random::{Purpose, Stream};
    use std::collections::BTreeMap;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn settings(pairs: Pairs) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The rules of the book as a reader would type them.
    const TYPED: [(&str, &str, &str, &str); 6] = [
        ("sgd", "g", "0", "0"),
        ("momentum", "m", "beta1 m + g", "0"),
        ("nesterov", "g + beta1 m", "beta1 m + g", "0"),
        ("rmsprop", "g / (sqrt(v) + eps)", "0", "beta2 v + (1 - beta2) g^2"),
        (
            "adam",
            "m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)",
            "beta1 m + (1 - beta1) g",
            "beta2 v + (1 - beta2) g^2",
        ),
        ("lion", "sign(v)", "β₂ m + (1 − β₂) g", "β₁ m + (1 − β₁) g"),
    ];

    #[test]
    fn a_rule_of_the_book_that_is_typed_goes_where_it_goes() {
        for land in ["bowl", "banana", "saddle", "ravine"] {
            for (id, u, m, v) in TYPED {
                let mut of = settings(&[("adam", "off"), ("lion", "off"), ("rate", "0.02")]);
                of.extend(settings(&[("land", land), ("u", u), ("m", m), ("v", v), (id, "on")]));
                let of = super::EXPLORATION.read(&of).unwrap();
                let entries = super::entries(&of).unwrap();
                assert_eq!(entries.len(), 2);
                let apart = super::apart(&entries[0].run, &entries[1].run, 100).unwrap();
                assert!(apart <= 1e-12, "{id} on {land}: {apart}");
            }
        }
    }

    #[test]
    fn the_first_state_is_lion_to_the_last_digit() {
        let view = EXPLORATION.first().unwrap();
        assert!(view.summary.contains("goes where Lion goes, to the last digit"), "{view:?}");
        assert!(view.summary.contains("away from Adam"), "{}", view.summary);
        let step = &view.series["step"]["change"];
        assert!((step[0].as_f64().unwrap().abs() - 0.045).abs() < 1e-12, "{step}");
    }

    #[test]
    fn what_cannot_be_run_is_said_beside_its_field() {
        let long = "g+".repeat(150) + "g";
        for (field, text, word) in [
            ("u", "g +", "at character 4"),
            ("m", "beta3 m", "`beta3` stands for nothing"),
            ("v", "v_t", "single number"),
            ("u", "sum(i = 1..t, g)", "Sums are not worked out"),
            ("u", long.as_str(), "longer than 200"),
            ("u", " ", "something to be typed"),
            ("u", "1 / (t - 3)", "At step 3 this is ∞ in coordinate 1: g = "),
            ("m", "log(t - 2)", "At step 1 this is not a number in coordinate 1"),
            ("v", "9^9^9 t", "At step 1 this is ∞"),
            ("u", "sqrt(g)", "At step 1 this is not a number"),
        ] {
            let refusal = EXPLORATION.run(&settings(&[(field, text)]), &mut |_| ()).unwrap_err();
            assert_eq!(refusal.control(), Some(field), "{text}: {refusal}");
            assert!(refusal.to_string().contains(word), "{text}: {refusal}");
        }
        // A rule that climbs is a rule that diverges.
        let of = settings(&[("u", "-10 g"), ("t", "100"), ("rate", "0.3")]);
        let view = EXPLORATION.run(&of, &mut |_| ()).unwrap();
        assert!(view.summary.contains("your rule diverged at step"), "{}", view.summary);
    }

    #[test]
    fn a_place_leads_to_its_step() {
        let pick = |part, x, y| {
            let place = Place { part, x, y, near: (0.24, 0.14) };
            EXPLORATION.pick(&BTreeMap::new(), &place).unwrap().get("t").cloned()
        };
        assert_eq!(pick(0, -2.2, 1.5).as_deref(), Some("0"));
        assert_eq!(pick(0, 2.3, -1.1), None);
        assert_eq!(pick(1, 41.7, 1.0).as_deref(), Some("42"));
    }

    /// Corners of all controls, with formulas put together by chance.
    #[test]
    fn whatever_is_set_is_shown_or_refused_beside_its_field() {
        const PIECES: [&str; 14] = [
            "g", "m", "v", "t", "theta", "/ g", "sqrt(v)", "sign(g)", "^ 2", "beta1", "- m", "/ t",
            "* 1e99", "exp(m)",
        ];
        let mut stream = Stream::new(1, Purpose::Search);
        let mut shown = 0;
        for _ in 0..200 {
            let mut of: BTreeMap<String, String> =
                super::track::extremes(&EXPLORATION, &mut stream)
                    .into_iter()
                    .map(|(name, text)| (name.to_owned(), text))
                    .collect();
            for field in ["u", "m", "v"] {
                let count = 1 + stream.below(4);
                let pieces: Vec<&str> =
                    (0..count).map(|_| PIECES[stream.below(PIECES.len())]).collect();
                of.insert(field.to_owned(), pieces.join(" "));
            }
            match EXPLORATION.run(&of, &mut |_| ()) {
                Ok(view) => {
                    shown += 1;
                    for part in &view.parts[..2] {
                        assert!(part.contains("<svg"));
                        assert!(!part.contains("NaN") && !part.contains("inf"), "{of:?}");
                    }
                }
                Err(refusal) => assert!(refusal.control().is_some(), "{refusal}: {of:?}"),
            }
        }
        assert!(shown > 20, "only {shown} could be shown");
    }
}
