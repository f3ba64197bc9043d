//! A quantity over a plane, as bands of color between lines of equal value.

use crate::axis::Axis;
use crate::curves::draw;
use crate::figure::Figure;
use crate::frame::Frame;
use crate::number::short;
use crate::themed_svg::data_ink;
use contour::ContourBuilder;
use plotters::element::{Circle, PathElement, Polygon, Text};
use plotters::prelude::ViridisRGB;
use plotters::style::colors::colormaps::ColorMap;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, RGBColor, TextStyle};

/// A field in the making: bands colored by the viridis map, the line between two of them labeled
/// with its value, so that neither color nor sight of it is needed.
#[derive(Clone, Debug)]
pub struct Field {
    frame: Frame,
    x: (f64, f64),
    y: (f64, f64),
    values: Vec<Vec<f64>>,
    levels: Vec<f64>,
    marks: Vec<(String, f64, f64)>,
    curves: Vec<Vec<(f64, f64)>>,
}

impl Field {
    /// `values[row][column]` at places evenly spread over the rectangle `x` × `y`, the first row and
    /// column at its low ends, the last at its high ends. Two of each at least.
    pub fn new(
        (x, y): ((f64, f64), (f64, f64)),
        values: &[Vec<f64>],
        title: &str,
        description: &str,
    ) -> Self {
        let mut frame = Frame::new(title, description);
        frame.grid = false;
        Self {
            frame,
            x,
            y,
            values: values.to_vec(),
            levels: Vec::new(),
            marks: Vec::new(),
            curves: Vec::new(),
        }
    }

    /// Labels the axes.
    #[must_use]
    pub fn axes(mut self, x_label: &str, y_label: &str) -> Self {
        self.frame.x_label = x_label.to_owned();
        self.frame.y_label = y_label.to_owned();
        self
    }

    /// Draws lines at these values, in rising order, and a band between each two.
    #[must_use]
    pub fn levels(mut self, levels: &[f64]) -> Self {
        self.levels = levels.to_vec();
        self
    }

    /// Carries the axes along, so that a page can turn a place in the picture into numbers.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.frame.live = true;
        self
    }

    /// Marks a place, with its name beside it.
    #[must_use]
    pub fn mark(mut self, label: &str, x: f64, y: f64) -> Self {
        self.marks.push((label.to_owned(), x, y));
        self
    }

    /// Adds a curve over the bands.
    #[must_use]
    pub fn curve(mut self, points: &[(f64, f64)]) -> Self {
        self.curves.push(points.to_vec());
        self
    }

    /// Draws the field.
    pub fn figure(&self) -> Figure {
        let axes =
            (Axis::spanning(self.x.0, self.x.1, false), Axis::spanning(self.y.0, self.y.1, false));
        let rows = self.values.len();
        let columns = self.values.first().map_or(0, Vec::len);
        let step = |(low, high): (f64, f64), count: usize| (high - low) / (count.max(2) - 1) as f64;
        let (dx, dy) = (step(self.x, columns), step(self.y, rows));
        let flat: Vec<f64> = self.values.iter().flatten().copied().collect();
        let builder = ContourBuilder::new(columns, rows, true)
            .x_origin(self.x.0 - dx / 2.0)
            .y_origin(self.y.0 - dy / 2.0)
            .x_step(dx)
            .y_step(dy);
        self.frame.draw(axes, &[], &self.facts(), |canvas| {
            let area = canvas.plotting_area();
            let bands = builder.isobands(&flat, &self.levels).unwrap_or_default();
            for (place, band) in bands.iter().enumerate() {
                let shade = place as f64 / (bands.len().max(2) - 1) as f64;
                let color = ViridisRGB.get_color(shade);
                for polygon in &band.geometry().0 {
                    let ring = polygon.exterior().0.iter().map(|point| (point.x, point.y));
                    draw(area.draw(&Polygon::new(ring.collect::<Vec<_>>(), color.filled())));
                }
            }
            let ink = data_ink();
            let lines = builder.lines(&flat, &self.levels).unwrap_or_default();
            for line in &lines {
                for stretch in &line.geometry().0 {
                    let points: Vec<_> = stretch.0.iter().map(|point| (point.x, point.y)).collect();
                    // Labels stand in the middle of the longest lines, where there is room.
                    let label = points.len() > 12;
                    let middle = points[points.len() / 2];
                    let white = RGBColor(255, 255, 255);
                    draw(area.draw(&PathElement::new(points, white.mix(0.6).stroke_width(2))));
                    if label && axes.0.covers(middle.0) && axes.1.covers(middle.1) {
                        let style = TextStyle::from(("sans-serif", 22))
                            .color(&ink)
                            .pos(Pos::new(HPos::Center, VPos::Center));
                        draw(area.draw(&Text::new(short(line.threshold()), middle, style)));
                    }
                }
            }
            for curve in &self.curves {
                draw(area.draw(&PathElement::new(curve.clone(), ink.stroke_width(4))));
            }
            for (label, x, y) in &self.marks {
                draw(area.draw(&Circle::new((*x, *y), 10, ink.stroke_width(4))));
                let side = if axes.0.position(*x) > 0.6 { HPos::Right } else { HPos::Left };
                let style = TextStyle::from(("sans-serif", 26))
                    .color(&ink)
                    .pos(Pos::new(side, VPos::Bottom));
                draw(area.draw(&Text::new(format!("  {label}  "), (*x, *y), style)));
            }
        })
    }

    fn facts(&self) -> Vec<String> {
        let mark = |(label, x, y): &(String, f64, f64)| {
            format!(
                "Marked: {label}, at {} {} and {} {}.",
                self.frame.x_label,
                short(*x),
                self.frame.y_label,
                short(*y)
            )
        };
        self.marks.iter().map(mark).collect()
    }
}
