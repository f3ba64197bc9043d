//! Momentum on functions where it is known exactly.

use crate::{Curves, Figure, HeatMap};
use lab::experiment::momentum::phase_diagram;

/// The factor of one heavy-ball step for curvatures from 1 to `kappa`, by learning rate and β.
pub fn phase_of_momentum(learning_rates: &[f64], betas: &[f64], kappa: f64) -> Figure {
    let factors = phase_diagram(learning_rates, betas, kappa);
    let description = format!(
        "By what factor a step of the heavy ball shrinks the error in the long run, on a bowl with \
         curvatures from 1 to {}, for each learning rate and β. Crosses diverge.",
        crate::short(kappa)
    );
    HeatMap::new(learning_rates, betas, &factors, "Momentum's phase diagram", &description)
        .axes("learning rate η", "β")
        .figure()
}

/// The positions of heavy-ball runs from several starts over their first steps.
pub fn heavy_ball_cycle(runs: &[(&str, Vec<f64>)], steps: usize) -> Figure {
    let chart = Curves::new(
        "A heavy ball that circles",
        "The position against the step, from starts that differ by a hundredth, on a convex function with \
         its minimum at 0.",
    )
    .axes("step", "position x")
    .level("minimum", 0.0);
    let add = |chart: Curves, (name, run): &(&str, Vec<f64>)| {
        let shown = &run[..run.len().min(steps + 1)];
        let steps: Vec<f64> = (0..shown.len()).map(|step| step as f64).collect();
        chart.curve(name, &steps, shown)
    };
    runs.iter().fold(chart, add).figure()
}
