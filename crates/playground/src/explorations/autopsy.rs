//! A run that has something wrong, beside the same run with changed settings.

use crate::control::{Control, Settings};
use crate::exploration::{Exploration, Refusal};
use crate::view::View;
use figures::landmark::telemetry;
use figures::short;
use lab::experiment::diagnosis::{CASES, Case, NAMES, Settings as Recipe};
use lab::experiment::planted_faults::{Run, STEPS};
use lab::train::Telemetry;

/// After how many steps the telemetry so far is drawn.
const EVERY: usize = 50;
/// What a setting says that is left alone.
const AS_IT_WAS: (&str, &str) = ("as", "as it was");

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "autopsy",
    title: "What is wrong with this run?",
    invitation: "Choose a case and read its telemetry: something is wrong. Change what you suspect, \
                 one thing at a time, and press Run: the run is made again. Go on until it recovers.",
    controls: &[
        Control::pick(
            "case",
            "case",
            &[
                ("1", "Case 1: back to chance"),
                ("2", "Case 2: worse as soon as it goes on"),
                ("3", "Case 3: flat from step sixty on"),
                ("4", "Case 4: faster than the old one"),
                ("5", "Case 5: stuck above one"),
                ("6", "Case 6: lower than its twin"),
                ("7", "Case 7: the loss turns up at step 150 and stays up"),
                ("8", "Case 8: a bump that goes away again"),
                ("9", "Case 9: loses its stride half-way"),
                ("10", "Case 10: twice the usual loss"),
                ("11", "Case 11: slow but steady"),
                ("12", "Case 12: right, but unsure"),
                ("13", "Case 13: not what its size promises"),
                ("14", "Case 14: a loss that keeps time"),
            ],
        )
        .resetting("*"),
        Control::pick(
            "learning_rate",
            "η, peak of the learning rate",
            &[
                AS_IT_WAS,
                ("0.0003", "0.0003"),
                ("0.001", "0.001"),
                ("0.003", "0.003"),
                ("0.01", "0.01"),
                ("0.03", "0.03"),
                ("0.1", "0.1"),
                ("1", "1"),
            ],
        )
        .under("Rate"),
        Control::pick(
            "warmup_steps",
            "steps of warmup",
            &[AS_IT_WAS, ("0", "0"), ("20", "20"), ("40", "40"), ("100", "100"), ("200", "200")],
        )
        .under("Rate"),
        Control::pick(
            "schedule_steps",
            "steps of the schedule",
            &[
                AS_IT_WAS,
                ("100", "100"),
                ("200", "200"),
                ("400", "400"),
                ("800", "800"),
                ("4000", "4000"),
            ],
        )
        .under("Rate"),
        Control::pick(
            "beta2",
            "β₂, decay rate of the second moment",
            &[
                AS_IT_WAS,
                ("0.9", "0.9"),
                ("0.95", "0.95"),
                ("0.99", "0.99"),
                ("0.999", "0.999"),
                ("0.9999", "0.9999"),
            ],
        )
        .under("Moments"),
        Control::pick(
            "bias_correction",
            "correction of the moments",
            &[AS_IT_WAS, ("on", "on"), ("off", "off")],
        )
        .under("Moments"),
        Control::pick(
            "weight_decay",
            "λ, weight decay",
            &[AS_IT_WAS, ("0", "0"), ("0.01", "0.01"), ("0.1", "0.1"), ("1", "1"), ("10", "10")],
        )
        .under("Decay"),
        Control::pick(
            "decay",
            "where the decay acts",
            &[AS_IT_WAS, ("decoupled", "beside the step"), ("coupled", "in the gradient")],
        )
        .under("Decay"),
        Control::pick(
            "decay_gains",
            "decay of biases and gains",
            &[AS_IT_WAS, ("on", "on"), ("off", "off")],
        )
        .under("Decay"),
        Control::pick(
            "clip",
            "norm that gradients are clipped to",
            &[
                AS_IT_WAS,
                ("off", "not clipped"),
                ("0.1", "0.1"),
                ("1", "1"),
                ("10", "10"),
                ("100", "100"),
            ],
        )
        .under("Gradients"),
        Control::pick(
            "loss_scale",
            "factor on the loss in half precision",
            &[
                AS_IT_WAS,
                ("1", "1"),
                ("256", "2⁸"),
                ("65536", "2¹⁶"),
                ("16777216", "2²⁴"),
                ("1000000000000", "10¹²"),
            ],
        )
        .under("Gradients"),
        Control::pick(
            "frozen",
            "tensor excluded from training",
            &[AS_IT_WAS, ("none", "none"), ("weight1", "weight1")],
        )
        .under("Gradients"),
        Control::pick(
            "state",
            "format of weights and moments",
            &[AS_IT_WAS, ("f32", "f32"), ("bf16", "bf16")],
        )
        .under("State and data"),
        Control::pick(
            "restore",
            "what an interrupted run gets back",
            &[
                AS_IT_WAS,
                ("everything", "weights, moments and count"),
                ("weights", "the weights alone"),
            ],
        )
        .under("State and data"),
        Control::pick(
            "shuffle",
            "a fresh order in every epoch",
            &[AS_IT_WAS, ("on", "on"), ("off", "off")],
        )
        .under("State and data"),
        Control::pick(
            "reread_batch",
            "step whose batch is read anew",
            &[
                AS_IT_WAS,
                ("none", "none"),
                ("50", "50"),
                ("150", "150"),
                ("220", "220"),
                ("290", "290"),
            ],
        )
        .under("State and data"),
        Control::choice("seed", "seed", &[0.0, 1.0, 2.0, 3.0], "0"),
    ],
    long: true,
    view,
    ..Exploration::BLANK
};

fn view(settings: &Settings, draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let (case, named, seed) = case(settings);
    let (changed, changes) = changed(case, settings)?;
    // Said without numbers: they would tell what the run had.
    if changed.warmup_steps >= changed.schedule_steps {
        let control = if settings.text("warmup_steps") == AS_IT_WAS.0 {
            "schedule_steps"
        } else {
            "warmup_steps"
        };
        return Err(Refusal::of(
            control,
            "The warmup would be as long as the whole schedule: shorten it, or set a longer \
             schedule.",
        ));
    }
    let sick = case.run_watched(&case.settings(), seed, |so_far| {
        if so_far.len() % EVERY == 0 {
            let summary = format!("{named} as it was, after {} of {STEPS} steps.", so_far.len());
            draw(&shown(&[("as it was", &unfinished(so_far))], summary));
        }
    })?;
    if changed == case.settings() {
        return Ok(shown(&[("as it was", &sick)], first_summary(named, &sick, &changes)));
    }
    let rerun = case.run_watched(&changed, seed, |so_far| {
        if so_far.len() % EVERY == 0 {
            let summary = format!(
                "{named} again with {}, after {} of {STEPS} steps.",
                changes.join(", "),
                so_far.len()
            );
            draw(&shown(
                &[("as it was", &sick), ("with your settings", &unfinished(so_far))],
                summary,
            ));
        }
    })?;
    let verdict = match case.recovery(&changed, &rerun) {
        Ok(()) => format!("It has recovered. What was wrong: {}", case.fault()),
        Err(_) if same(&sick, &rerun) => {
            "Nothing is different: the run is the same to the last digit.".to_owned()
        }
        Err(symptom) => format!("It has not recovered: {symptom}."),
    };
    let summary = format!(
        "{named} as it was: {}. Again with {}: {}. {verdict}",
        outcome(&sick),
        changes.join(", "),
        outcome(&rerun)
    );
    Ok(shown(&[("as it was", &sick), ("with your settings", &rerun)], summary))
}

/// The case, what readers call it, and the seed.
fn case(settings: &Settings) -> (Case, String, u64) {
    let chosen = settings.text("case");
    let place = chosen.parse::<usize>().unwrap_or(1).clamp(1, CASES.len());
    (CASES[place - 1], format!("Case {place}"), settings.count("seed") as u64)
}

/// The run's settings with the reader's changes, and what was changed.
fn changed(case: Case, settings: &Settings) -> Result<(Recipe, Vec<String>), Refusal> {
    let mut recipe = case.settings();
    let mut changes = Vec::new();
    for (name, _) in NAMES {
        let value = settings.text(name);
        if value != AS_IT_WAS.0 {
            recipe.set(name, value).map_err(|error| Refusal::of(name, error))?;
            changes.push(format!("{} = {value}", name.replace('_', " ")));
        }
    }
    Ok((recipe, changes))
}

/// Whether every step of two runs was the same.
fn same(one: &Run, other: &Run) -> bool {
    let losses = |run: &Run| run.telemetry.iter().map(|step| step.loss).collect::<Vec<_>>();
    losses(one) == losses(other) && one.training_loss == other.training_loss
}

/// A run of which only the beginning has been seen.
fn unfinished(so_far: &[Telemetry]) -> Run {
    Run { telemetry: so_far.to_vec(), training_loss: f64::NAN, accuracy: f64::NAN, ended_by: None }
}

fn outcome(run: &Run) -> String {
    match &run.ended_by {
        Some(_) => format!("it broke off at step {}", run.telemetry.len() + 1),
        None => format!(
            "the training loss ends at {} and the accuracy on the test images at {}",
            short(run.training_loss),
            short(run.accuracy)
        ),
    }
}

fn first_summary(named: String, run: &Run, changes: &[String]) -> String {
    let now = match changes {
        [] => "Something is wrong with it. Change a setting and press Run, and it is made again."
            .to_owned(),
        changes => format!("It already had {}: nothing is changed by that.", changes.join(", ")),
    };
    let first = run.telemetry.first().map_or(f64::NAN, |step| step.loss);
    let largest = run.telemetry.iter().map(|step| step.update_rms).fold(0.0, f64::max);
    format!(
        "{named} as it was: the loss of the first batch is {}, {}. The first step is {} of the rate, the \
         largest {}. {now}",
        short(first),
        outcome(run),
        short(run.update_rms(1)),
        short(largest),
    )
}

fn shown(runs: &[(&str, &Run)], summary: String) -> View {
    let view = View::new(&telemetry(runs), summary);
    runs.iter().fold(view, |view, (name, run)| {
        let each = |value: fn(&Telemetry) -> f64| -> Vec<f64> {
            run.telemetry.iter().step_by(2).map(value).collect()
        };
        view.series(&format!("loss, {name}"), each(|step| step.loss))
            .series(&format!("step, {name}"), each(|step| step.update_rms))
            .series(&format!("gradient norm, {name}"), each(|step| step.gradient_norm))
    })
}

#[cfg(test)]
mod tests {
    use super::EXPLORATION;
    use crate::control::Kind;
    use crate::exploration::ExplorationError;
    use crate::view::View;
    use lab::experiment::diagnosis::{CASES, NAMES};
    use lab::random::{Purpose, Stream};

    fn shown(settings: &[(&str, &str)]) -> Result<View, ExplorationError> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        EXPLORATION.run(&settings.iter().map(pair).collect(), &mut |view| sound(view))
    }

    fn sound(view: &View) {
        assert_eq!(view.parts.len(), 5);
        for part in &view.parts {
            assert!(part.contains("<svg") && !part.contains("NaN") && !part.contains("inf"));
        }
        let numbers: usize = view.series.values().filter_map(|v| v.as_array()).map(Vec::len).sum();
        assert!((1..2000).contains(&numbers), "{numbers}");
    }

    fn options(name: &str) -> Vec<&'static str> {
        let control = EXPLORATION.controls.iter().find(|control| control.name == name).unwrap();
        let Kind::Pick(options) = control.kind else { panic!("{name} is no pick") };
        options.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn every_case_and_every_setting_has_its_control() {
        assert_eq!(options("case").len(), CASES.len());
        for (name, _) in NAMES {
            assert_eq!(options(name)[0], "as");
            // Whatever is offered is taken.
            for value in &options(name)[1..] {
                CASES[0].settings().set(name, value).unwrap();
            }
        }
    }

    #[test]
    fn a_case_is_shown_as_it_was_and_recovers_with_its_cure_alone() {
        let first = shown(&[("case", "4")]).unwrap();
        sound(&first);
        assert!(first.summary.contains("Something is wrong") && !first.summary.contains("correct"));
        let idle = shown(&[("case", "4"), ("clip", "off")]).unwrap();
        assert!(idle.summary.contains("It already had clip = off"), "{}", idle.summary);
        let same = shown(&[("case", "4"), ("clip", "100")]).unwrap();
        assert!(same.summary.contains("same to the last digit"), "{}", same.summary);
        let other = shown(&[("case", "4"), ("beta2", "0.9999")]).unwrap();
        assert!(other.summary.contains("It has not recovered"), "{}", other.summary);
        assert!(!other.summary.contains("correct"), "{}", other.summary);
        let cured = shown(&[("case", "4"), ("bias_correction", "on")]).unwrap();
        sound(&cured);
        assert!(cured.summary.contains("It has recovered. What was wrong: The moments"));
    }

    #[test]
    fn one_change_on_offer_cures_each_case_and_what_is_said_before_does_not_tell_which() {
        let cures = [
            ("learning_rate", "0.003"),
            ("warmup_steps", "40"),
            ("schedule_steps", "400"),
            ("bias_correction", "on"),
            ("decay", "decoupled"),
            ("restore", "everything"),
            ("clip", "1"),
            ("reread_batch", "150"),
            ("beta2", "0.95"),
            ("state", "f32"),
            ("loss_scale", "65536"),
            ("decay_gains", "off"),
            ("frozen", "none"),
            ("shuffle", "on"),
        ];
        for (place, (name, value)) in cures.iter().enumerate() {
            let case = (place + 1).to_string();
            let cured = shown(&[("case", &case), (name, value)]).unwrap();
            assert!(cured.summary.contains("It has recovered"), "{case}: {}", cured.summary);
        }
    }

    #[test]
    fn a_warmup_as_long_as_the_schedule_is_refused_without_telling_either() {
        let error = shown(&[("case", "3"), ("warmup_steps", "100")]).unwrap_err();
        assert_eq!(error.control(), Some("warmup_steps"));
        assert!(!error.to_string().contains("60"), "{error}");
        let error = shown(&[("warmup_steps", "200"), ("schedule_steps", "100")]).unwrap_err();
        assert_eq!(error.control(), Some("warmup_steps"));
        assert_eq!(shown(&[("case", "15")]).unwrap_err().control(), Some("case"));
    }

    #[test]
    fn whatever_is_set_is_run_or_refused_beside_its_control() {
        let mut stream = Stream::new(0, Purpose::Noise);
        for round in 0..12 {
            let case = (1 + round % CASES.len()).to_string();
            let mut settings = vec![("case", case.as_str())];
            for (name, _) in NAMES {
                let options = options(name);
                settings.push((name, options[stream.below(options.len())]));
            }
            match shown(&settings) {
                Ok(view) => sound(&view),
                Err(error) => assert!(error.control().is_some(), "{settings:?}: {error}"),
            }
        }
        // The wildest of all: a rate of 1 with a decay of 10, in the gradient and beside it.
        for decay in ["coupled", "decoupled"] {
            let wild = [("learning_rate", "1"), ("weight_decay", "10"), ("decay", decay)];
            let view = shown(&wild).unwrap();
            sound(&view);
            assert!(view.summary.len() < 600, "{}", view.summary);
        }
    }
}
