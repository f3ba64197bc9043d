//! How far each layer moves under rules with a trust ratio and without.

use crate::control::{Control, Settings};
use crate::exploration::{Exploration, Refusal};
use crate::view::View;
use figures::{DotPlot, Figure, short};
use lab::experiment::trust_ratio::{Layer, LayerSteps, LayerStepsConfig, layer_steps};

pub(crate) const EXPLORATION: Exploration = Exploration {
    id: "trust",
    title: "A rate for each layer",
    invitation: "Make one layer's gradient a thousand times as large. Which rules notice? Choose \
                 the bias, which is zero, and do it again. Then scale a layer's weights instead.",
    controls: &[
        Control::pick(
            "layer",
            "layer that is changed",
            &[
                ("query", "query, a matrix"),
                ("embed", "embedding, a large matrix"),
                ("output", "output, a matrix with small weights"),
                ("gain", "gain of a normalization"),
                ("bias", "bias, at zero"),
            ],
        ),
        Control::choice("gradient", "its gradient, times", TIMES, "1"),
        Control::choice("weights", "its weights, times", TIMES, "1"),
        Control::choice("rate", "η, learning rate", &[0.0001, 0.001, 0.01, 0.1], "0.01"),
        Control::choice("lambda", "λ, weight decay", &[0.0, 0.001, 0.01, 0.1, 1.0], "0"),
        Control::choice("seen", "gradients seen", &[1.0, 3.0, 10.0, 30.0], "1").under("more"),
        Control::choice("trust", "τ, trust coefficient of LARS", &[0.001, 0.01, 0.1, 1.0], "1")
            .under("more"),
        Control::choice("seed", "seed of weights and gradients", &[0.0, 1.0, 2.0, 3.0], "0")
            .under("more"),
    ],
    view,
    ..Exploration::BLANK
};

const TIMES: &[f64] = &[0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0];

/// Tensors as a small network has them; norms differ by orders of magnitude, gradients more than
/// weights.
const LAYERS: [Layer; 5] = [
    Layer { name: "embed", shape: (32, 8), weight_norm: 5.0, gradient_norm: 0.02 },
    Layer { name: "query", shape: (16, 8), weight_norm: 4.0, gradient_norm: 0.5 },
    Layer { name: "output", shape: (8, 16), weight_norm: 0.2, gradient_norm: 1.0 },
    Layer { name: "gain", shape: (1, 8), weight_norm: 2.8, gradient_norm: 0.1 },
    Layer { name: "bias", shape: (1, 8), weight_norm: 0.0, gradient_norm: 0.1 },
];

fn view(settings: &Settings, _draw: &mut dyn FnMut(&View)) -> Result<View, Refusal> {
    let base = LayerStepsConfig {
        layers: LAYERS.to_vec(),
        learning_rate: settings.number("rate"),
        weight_decay: settings.number("lambda"),
        trust_coefficient: settings.number("trust"),
        steps: settings.count("seen"),
        seed: settings.count("seed") as u64,
    };
    let changed = LAYERS.iter().position(|layer| layer.name == settings.text("layer"));
    let changed = changed.unwrap_or(0);
    let (times_gradient, times_weights) = (settings.number("gradient"), settings.number("weights"));
    let mut config = base.clone();
    config.layers[changed].gradient_norm *= times_gradient;
    config.layers[changed].weight_norm *= times_weights;
    let before = layer_steps(&base)?;
    let after = layer_steps(&config)?;

    let summary = format!("{} {}", spread(&after), compared(&config, changed, &before, &after));
    let (lars, lamb) = (after.lars_ratios(), after.lamb_ratios());
    let row = |layer: usize| {
        let numbers = [
            after.weights[layer],
            after.gradients[layer],
            after.momentum[layer],
            after.lars[layer],
            lars[layer],
            after.adamw[layer],
            after.lamb[layer],
            lamb[layer],
        ];
        [vec![LAYERS[layer].name.to_owned()], numbers.map(short).to_vec()].concat()
    };
    let rows: Vec<Vec<String>> = (0..LAYERS.len()).map(row).collect();
    let columns = [
        "layer",
        "‖θ‖",
        "‖g‖",
        "momentum ‖Δθ‖",
        "LARS ‖Δθ‖",
        "LARS ratio",
        "AdamW ‖Δθ‖",
        "LAMB ‖Δθ‖",
        "LAMB ratio",
    ];
    Ok(View::new(&figures(&after), summary)
        .table("Norms, steps and trust ratios of each layer", &columns, &rows)
        .series("steps", &after))
}

/// A layer's name in a sentence.
fn named(layer: &str) -> &str {
    match layer {
        "embed" => "embedding",
        other => other,
    }
}

/// A rule's name and its steps.
type Named<'a> = (&'static str, &'a [f64]);

fn rules(steps: &LayerSteps) -> [Named<'_>; 4] {
    [
        ("momentum", &steps.momentum),
        ("LARS", &steps.lars),
        ("AdamW", &steps.adamw),
        ("LAMB", &steps.lamb),
    ]
}

/// Steps as shares of the layers' norms; none for a layer at zero.
fn relative(steps: &LayerSteps, moved: &[f64]) -> Vec<f64> {
    let share = |(moved, weights): (&f64, &f64)| match *weights > 0.0 {
        true => moved / weights,
        false => f64::NAN,
    };
    moved.iter().zip(&steps.weights).map(share).collect()
}

/// Between what the relative steps of the layers lie under each rule.
fn spread(steps: &LayerSteps) -> String {
    let range = |(name, moved): Named| {
        let shares: Vec<f64> =
            relative(steps, moved).into_iter().filter(|share| share.is_finite()).collect();
        let low = shares.iter().copied().fold(f64::INFINITY, f64::min);
        let high = shares.iter().copied().fold(0.0, f64::max);
        match high <= 1.001 * low {
            true => format!("under {name} {} in each", short(high)),
            false => format!("under {name} from {} to {}", short(low), short(high)),
        }
    };
    let ranges = rules(steps).map(range);
    format!(
        "The step of a layer, as a share of the layer's norm, where that is not zero, is {}.",
        ranges.join(", ")
    )
}

/// What the change to one layer did to its steps.
fn compared(
    config: &LayerStepsConfig,
    changed: usize,
    before: &LayerSteps,
    after: &LayerSteps,
) -> String {
    let (layer, first) = (config.layers[changed], LAYERS[changed]);
    let gradient = layer.gradient_norm / first.gradient_norm;
    let weights = match first.weight_norm > 0.0 {
        true => layer.weight_norm / first.weight_norm,
        false => 1.0,
    };
    let changes: Vec<String> = [("gradient", gradient), ("weights", weights)]
        .into_iter()
        .filter(|(_, times)| *times != 1.0)
        .map(|(what, times)| format!("its {what} multiplied by {}", short(times)))
        .collect();
    let times = |((name, new), (_, old)): (Named, Named)| {
        let times = new[changed] / old[changed];
        match (times - 1.0).abs() < 1e-3 {
            true => format!("as long as before under {name}"),
            false => format!("{} times as long under {name}", short(times)),
        }
    };
    let times: Vec<String> = rules(after).into_iter().zip(rules(before)).map(times).collect();
    let ratios = format!(
        "The trust ratio of the {} is {} under LARS and {} under LAMB",
        named(layer.name),
        short(after.lars_ratios()[changed]),
        short(after.lamb_ratios()[changed]),
    );
    let zero = match layer.weight_norm > 0.0 {
        true => "",
        false => ": a layer at zero has no norm to be in proportion to",
    };
    if changes.is_empty() {
        return format!("{ratios}{zero}.");
    }
    let changes = changes.join(" and ");
    format!("{ratios}{zero}. With {changes}, its step is {}.", times.join(", "))
}

fn figures(steps: &LayerSteps) -> [Figure; 2] {
    let names = LAYERS.map(|layer| layer.name);
    let plot = |title: &str, description: &str, axis: &str| {
        DotPlot::new(&names, title, description).axis(axis).log_x()
    };
    let shares = rules(steps).into_iter().fold(
        plot(
            "The step of each layer",
            "How far each rule moves each layer, as a share of the layer's norm.",
            "‖Δθ‖ / ‖θ‖",
        ),
        |plot, (name, moved)| plot.dots(name, &relative(steps, moved)),
    );
    let shares = shares.figure().caption(
        "Compare a rule's dots over the layers: with a trust ratio, LARS and LAMB, they stand \
         below each other. The bias is zero and has no share.",
    );
    let ratios = plot(
        "Norms and ratios",
        "The norm of each layer's weights and of its gradient, and the trust ratios of LARS and \
         LAMB.",
        "norm, or ratio",
    )
    .dots("‖θ‖", &steps.weights)
    .dots("‖g‖", &steps.gradients)
    .dots("LARS's ratio", &steps.lars_ratios())
    .dots("LAMB's ratio", &steps.lamb_ratios())
    .figure()
    .caption(
        "LARS's ratio makes up for the gradient's norm and the weights'; LAMB's for the weights' \
         alone, because Adam's update has about the same size in every coordinate.",
    );
    [shares, ratios]
}

#[cfg(test)]
mod tests {
    use super::{EXPLORATION, LAYERS};
    use crate::explorations::corners::{run_every_corner, with};
    use crate::view::View;

    fn step(view: &View, rule: &str, layer: &str) -> f64 {
        let place = LAYERS.iter().position(|known| known.name == layer).unwrap();
        view.series["steps"][rule][place].as_f64().unwrap()
    }

    #[test]
    fn with_a_trust_ratio_each_layer_moves_the_same_share_of_its_norm() {
        let view = EXPLORATION.first().unwrap();
        for layer in LAYERS.iter().filter(|layer| layer.weight_norm > 0.0) {
            for rule in ["lars", "lamb"] {
                let share = step(&view, rule, layer.name) / layer.weight_norm;
                assert!((share - 0.01).abs() < 1e-9, "{rule} {layer:?} {share}");
            }
        }
        assert!(view.summary.contains("under LAMB 0.01 in each"), "{}", view.summary);
    }

    #[test]
    fn who_notices_a_gradient_a_thousand_times_as_large() {
        let first = EXPLORATION.first().unwrap();
        for layer in ["query", "bias"] {
            let view = with(&EXPLORATION, &[("layer", layer), ("gradient", "1000")]).unwrap();
            let times = |rule| step(&view, rule, layer) / step(&first, rule, layer);
            assert!((times("momentum") - 1000.0).abs() < 1e-6);
            assert!((times("adamw") - 1.0).abs() < 1e-3 && (times("lamb") - 1.0).abs() < 1e-3);
            // A bias at zero has a trust ratio of 1, so that LARS steps there as momentum does.
            let lars = if layer == "bias" { 1000.0 } else { 1.0 };
            assert!((times("lars") - lars).abs() < 1e-6, "{layer}");
            let told = match layer {
                "bias" => "1000 times as long under LARS",
                _ => "as long as before under LARS",
            };
            assert!(view.summary.contains(told), "{}", view.summary);
        }
    }

    #[test]
    fn scaled_weights_are_followed_by_the_trust_ratio_alone() {
        let first = EXPLORATION.first().unwrap();
        let view = with(&EXPLORATION, &[("weights", "10")]).unwrap();
        let times = |rule| step(&view, rule, "query") / step(&first, rule, "query");
        assert!((times("momentum") - 1.0).abs() < 1e-9 && (times("adamw") - 1.0).abs() < 1e-9);
        assert!((times("lars") - 10.0).abs() < 1e-9 && (times("lamb") - 10.0).abs() < 1e-9);
    }

    #[test]
    fn every_corner_is_shown() {
        run_every_corner(&EXPLORATION);
    }
}
