//! A table of numbers as colors.

use crate::axis::Axis;
use crate::curves::draw;
use crate::figure::Figure;
use crate::frame::Frame;
use crate::number::{short, two_digits};
use plotters::element::{Rectangle, Text};
use plotters::prelude::ViridisRGB;
use plotters::style::colors::colormaps::ColorMap;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, RGBColor, TextStyle};

/// A heat map in the making: each cell is colored by the viridis map, which grows evenly in
/// lightness, and holds its number, so that neither color nor sight of it is needed.
#[derive(Clone, Debug)]
pub struct HeatMap {
    frame: Frame,
    columns: Vec<f64>,
    rows: Vec<f64>,
    values: Vec<Vec<f64>>,
    logarithmic: bool,
}

impl HeatMap {
    /// One cell for each row and column; `values[row][column]`. Infinite values and those that
    /// are not numbers are left blank and marked with a cross.
    pub fn new(
        columns: &[f64],
        rows: &[f64],
        values: &[Vec<f64>],
        title: &str,
        description: &str,
    ) -> Self {
        let mut frame = Frame::new(title, description);
        frame.grid = false;
        Self {
            frame,
            columns: columns.to_vec(),
            rows: rows.to_vec(),
            values: values.to_vec(),
            logarithmic: false,
        }
    }

    /// Labels the axes.
    #[must_use]
    pub fn axes(mut self, x_label: &str, y_label: &str) -> Self {
        self.frame.x_label = x_label.to_owned();
        self.frame.y_label = y_label.to_owned();
        self
    }

    /// Colors values by their logarithm; they must be positive.
    #[must_use]
    pub fn log_color(mut self) -> Self {
        self.logarithmic = true;
        self
    }

    /// Draws the heat map.
    pub fn figure(&self) -> Figure {
        let (columns, rows) = (self.columns.len() as f64, self.rows.len() as f64);
        // The axes count cells; their labels are written below, one for each row and column.
        let axes = (Axis::spanning(0.0, columns, false), Axis::spanning(0.0, rows, false));
        let scale = Axis::around(self.values.iter().flatten().copied(), self.logarithmic);
        self.frame.draw_table(axes, (&self.columns, &self.rows), &self.facts(), |canvas| {
            let area = canvas.plotting_area();
            let size = if self.columns.len() > 9 { 20 } else { 24 };
            for (row, values) in self.values.iter().enumerate() {
                for (column, &value) in values.iter().enumerate() {
                    let (x, y) = (column as f64, row as f64);
                    let known = value.is_finite() && (value > 0.0 || !self.logarithmic);
                    let shade = scale.position(value).clamp(0.0, 1.0);
                    let (fill, ink) = if known {
                        let dark = shade < 0.55;
                        let ink = if dark { RGBColor(255, 255, 255) } else { RGBColor(0, 0, 0) };
                        (ViridisRGB.get_color(shade), ink)
                    } else {
                        (RGBColor(128, 128, 128), RGBColor(0, 0, 0))
                    };
                    draw(area.draw(&Rectangle::new([(x, y + 1.0), (x + 1.0, y)], fill.filled())));
                    let label = if known { two_digits(value) } else { "×".to_owned() };
                    // A long label, 9.2×10⁻⁴ say, has to fit into its cell, too.
                    let size = size * 5 / label.chars().count().max(5);
                    let style = TextStyle::from(("sans-serif", size as u32))
                        .color(&ink)
                        .pos(Pos::new(HPos::Center, VPos::Center));
                    draw(area.draw(&Text::new(label, (x + 0.5, y + 0.5), style)));
                }
            }
        })
    }

    fn facts(&self) -> Vec<String> {
        let mut cells: Vec<(f64, f64, f64)> = Vec::new();
        for (row, values) in self.rows.iter().zip(&self.values) {
            cells.extend(
                self.columns.iter().zip(values).map(|(column, value)| (*value, *column, *row)),
            );
        }
        cells.retain(|(value, ..)| value.is_finite());
        let by_value = |a: &&(f64, f64, f64), b: &&(f64, f64, f64)| a.0.total_cmp(&b.0);
        let fact = |extreme: &str, cell: Option<&(f64, f64, f64)>| {
            cell.map(|(value, column, row)| {
                format!(
                    "{extreme}: {} at {} {} and {} {}.",
                    short(*value),
                    self.frame.x_label,
                    short(*column),
                    self.frame.y_label,
                    short(*row)
                )
            })
        };
        [
            fact("Lowest", cells.iter().min_by(by_value)),
            fact("Highest", cells.iter().max_by(by_value)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
