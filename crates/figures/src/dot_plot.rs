//! One number for each of a few named things, compared among series.

use crate::axis::Axis;
use crate::curves::draw;
use crate::figure::Figure;
use crate::frame::{Frame, color};
use crate::number::short;
use crate::palette::series;
use plotters::element::{Circle, PathElement};
use plotters::style::Color;

/// A dot plot in the making: a row for each thing, from top to bottom, and in it a line and a dot
/// for each series.
#[derive(Clone, Debug)]
pub struct DotPlot {
    frame: Frame,
    rows: Vec<String>,
    series: Vec<(String, Vec<f64>)>,
}

impl DotPlot {
    /// A plot with a row for each of these names, which have room for some eight letters. The
    /// series' numbers are added to the description.
    pub fn new(rows: &[&str], title: &str, description: &str) -> Self {
        Self {
            frame: Frame::new(title, description),
            rows: rows.iter().map(|&row| row.to_owned()).collect(),
            series: Vec::new(),
        }
    }

    /// Labels the horizontal axis.
    #[must_use]
    pub fn axis(mut self, label: &str) -> Self {
        self.frame.x_label = label.to_owned();
        self
    }

    /// Makes the horizontal axis logarithmic; what is not above 0 has no dot there.
    #[must_use]
    pub fn log_x(mut self) -> Self {
        self.frame.x_logarithmic = true;
        self
    }

    /// Adds a series with a number for each row; a row whose number is not finite has no dot.
    #[must_use]
    pub fn dots(mut self, label: &str, values: &[f64]) -> Self {
        self.series.push((label.to_owned(), values.to_vec()));
        self
    }

    /// Draws the plot.
    pub fn figure(&self) -> Figure {
        let mut values = self.series.iter().flat_map(|(_, values)| values.iter().copied());
        let axis = Axis::around(&mut values, self.frame.x_logarithmic);
        let legend: Vec<_> = self
            .series
            .iter()
            .enumerate()
            .map(|(index, (label, _))| (label.as_str(), series(index)))
            .collect();
        let share = 1.0 / (self.series.len() + 1) as f64;
        let rows: Vec<&str> = self.rows.iter().rev().map(String::as_str).collect();
        let y = Axis::spanning(0.0, rows.len() as f64, false);
        self.frame.draw_rows((axis, y), &rows, &legend, &self.facts(), |canvas| {
            let area = canvas.plotting_area();
            for (index, (_, values)) in self.series.iter().enumerate() {
                let color = color(series(index));
                let shown = values.iter().enumerate().filter(|(_, value)| axis.shows(**value));
                for (row, &value) in shown {
                    let y = (self.rows.len() - row) as f64 - (index + 1) as f64 * share;
                    let line = vec![(axis.ends().0, y), (value, y)];
                    draw(area.draw(&PathElement::new(line, color.stroke_width(4))));
                    draw(area.draw(&Circle::new((value, y), 8, color.filled())));
                }
            }
        })
    }

    fn facts(&self) -> Vec<String> {
        let fact = |(label, values): &(String, Vec<f64>)| {
            let shown = self.rows.iter().zip(values).filter(|(_, value)| value.is_finite());
            let shown: Vec<String> =
                shown.map(|(row, value)| format!("{row} {}", short(*value))).collect();
            format!("{label}: {}.", shown.join(", "))
        };
        self.series.iter().map(fact).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::DotPlot;

    #[test]
    fn every_number_that_can_be_shown_has_a_dot_and_is_told() {
        let figure = DotPlot::new(&["first", "second"], "Title", "What it shows.")
            .axis("length")
            .log_x()
            .dots("one", &[0.1, f64::NAN])
            .dots("other", &[10.0, 1e-3])
            .figure();
        assert_eq!(figure.svg().matches("<circle").count(), 3);
        assert!(figure.svg().contains("second"));
        assert!(figure.description().contains("other: first 10, second 0.001."));
        assert!(!figure.svg().contains("NaN"));
    }
}
