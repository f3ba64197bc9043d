//! Paths over the contours of a landscape in the plane.

use crate::axis::Axis;
use crate::clip::visible;
use crate::curves::draw;
use crate::figure::Figure;
use crate::frame::{Frame, color};
use crate::number::short;
use crate::palette::{SeriesStyle, series};
use crate::themed_svg::data_ink;
use contour::ContourBuilder;
use lab::landscape::{Landscape, Path};
use lab::statistics::{geometric, linear};
use plotters::element::{Circle, Cross, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, TextStyle};
use std::collections::BTreeSet;

/// How finely the landscape is sampled for its contours, along each axis.
const SAMPLES: usize = 72;
const CONTOURS: usize = 9;
/// Dots closer together than this, in SVG units, would run into each other.
const DOT_DISTANCE: i32 = 9;

/// A plot of paths over contours in the making.
#[derive(Clone, Debug)]
pub struct Trajectories {
    frame: Frame,
    x: (f64, f64),
    y: (f64, f64),
    contours: Vec<Vec<(f64, f64)>>,
    minima: Vec<(f64, f64)>,
    paths: Vec<Drawn>,
    look: usize,
    reached: usize,
    arrows: Vec<Arrow>,
}

/// Its name, its tail and its tip.
type Arrow = (String, (f64, f64), (f64, f64));

#[derive(Clone, Debug)]
struct Drawn {
    label: String,
    look: SeriesStyle,
    points: Vec<(f64, f64)>,
    losses: Vec<f64>,
}

impl Trajectories {
    /// The contours of `landscape`, a function of two variables, over the rectangle `x` × `y`.
    /// Where each path starts and ends is added to the description.
    pub fn over(
        landscape: &impl Landscape,
        x: (f64, f64),
        y: (f64, f64),
        title: &str,
        description: &str,
    ) -> Self {
        let mut frame = Frame::new(title, description);
        frame.x_label = "θ₁".to_owned();
        frame.y_label = "θ₂".to_owned();
        frame.grid = false;
        Self {
            frame,
            x,
            y,
            contours: contours(landscape, x, y),
            minima: Vec::new(),
            paths: Vec::new(),
            look: 0,
            reached: usize::MAX,
            arrows: Vec::new(),
        }
    }

    /// Carries the axes along, so that a page can turn a place in the picture into numbers.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.frame.live = true;
        self
    }

    /// Marks a minimum with a cross.
    #[must_use]
    pub fn minimum(mut self, x: f64, y: f64) -> Self {
        self.minima.push((x, y));
        self
    }

    /// Gives the next path the look of this index, and those behind it the looks that follow, so
    /// that a path keeps its look whichever others are shown.
    #[must_use]
    pub fn look(mut self, index: usize) -> Self {
        self.look = index;
        self
    }

    /// Draws paths up to this step, with a large dot where they are then, and what is still to come
    /// pale.
    #[must_use]
    pub fn reached(mut self, step: usize) -> Self {
        self.reached = step;
        self
    }

    /// Adds a path of points with two coordinates each.
    #[must_use]
    pub fn path(mut self, label: &str, path: &Path) -> Self {
        let points = path.points.iter().map(|point| (point[0], point[1])).collect();
        let (label, losses, look) = (label.to_owned(), path.losses.clone(), series(self.look));
        self.paths.push(Drawn { label, look, points, losses });
        self.look += 1;
        self
    }

    /// Adds an arrow from a point, with its name at its tip.
    #[must_use]
    pub fn arrow(mut self, label: &str, from: (f64, f64), to: (f64, f64)) -> Self {
        self.arrows.push((label.to_owned(), from, to));
        self
    }

    /// Draws the plot. Steps of a path are dots, so that long ones can be told from short; where
    /// dots would run into each other, some are left out.
    pub fn figure(&self) -> Figure {
        let axes =
            (Axis::spanning(self.x.0, self.x.1, false), Axis::spanning(self.y.0, self.y.1, false));
        let legend: Vec<_> =
            self.paths.iter().map(|path| (path.label.as_str(), path.look)).collect();
        self.frame.draw(axes, &legend, &self.facts(), |canvas| {
            let area = canvas.plotting_area();
            for contour in &self.contours {
                draw(area.draw(&PathElement::new(
                    contour.clone(),
                    data_ink().mix(0.28).stroke_width(2),
                )));
            }
            for &minimum in &self.minima {
                draw(area.draw(&Cross::new(minimum, 10, data_ink().stroke_width(4))));
            }
            for Drawn { points, look, .. } in &self.paths {
                let color = color(*look);
                let (past, future) = match self.reached < points.len() {
                    true => (&points[..=self.reached], &points[self.reached..]),
                    false => (points.as_slice(), &points[points.len()..]),
                };
                for stretch in visible(future, axes) {
                    let pale = color.mix(0.4).stroke_width(2);
                    draw(area.draw(&PathElement::new(stretch, pale)));
                }
                for stretch in visible(past, axes) {
                    draw(area.draw(&PathElement::new(stretch, color.stroke_width(3))));
                }
                let inside = |(x, y): &(f64, f64)| axes.0.covers(*x) && axes.1.covers(*y);
                let mut last = (i32::MIN / 2, i32::MIN / 2);
                // A picture that is drawn anew with every movement keeps one dot a place.
                let mut taken = BTreeSet::new();
                for point in past.iter().filter(|point| inside(point)) {
                    let (x, y) = area.map_coordinate(point);
                    let cell = (x / DOT_DISTANCE, y / DOT_DISTANCE);
                    if (x - last.0).abs().max((y - last.1).abs()) >= DOT_DISTANCE
                        && (taken.insert(cell) || !self.frame.live)
                    {
                        draw(area.draw(&Circle::new(*point, 6, color.filled())));
                        last = (x, y);
                    }
                }
                if let Some(now) = future.first().filter(|point| inside(point)) {
                    draw(area.draw(&Circle::new(*now, 11, color.filled())));
                }
                if let Some(start) = points.first() {
                    draw(area.draw(&Circle::new(*start, 12, data_ink().stroke_width(3))));
                }
            }
            for (label, from, to) in &self.arrows {
                let (tail, tip) = (area.map_coordinate(from), area.map_coordinate(to));
                let along = (f64::from(tip.0 - tail.0), f64::from(tip.1 - tail.1));
                let length = (along.0 * along.0 + along.1 * along.1).sqrt();
                if length < 4.0 {
                    continue;
                }
                let along = (along.0 / length, along.1 / length);
                let size = length.min(18.0);
                // A corner of the arrow's head, in the coordinates of the axes.
                let corner = |side: f64| {
                    let x = f64::from(tip.0) - size * along.0 - 0.5 * side * size * along.1;
                    let y = f64::from(tip.1) - size * along.1 + 0.5 * side * size * along.0;
                    let (left, top) = area.map_coordinate(&(self.x.0, self.y.1));
                    let (right, bottom) = area.map_coordinate(&(self.x.1, self.y.0));
                    let share = |at: f64, low: i32, high: i32| {
                        (at - f64::from(low)) / f64::from(high - low)
                    };
                    (axes.0.at(share(x, left, right)), axes.1.at(share(y, bottom, top)))
                };
                let ink = data_ink();
                draw(area.draw(&PathElement::new(vec![*from, *to], ink.stroke_width(4))));
                draw(area.draw(&Polygon::new(vec![*to, corner(1.0), corner(-1.0)], ink)));
                let side = if along.0 < 0.0 { HPos::Right } else { HPos::Left };
                let rise = if along.1 < 0.0 { VPos::Bottom } else { VPos::Top };
                let style =
                    TextStyle::from(("sans-serif", 26)).color(&ink).pos(Pos::new(side, rise));
                draw(area.draw(&Text::new(format!(" {label} "), *to, style)));
            }
        })
    }

    fn facts(&self) -> Vec<String> {
        let fact = |Drawn { label, points, losses, .. }: &Drawn| {
            let (start, end) = (points.first()?, points.last()?);
            Some(format!(
                "{label}: from ({}, {}) to ({}, {}) in {} steps, loss from {} to {}.",
                short(start.0),
                short(start.1),
                short(end.0),
                short(end.1),
                points.len() - 1,
                short(*losses.first()?),
                short(*losses.last()?)
            ))
        };
        self.paths.iter().filter_map(fact).collect()
    }
}

/// Lines of equal loss, at levels in equal ratios above the lowest loss in the rectangle.
fn contours(landscape: &impl Landscape, x: (f64, f64), y: (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    // A margin of one sample keeps the lines along the rectangle's own border out of sight.
    let step = |(low, high): (f64, f64)| (high - low) / (SAMPLES - 3) as f64;
    let axis = |(low, high): (f64, f64)| {
        let margin = step((low, high));
        linear(low - margin, high + margin, SAMPLES)
    };
    let (columns, rows) = (axis(x), axis(y));
    let losses: Vec<f64> = rows
        .iter()
        .flat_map(|&y| columns.iter().map(move |&x| [x, y]))
        .map(|theta| landscape.loss(&theta))
        .collect();
    let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = losses.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let span = highest - lowest;
    let levels: Vec<f64> = geometric(span * 2e-3, span * 0.7, CONTOURS)
        .into_iter()
        .map(|level| lowest + level)
        .collect();
    let lines = ContourBuilder::new(SAMPLES, SAMPLES, true)
        .x_origin(columns[0] - step(x) / 2.0)
        .y_origin(rows[0] - step(y) / 2.0)
        .x_step(step(x))
        .y_step(step(y))
        .lines(&losses, &levels)
        .unwrap_or_default();
    lines
        .iter()
        .flat_map(|line| line.geometry().0.iter())
        .map(|line| line.0.iter().map(|point| (point.x, point.y)).collect())
        .collect()
}
