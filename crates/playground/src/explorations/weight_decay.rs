//! What decay leaves of two weights whose gradients differ in size, coupled and decoupled.

use crate::control::{Control, Settings};
use crate::exploration::{Exploration, Refusal};
use crate::view::View;
use figures::{Curves, Figure, short};
use lab::experiment::weight_decay::{
    Shrinking, ShrinkingConfig, kept_if_coupled, kept_if_decoupled, shrinking,
};

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "decay",
    title: "Decay, coupled and decoupled",
    invitation: "Two weights start at 1 and see nothing but noise. Make the second one's gradients \
                 larger, then equal to the first one's, and watch which of the curves move. By \
                 how much must λ grow to make up for the size of the gradients?",
    controls: &[
        Control::choice(
            "ratio",
            "gradients of the second weight, times the first's",
            &[1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0],
            "100",
        ),
        Control::choice(
            "lambda",
            "λ, weight decay",
            &[0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
            "0.1",
        ),
        Control::choice(
            "rate",
            "η, learning rate",
            &[0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
            "0.01",
        ),
        Control::choice("steps", "steps", &[100.0, 300.0, 1000.0, 3000.0], "1000"),
        Control::choice(
            "size",
            "σ, size of the first weight's gradients",
            &[0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
            "1",
        )
        .under("noise"),
        Control::choice("seed", "seed of the noise", &[0.0, 1.0, 2.0, 3.0], "0").under("noise"),
    ],
    view,
    ..Exploration::BLANK
};

/// How large λ may be beside the gradients, while theory takes it for small.
const SMALL: f64 = 0.3;

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let size = settings.number("size");
    let config = ShrinkingConfig {
        sizes: [size, size * settings.number("ratio")],
        learning_rate: settings.number("rate"),
        weight_decay: settings.number("lambda"),
        steps: settings.count("steps"),
        seed: settings.count("seed") as u64,
    };
    let shrinking = shrinking(&config)?;
    let ShrinkingConfig { learning_rate, weight_decay, steps, .. } = config;
    let end = |values: &[Vec<f64>; 2]| [0, 1].map(|place| values[place][steps]);
    let [sgd, coupled, decoupled] =
        [&shrinking.sgd, &shrinking.coupled, &shrinking.decoupled].map(end);
    let in_theory =
        config.sizes.map(|size| kept_if_coupled(learning_rate, weight_decay, size, steps as f64));
    let for_both = kept_if_decoupled(learning_rate, weight_decay, steps as f64);

    let sizes = config.sizes.map(short);
    let assumption = match weight_decay > SMALL * size {
        true => {
            " The formula exp(−ηλt/σ) takes λθ for small beside the gradients, and for the first \
             weight that is not so: its decay is then a good part of the gradient that it is \
             divided by."
        }
        false => "",
    };
    let summary = format!(
        "After {} steps with η = {} and λ = {}, Adam with L2 leaves {} of the weight with \
         gradients of size {} and {} of the one with gradients of size {}; theory, \
         exp(−ηλt/σ), says {} and {}. AdamW leaves {} and {}; theory, (1 − ηλ)ᵗ, says {} for \
         both.{assumption}",
        short(steps as f64),
        short(learning_rate),
        short(weight_decay),
        share(coupled[0]),
        sizes[0],
        share(coupled[1]),
        sizes[1],
        share(in_theory[0]),
        share(in_theory[1]),
        share(decoupled[0]),
        share(decoupled[1]),
        share(for_both),
    );
    let row = |name: &str, [first, second]: [f64; 2], [in_first, in_second]: [f64; 2]| {
        let shares = [first, in_first, second, in_second].map(share);
        [vec![name.to_owned()], shares.to_vec()].concat()
    };
    let rows = [
        row("Adam with L2", coupled, in_theory),
        row("AdamW", decoupled, [for_both; 2]),
        row("SGD with L2", sgd, [for_both; 2]),
    ];
    let named = sizes.map(|size| format!("σ = {size}"));
    let columns = ["rule", &named[0], "in theory", &named[1], "in theory"];
    Ok(View::new(&figures(&config, &shrinking), summary)
        .table("What is left of a weight at the end", &columns, &rows)
        .series("sgd", sgd)
        .series("coupled", coupled)
        .series("decoupled", decoupled)
        .series("theory", [in_theory, [for_both; 2]]))
}

/// A share of the start; what rounding and noise leave of nothing is nothing.
fn share(kept: f64) -> String {
    short(if kept.abs() < 1e-12 { 0.0 } else { kept })
}

/// Both weights under Adam with L2, and under AdamW.
fn figures(config: &ShrinkingConfig, shrinking: &Shrinking) -> [Figure; 2] {
    let ShrinkingConfig { learning_rate, weight_decay, sizes, .. } = *config;
    let steps: Vec<f64> = (0..=config.steps).map(|step| step as f64).collect();
    let chart = |title: &str, description: &str, values: &[Vec<f64>; 2]| {
        let chart = Curves::new(title, description)
            .axes("step t", "share of the weight left")
            .y_range(0.0, 1.05);
        let measured = |chart: Curves, (size, values): (f64, &Vec<f64>)| {
            let values: Vec<f64> = values.iter().map(|value| value.abs()).collect();
            chart.curve(&format!("|θ|, σ = {}", short(size)), &steps, &values)
        };
        sizes.into_iter().zip(values).fold(chart, measured)
    };
    let theory =
        |kept: &dyn Fn(f64) -> f64| -> Vec<f64> { steps.iter().map(|&step| kept(step)).collect() };
    let coupled = chart(
        "Adam with L2",
        "What is left of two weights whose gradients differ in size under Adam with L2, by step.",
        &shrinking.coupled,
    );
    let with_theory = |chart: Curves, size: f64| {
        let kept = theory(&|step| kept_if_coupled(learning_rate, weight_decay, size, step));
        chart.curve(&format!("theory, σ = {}", short(size)), &steps, &kept)
    };
    let coupled = sizes.into_iter().fold(coupled, with_theory).live().figure().caption(
        "The decay is divided by the size of the gradients: the larger they are, the more of the \
         weight is spared.",
    );
    let kept = theory(&|step| kept_if_decoupled(learning_rate, weight_decay, step));
    let decoupled = chart(
        "AdamW",
        "What is left of the same two weights under AdamW, by step.",
        &shrinking.decoupled,
    )
    .curve("theory, every σ", &steps, &kept)
    .live()
    .figure()
    .caption("The curves lie on each other: the decay does not see the gradients.");
    [coupled, decoupled]
}

#[cfg(test)]
mod tests {
    use super::EXPLORATION;
    use crate::explorations::corners::{run_every_corner, with};
    use crate::view::View;

    fn pair(view: &View, name: &str) -> [f64; 2] {
        [0, 1].map(|place| view.series[name][place].as_f64().unwrap())
    }

    #[test]
    fn coupled_decay_spares_large_gradients_and_decoupled_decay_none() {
        let view = EXPLORATION.first().unwrap();
        // ηλt is 1: theory leaves 1/e where σ = 1, and all but a hundredth where σ = 100.
        let [first, second] = pair(&view, "coupled");
        assert!((first - 0.368).abs() < 0.02, "{first}");
        assert!((second - 0.990).abs() < 0.002, "{second}");
        for name in ["decoupled", "sgd"] {
            for kept in pair(&view, name) {
                assert!((kept - 0.999_f64.powi(1000)).abs() < 1e-6, "{name} {kept}");
            }
        }
    }

    #[test]
    fn equal_gradients_are_decayed_alike_and_no_decay_leaves_all() {
        let equal = with(&EXPLORATION, &[("ratio", "1")]).unwrap();
        let [first, second] = pair(&equal, "coupled");
        assert_eq!(first, second);
        let none = with(&EXPLORATION, &[("lambda", "0")]).unwrap();
        for name in ["coupled", "decoupled", "sgd"] {
            assert!(pair(&none, name).iter().all(|kept| (kept - 1.0).abs() < 1e-9), "{name}");
        }
    }

    #[test]
    fn where_the_formula_does_not_hold_the_summary_says_so() {
        let holds = EXPLORATION.first().unwrap().summary;
        assert!(!holds.contains("that is not so"));
        let fails = with(&EXPLORATION, &[("size", "0.1")]).unwrap().summary;
        assert!(fails.contains("that is not so"), "{fails}");
    }

    #[test]
    fn every_corner_is_shown() {
        run_every_corner(&EXPLORATION);
    }
}
