//! What warmup changes.

use crate::{Curves, Figure};
use lab::experiment::warmup::Rates;

/// The final loss at each rate, for each length of warmup.
pub fn losses_by_rate(warmups: &[(&str, Rates)], unit: &str) -> Figure {
    let chart = Curves::new(
        "Final loss by learning rate",
        "The training loss at the end of a run against its learning rate, with warmups of several lengths. \
         Where a curve is interrupted, the run diverged.",
    )
    .axes(unit, "final loss")
    .log_x()
    .log_y();
    let add = |chart: Curves, (name, found): &(&str, Rates)| {
        chart.marked_curve(name, &found.rates, &found.losses)
    };
    warmups.iter().fold(chart, add).figure()
}
