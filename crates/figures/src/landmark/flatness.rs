//! How flat minima are.

use crate::{Curves, Figure, HeatMap};
use lab::curvature::Plane;
use lab::experiment::flatness::Minimum;

/// One measure of each minimum against its training loss, for each way to reach it.
pub fn flatness(
    name: &str,
    measure: fn(&Minimum) -> f64,
    routes: &[(&str, Vec<Minimum>)],
) -> Figure {
    let title = format!("Flatness by training loss: {name}");
    let description = format!(
        "The {name} against the training loss at which it was measured, for several ways to train."
    );
    let chart = Curves::new(&title, &description).axes("training loss", name).log_x().log_y();
    let add = |chart: Curves, (route, minima): &(&str, Vec<Minimum>)| {
        let losses: Vec<f64> = minima.iter().map(|minimum| minimum.loss).collect();
        chart.marked_curve(route, &losses, &minima.iter().map(measure).collect::<Vec<_>>())
    };
    routes.iter().fold(chart, add).figure()
}

/// The loss over a plane through a minimum.
pub fn surroundings(plane: &Plane, title: &str) -> Figure {
    let description = "The training loss over a plane through the parameters that training found, which \
                       are in the middle; both directions are random, scaled to the weights.";
    HeatMap::new(&plane.places, &plane.places, &plane.losses, title, description)
        .axes("first direction", "second direction")
        .log_color()
        .figure()
}
