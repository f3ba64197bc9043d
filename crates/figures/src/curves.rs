//! Curves, with bands over seeds.

use crate::axis::Axis;
use crate::clip::visible;
use crate::figure::Figure;
use crate::frame::{Frame, color};
use crate::number::short;
use crate::palette::{SeriesStyle, series};
use crate::themed_svg::data_ink;
use lab::statistics::median;
use plotters::element::{Circle, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, TextStyle};

/// More points than this across a figure cannot be told apart.
const MOST_POINTS: usize = 500;

/// A line chart in the making.
#[derive(Clone, Debug)]
pub struct Curves {
    frame: Frame,
    curves: Vec<Curve>,
    look: usize,
    levels: Vec<(String, f64)>,
    uprights: Vec<f64>,
    x_range: Option<(f64, f64)>,
    y_range: Option<(f64, f64)>,
}

#[derive(Clone, Debug)]
struct Curve {
    label: String,
    look: SeriesStyle,
    x: Vec<f64>,
    y: Vec<f64>,
    band: Option<(Vec<f64>, Vec<f64>)>,
    markers: bool,
}

impl Curves {
    /// A chart with this title, described in a sentence for those who cannot see it. What the
    /// curves' values are at their ends is added to the description.
    pub fn new(title: &str, description: &str) -> Self {
        Self {
            frame: Frame::new(title, description),
            curves: Vec::new(),
            look: 0,
            levels: Vec::new(),
            uprights: Vec::new(),
            x_range: None,
            y_range: None,
        }
    }

    /// Labels the axes; say units where there are any.
    #[must_use]
    pub fn axes(mut self, x_label: &str, y_label: &str) -> Self {
        self.frame.x_label = x_label.to_owned();
        self.frame.y_label = y_label.to_owned();
        self
    }

    /// Carries the axes along, so that a page can turn a place in the picture into numbers.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.frame.live = true;
        self
    }

    /// Makes the horizontal axis logarithmic.
    #[must_use]
    pub fn log_x(mut self) -> Self {
        self.frame.x_logarithmic = true;
        self
    }

    /// Makes the vertical axis logarithmic.
    #[must_use]
    pub fn log_y(mut self) -> Self {
        self.frame.y_logarithmic = true;
        self
    }

    /// Shows this range of x instead of all.
    #[must_use]
    pub fn x_range(mut self, low: f64, high: f64) -> Self {
        self.x_range = Some((low, high));
        self
    }

    /// Shows this range of y instead of all.
    #[must_use]
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y_range = Some((low, high));
        self
    }

    /// Gives the next curve the look of this index, and those behind it the looks that follow, so
    /// that a curve keeps its look whichever others are shown.
    #[must_use]
    pub fn look(mut self, index: usize) -> Self {
        self.look = index;
        self
    }

    /// Adds a curve through the points (x, y); where y is not finite the curve is interrupted.
    #[must_use]
    pub fn curve(self, label: &str, x: &[f64], y: &[f64]) -> Self {
        self.add(label, x, y.to_vec(), None, false)
    }

    /// Adds a curve and marks each of its points.
    #[must_use]
    pub fn marked_curve(self, label: &str, x: &[f64], y: &[f64]) -> Self {
        self.add(label, x, y.to_vec(), None, true)
    }

    /// Adds the median over several runs as a curve, with a band from the lowest to the highest.
    /// Each run has one value for each x.
    #[must_use]
    pub fn band(self, label: &str, x: &[f64], runs: &[Vec<f64>]) -> Self {
        let at =
            |i: usize| -> Vec<f64> { runs.iter().filter_map(|run| run.get(i).copied()).collect() };
        let over =
            |f: &dyn Fn(&[f64]) -> f64| (0..x.len()).map(|i| f(&at(i))).collect::<Vec<f64>>();
        let lowest = over(&|values| values.iter().copied().fold(f64::INFINITY, f64::min));
        let highest = over(&|values| values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        self.add(label, x, over(&median), Some((lowest, highest)), false)
    }

    /// Adds a horizontal line to compare with, named at the end where curves leave more room.
    #[must_use]
    pub fn level(mut self, label: &str, y: f64) -> Self {
        self.levels.push((label.to_owned(), y));
        self
    }

    /// Adds an upright line at a place along the horizontal axis, such as the step that is looked at.
    #[must_use]
    pub fn upright(mut self, x: f64) -> Self {
        self.uprights.push(x);
        self
    }

    fn add(
        mut self,
        label: &str,
        x: &[f64],
        y: Vec<f64>,
        band: Option<(Vec<f64>, Vec<f64>)>,
        markers: bool,
    ) -> Self {
        let (label, look, x) = (label.to_owned(), series(self.look), x.to_vec());
        self.curves.push(Curve { label, look, x, y, band, markers });
        self.look += 1;
        self
    }

    /// Draws the chart.
    pub fn figure(&self) -> Figure {
        let xs = self.curves.iter().flat_map(|curve| curve.x.iter().copied());
        let in_bands = self.curves.iter().filter_map(|curve| curve.band.as_ref());
        let ys = self.curves.iter().flat_map(|curve| curve.y.iter().copied());
        let ys = ys
            .chain(in_bands.flat_map(|(low, high)| low.iter().chain(high).copied()))
            .chain(self.levels.iter().map(|(_, y)| *y));
        let axis =
            |range: Option<(f64, f64)>, values: &mut dyn Iterator<Item = f64>, log| match range {
                Some((low, high)) => Axis::spanning(low, high, log),
                None => Axis::around(values, log),
            };
        let x_axis = axis(self.x_range, &mut { xs }, self.frame.x_logarithmic);
        let y_axis = axis(self.y_range, &mut { ys }, self.frame.y_logarithmic);
        let legend: Vec<_> =
            self.curves.iter().map(|curve| (curve.label.as_str(), curve.look)).collect();
        self.frame.draw((x_axis, y_axis), &legend, &self.facts(), |canvas| {
            let area = canvas.plotting_area();
            for x in &self.uprights {
                let (low, high) = y_axis.ends();
                let line = PathElement::new(
                    vec![(*x, low), (*x, high)],
                    data_ink().mix(0.55).stroke_width(2),
                );
                draw(area.draw(&line));
            }
            for (_, y) in &self.levels {
                let (low, high) = x_axis.ends();
                let line = PathElement::new(
                    vec![(low, *y), (high, *y)],
                    data_ink().mix(0.55).stroke_width(2),
                );
                draw(area.draw(&line));
            }
            for curve in &self.curves {
                let color = color(curve.look);
                if let Some((low, high)) = &curve.band {
                    let edge = |ys: &[f64]| thin(&curve.x, ys);
                    let mut outline = edge(high);
                    outline.extend(edge(low).into_iter().rev());
                    outline.retain(|(_, y)| y_axis.shows(*y));
                    draw(canvas.plotting_area().draw(&Polygon::new(outline, color.mix(0.2))));
                }
                let points = thin(&curve.x, &curve.y);
                for stretch in visible(&points, (x_axis, y_axis)) {
                    draw(area.draw(&PathElement::new(stretch, color.stroke_width(4))));
                }
                if curve.markers {
                    for point in points.iter().filter(|(_, y)| y_axis.shows(*y)) {
                        draw(area.draw(&Circle::new(*point, 7, color.filled())));
                    }
                }
            }
            let ink = data_ink();
            for (label, y) in &self.levels {
                let (side, x) = self.free_side(*y, x_axis, y_axis);
                let place = Pos::new(side, VPos::Bottom);
                let style = TextStyle::from(("sans-serif", 24)).color(&ink).pos(place);
                draw(area.draw(&Text::new(label.clone(), (x, *y), style)));
            }
        })
    }

    /// The side on which curves keep farther away from what is written just above y, and its x.
    fn free_side(&self, y: f64, x_axis: Axis, y_axis: Axis) -> (HPos, f64) {
        const SHARE: f64 = 0.4;
        let text = y_axis.position(y) + 0.03;
        let points = || self.curves.iter().flat_map(|curve| curve.x.iter().zip(&curve.y));
        let room = |side: std::ops::RangeInclusive<f64>| {
            points()
                .filter(|(x, _)| side.contains(&x_axis.position(**x)))
                .map(|(_, y)| (y_axis.position(*y) - text).abs())
                .fold(f64::INFINITY, f64::min)
        };
        let (low, high) = x_axis.ends();
        if room(0.0..=SHARE) > room(1.0 - SHARE..=1.0) {
            (HPos::Left, low)
        } else {
            (HPos::Right, high)
        }
    }

    fn facts(&self) -> Vec<String> {
        let fact = |curve: &Curve| {
            let mut finite = curve.x.iter().zip(&curve.y).filter(|(_, y)| y.is_finite());
            let (first, last) = (finite.next()?, finite.next_back()?);
            Some(format!(
                "{}: from {} at {} to {} at {}.",
                curve.label,
                short(*first.1),
                short(*first.0),
                short(*last.1),
                short(*last.0)
            ))
        };
        self.curves.iter().filter_map(fact).collect()
    }
}

/// At most [`MOST_POINTS`] of the points, evenly chosen, both ends among them.
fn thin(x: &[f64], y: &[f64]) -> Vec<(f64, f64)> {
    let count = x.len().min(y.len());
    if count <= MOST_POINTS {
        return x.iter().copied().zip(y.iter().copied()).collect();
    }
    (0..MOST_POINTS)
        .map(|i| i * (count - 1) / (MOST_POINTS - 1))
        .map(|index| (x[index], y[index]))
        .collect()
}

/// Drawing into a string has no way to fail.
pub(crate) fn draw<E: std::fmt::Debug>(result: Result<(), E>) {
    result.expect("drawing into a string does not fail");
}
