//! Histograms of one or more samples over common bins.

use crate::axis::Axis;
use crate::curves::draw;
use crate::figure::Figure;
use crate::frame::{Frame, color};
use crate::number::short;
use crate::palette::series;
use crate::themed_svg::data_ink;
use lab::statistics::{mean, variance};
use plotters::element::{PathElement, Polygon};
use plotters::style::Color;

/// A histogram in the making.
#[derive(Clone, Debug)]
pub struct Histogram {
    frame: Frame,
    range: (f64, f64),
    bins: usize,
    samples: Vec<(String, Vec<f64>)>,
    markers: Vec<f64>,
}

impl Histogram {
    /// Bins of equal width from `range.0` to `range.1`; values outside are counted in the first
    /// and the last bin. Each sample's mean and spread are added to the description.
    pub fn new(range: (f64, f64), bins: usize, title: &str, description: &str) -> Self {
        let mut frame = Frame::new(title, description);
        frame.y_label = "share".to_owned();
        Self { frame, range, bins: bins.max(1), samples: Vec::new(), markers: Vec::new() }
    }

    /// Labels the horizontal axis.
    #[must_use]
    pub fn axis(mut self, label: &str) -> Self {
        self.frame.x_label = label.to_owned();
        self
    }

    /// Adds a sample.
    #[must_use]
    pub fn sample(mut self, label: &str, values: &[f64]) -> Self {
        self.samples.push((label.to_owned(), values.to_vec()));
        self
    }

    /// Draws a vertical line at this value.
    #[must_use]
    pub fn marker(mut self, value: f64) -> Self {
        self.markers.push(value);
        self
    }

    /// The share of `values` in each bin.
    fn shares(&self, values: &[f64]) -> Vec<f64> {
        let mut counts = vec![0.0; self.bins];
        let width = (self.range.1 - self.range.0) / self.bins as f64;
        for value in values.iter().filter(|value| value.is_finite()) {
            let bin = (value - self.range.0) / width;
            counts[bin.clamp(0.0, (self.bins - 1) as f64) as usize] += 1.0 / values.len() as f64;
        }
        counts
    }

    /// Draws the histogram, each sample as an outline over a light fill.
    pub fn figure(&self) -> Figure {
        let shares: Vec<Vec<f64>> =
            self.samples.iter().map(|(_, values)| self.shares(values)).collect();
        let highest = shares.iter().flatten().copied().fold(0.0, f64::max);
        let axes = (
            Axis::spanning(self.range.0, self.range.1, false),
            Axis::spanning(0.0, 1.05 * highest.max(1e-9), false),
        );
        let legend: Vec<_> = self
            .samples
            .iter()
            .enumerate()
            .map(|(index, (label, _))| (label.as_str(), series(index)))
            .collect();
        let width = (self.range.1 - self.range.0) / self.bins as f64;
        self.frame.draw(axes, &legend, &self.facts(), |canvas| {
            let area = canvas.plotting_area();
            for &value in &self.markers {
                let line = vec![(value, 0.0), (value, 1.05 * highest)];
                draw(area.draw(&PathElement::new(line, data_ink().mix(0.6).stroke_width(2))));
            }
            for (index, shares) in shares.iter().enumerate() {
                let color = color(series(index));
                let mut outline = vec![(self.range.0, 0.0)];
                for (bin, &share) in shares.iter().enumerate() {
                    let left = self.range.0 + width * bin as f64;
                    outline.extend([(left, share), (left + width, share)]);
                }
                outline.push((self.range.1, 0.0));
                draw(area.draw(&Polygon::new(outline.clone(), color.mix(0.15))));
                draw(area.draw(&PathElement::new(outline, color.stroke_width(3))));
            }
        })
    }

    fn facts(&self) -> Vec<String> {
        let fact = |(label, values): &(String, Vec<f64>)| {
            format!(
                "{label}: mean {}, standard deviation {}, {} values.",
                short(mean(values)),
                short(variance(values).sqrt()),
                values.len()
            )
        };
        self.samples.iter().map(fact).collect()
    }
}
