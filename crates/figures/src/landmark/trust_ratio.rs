//! Optimizers at growing batch sizes.

use crate::{Curves, Figure};
use lab::sweep::Standing;

/// The median test error of each contender at each batch size, with a band over its seeds.
pub fn large_batches(tables: &[(usize, Vec<Standing>)]) -> Figure {
    let sizes: Vec<f64> = tables.iter().map(|(size, _)| *size as f64).collect();
    let chart = Curves::new(
        "Test error by batch size",
        "The share of test images that are misclassified, against the batch size, at a fixed number of \
         epochs, each rule with its best rate; the median over seeds, with a band from lowest to highest.",
    )
    .axes("batch size", "test error")
    .log_x();
    let contenders = tables.first().map_or(0, |(_, table)| table.len());
    let add = |chart: Curves, place: usize| {
        let of = |(_, table): &(usize, Vec<Standing>)| table[place].scores.clone();
        let by_size: Vec<Vec<f64>> = tables.iter().map(of).collect();
        // A band takes runs over all sizes; the seeds of one size stand for runs.
        let seeds = by_size.iter().map(Vec::len).min().unwrap_or(0);
        let runs: Vec<Vec<f64>> =
            (0..seeds).map(|seed| by_size.iter().map(|scores| scores[seed]).collect()).collect();
        chart.band(&tables[0].1[place].name, &sizes, &runs)
    };
    (0..contenders).fold(chart, add).figure()
}
