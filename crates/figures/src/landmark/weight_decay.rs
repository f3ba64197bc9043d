//! Learning rate and weight decay, apart and together.

use crate::{Curves, Figure, HeatMap};
use lab::experiment::weight_decay::Map;

/// The test loss at each λ and rate of one form of decay.
pub fn decay_map(map: &Map, form: &str) -> Figure {
    let title = format!("Test loss by decay and rate: {form}");
    let description = format!(
        "The loss on test images for each decay λ (column) and learning rate (row), {form}."
    );
    HeatMap::new(&map.decays, &map.rates, &map.losses, &title, &description)
        .axes("decay λ", "learning rate")
        .log_color()
        .figure()
}

/// The best λ at each rate, for each form of decay.
pub fn best_decays(maps: &[(&str, &Map)]) -> Figure {
    let chart = Curves::new(
        "Best decay by learning rate",
        "The decay λ with the lowest test loss against the learning rate, for several forms of weight \
         decay. A level line means that the two can be tuned apart.",
    )
    .axes("learning rate", "best λ")
    .log_x()
    .log_y();
    let add = |chart: Curves, (name, map): &(&str, &Map)| {
        chart.marked_curve(name, &map.rates, &map.best_decays())
    };
    maps.iter().fold(chart, add).figure()
}
