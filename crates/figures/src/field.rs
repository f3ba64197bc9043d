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
            let shade = |place: usize| place as f64 / (bands.len().max(2) - 1) as f64;
            let mut regions: Vec<(f64, Vec<(f64, f64)>)> = bands
                .iter()
                .enumerate()
                .flat_map(|(place, band)| band.geometry().0.iter().map(move |one| (place, one)))
                .map(|(place, region)| {
                    (shade(place), region.exterior().0.iter().map(|p| (p.x, p.y)).collect())
                })
                .collect();
            // A region covers those it surrounds, so the larger is drawn first.
            regions.sort_by(|a, b| enclosed(&b.1).total_cmp(&enclosed(&a.1)));
            for (shade, ring) in regions {
                draw(area.draw(&Polygon::new(ring, ViridisRGB.get_color(shade).filled())));
            }
            let ink = data_ink();
            let lines = builder.lines(&flat, &self.levels).unwrap_or_default();
            let stretches: Vec<(f64, Vec<(f64, f64)>)> = lines
                .iter()
                .flat_map(|line| {
                    line.geometry().0.iter().map(|stretch| (line.threshold(), stretch))
                })
                .map(|(value, stretch)| (value, stretch.0.iter().map(|p| (p.x, p.y)).collect()))
                .collect();
            let white = RGBColor(255, 255, 255);
            for (_, points) in &stretches {
                draw(area.draw(&PathElement::new(points.clone(), white.mix(0.6).stroke_width(2))));
            }
            for (value, place) in self.labels(axes, &stretches) {
                let style = TextStyle::from(("sans-serif", 22))
                    .color(&ink)
                    .pos(Pos::new(HPos::Center, VPos::Center));
                draw(area.draw(&Text::new(short(value), place, style)));
            }
            for curve in &self.curves {
                draw(area.draw(&PathElement::new(curve.clone(), ink.stroke_width(4))));
            }
            for (label, x, y) in &self.marks {
                draw(area.draw(&Circle::new((*x, *y), 10, ink.stroke_width(4))));
                let side = if axes.0.position(*x) > 0.6 { HPos::Right } else { HPos::Left };
                // A mark close above another leaves it the room below.
                let apart = |axis: Axis, a: f64, b: f64| axis.position(a) - axis.position(b);
                let crowded = self.marks.iter().any(|(_, over_x, over_y)| {
                    apart(axes.0, *over_x, *x).abs() < 0.2
                        && (0.0..0.1).contains(&apart(axes.1, *over_y, *y))
                        && (over_x, over_y) != (x, y)
                });
                let rise = if crowded { VPos::Top } else { VPos::Bottom };
                let style =
                    TextStyle::from(("sans-serif", 26)).color(&ink).pos(Pos::new(side, rise));
                draw(area.draw(&Text::new(format!("  {label}  "), (*x, *y), style)));
            }
        })
    }

    /// Where the values of lines are written: for each line that is long enough and has room,
    /// at that of its points that is farthest from other lines, marks and what is written already.
    fn labels(
        &self,
        axes: (Axis, Axis),
        stretches: &[(f64, Vec<(f64, f64)>)],
    ) -> Vec<(f64, (f64, f64))> {
        /// A line of no more points has no room for its value.
        const SHORTEST: usize = 12;
        /// How many points of a line are looked at.
        const CANDIDATES: usize = 24;
        /// Nearer to other lines a label would cover them; its neighbors' then have to do.
        const ROOM: f64 = 0.016;
        /// As near to the border, a label would be cut off.
        const MARGIN: f64 = 0.04;
        // A label is wider than high, and so needs more room beside it.
        const WIDER: f64 = 2.0;
        let position = |&(x, y): &(f64, f64)| (axes.0.position(x), axes.1.position(y));
        let apart = |(x, y): (f64, f64), (other_x, other_y): (f64, f64)| {
            let (across, up) = ((x - other_x) / WIDER, y - other_y);
            across * across + up * up
        };
        let inside = MARGIN..=1.0 - MARGIN;
        let mut taken: Vec<(f64, f64)> =
            self.marks.iter().map(|(_, x, y)| position(&(*x, *y))).collect();
        let mut labels = Vec::new();
        for (index, (value, points)) in stretches.iter().enumerate() {
            if points.len() <= SHORTEST {
                continue;
            }
            let others: Vec<(f64, f64)> = stretches
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .flat_map(|(_, (_, points))| points.iter().step_by(2).map(position))
                .collect();
            let room = |at: (f64, f64)| {
                let nearest = others.iter().chain(&taken).map(|&other| apart(at, other));
                nearest.fold(f64::INFINITY, f64::min)
            };
            let candidates = points.iter().step_by((points.len() / CANDIDATES).max(1));
            let best = candidates
                .map(|point| (point, position(point)))
                .filter(|(_, at)| inside.contains(&at.0) && inside.contains(&at.1))
                .map(|(point, at)| (point, at, room(at)))
                .filter(|(_, _, room)| *room > ROOM * ROOM)
                .max_by(|a, b| a.2.total_cmp(&b.2));
            if let Some((point, at, _)) = best {
                taken.push(at);
                labels.push((*value, *point));
            }
        }
        labels
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

/// The area that a ring encloses (Gauss's formula).
fn enclosed(ring: &[(f64, f64)]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let twice: f64 = ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    twice.abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::Field;
    use lab::statistics::linear;

    /// The height of a bowl in the middle of a square.
    fn bowl() -> Field {
        let places = linear(-1.0, 1.0, 21);
        let row = |y: &f64| places.iter().map(|x| x * x + y * y).collect();
        let values: Vec<Vec<f64>> = places.iter().map(row).collect();
        Field::new(((-1.0, 1.0), (-1.0, 1.0)), &values, "Bowl", "Its height.")
            .levels(&[0.0, 0.2, 0.6, 3.0])
    }

    #[test]
    fn a_band_does_not_cover_what_it_surrounds() {
        let svg = bowl().figure().svg().to_owned();
        // Viridis from its dark to its bright end: the lowest band lies in the middle, on top.
        let fills: Vec<&str> = svg.split("<polygon").skip(1).collect();
        assert_eq!(fills.len(), 3);
        assert!(fills[0].contains("#fee825") && fills[2].contains("#440154"), "{fills:?}");
    }

    #[test]
    fn lines_carry_their_values_away_from_marks() {
        let figure = bowl().mark("bottom", 0.0, 0.0).figure();
        for label in [">0.2<", ">0.6<", "bottom"] {
            assert!(figure.svg().contains(label), "{label}");
        }
        assert!(figure.description().contains("Marked: bottom"));
    }
}
