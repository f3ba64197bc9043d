//! Bars that are made of parts, beside one another.

use crate::axis::Axis;
use crate::curves::draw;
use crate::figure::Figure;
use crate::frame::{Frame, color};
use crate::number::short;
use crate::palette::series;
use crate::themed_svg::data_ink;
use plotters::element::{PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, TextStyle};

/// Half of a bar's width; bars are one apart.
const HALF: f64 = 0.3;
/// The room above the first bar in which the limit is named.
const ROOM: f64 = 0.3;
/// Between a line and what is written beside it; an ordinary space would be dropped.
const SPACE: char = '\u{a0}';

/// A chart of lying bars in the making, the first one on top. A bar's parts follow each other from
/// zero, each with its color and its dashes, and its sum is written at its end.
#[derive(Clone, Debug)]
pub struct Bars {
    frame: Frame,
    parts: Vec<String>,
    bars: Vec<(String, Vec<f64>)>,
    limit: Option<(String, f64)>,
}

impl Bars {
    /// Bars of these parts, described in a sentence for those who cannot see them. The sizes of
    /// every bar's parts are added to the description.
    pub fn new(title: &str, description: &str, parts: &[&str]) -> Self {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        Self { frame: Frame::new(title, description), parts, bars: Vec::new(), limit: None }
    }

    /// Labels the axis of sizes; say units where there are any.
    #[must_use]
    pub fn axis(mut self, label: &str) -> Self {
        self.frame.x_label = label.to_owned();
        self
    }

    /// Adds a bar: the size of each part, at least 0.
    #[must_use]
    pub fn bar(mut self, label: &str, sizes: &[f64]) -> Self {
        self.bars.push((label.to_owned(), sizes.to_vec()));
        self
    }

    /// Draws a line at a size that bars are to be compared with.
    #[must_use]
    pub fn limit(mut self, label: &str, size: f64) -> Self {
        self.limit = Some((label.to_owned(), size));
        self
    }

    /// Draws the bars.
    pub fn figure(&self) -> Figure {
        let total = |(_, sizes): &(String, Vec<f64>)| sizes.iter().sum::<f64>();
        let limit = self.limit.as_ref().map_or(0.0, |(_, size)| *size);
        let longest = self.bars.iter().map(total).fold(limit, f64::max);
        let count = self.bars.len() as f64;
        let x = Axis::spanning(0.0, 1.12 * longest.max(f64::MIN_POSITIVE), false);
        let y = Axis::spanning(0.0, count + ROOM, false);
        let rows: Vec<&str> = self.bars.iter().rev().map(|(label, _)| label.as_str()).collect();
        let legend: Vec<_> = self
            .parts
            .iter()
            .enumerate()
            .map(|(index, part)| (part.as_str(), series(index)))
            .collect();
        self.frame.draw_rows((x, y), &rows, &legend, &self.facts(), |canvas| {
            let area = canvas.plotting_area();
            let ink = data_ink();
            if let Some((_, size)) = &self.limit {
                let line = vec![(*size, 0.0), (*size, count + ROOM)];
                draw(area.draw(&PathElement::new(line, ink.mix(0.55).stroke_width(3))));
            }
            for (place, bar) in self.bars.iter().enumerate() {
                let middle = count - place as f64 - 0.5;
                let mut from = 0.0;
                for (index, size) in bar.1.iter().enumerate().filter(|(_, size)| **size > 0.0) {
                    let (low, high, to) = (middle - HALF, middle + HALF, from + size);
                    let outline = vec![(from, low), (from, high), (to, high), (to, low)];
                    let color = color(series(index));
                    draw(area.draw(&Polygon::new(outline.clone(), color.mix(0.3))));
                    let around = [outline, vec![(from, low)]].concat();
                    draw(area.draw(&PathElement::new(around, color.stroke_width(3))));
                    from = to;
                }
                let style = TextStyle::from(("sans-serif", 26))
                    .color(&ink)
                    .pos(Pos::new(HPos::Left, VPos::Center));
                draw(area.draw(&Text::new(
                    format!("{SPACE}{}", short(from)),
                    (from, middle),
                    style,
                )));
            }
            if let Some((label, size)) = &self.limit {
                let side = if x.position(*size) > 0.5 { HPos::Right } else { HPos::Left };
                let style = TextStyle::from(("sans-serif", 24))
                    .color(&ink)
                    .pos(Pos::new(side, VPos::Center));
                let place = (*size, count + 0.4 * ROOM);
                draw(area.draw(&Text::new(format!("{SPACE}{label}{SPACE}"), place, style)));
            }
        })
    }

    fn facts(&self) -> Vec<String> {
        let bar = |(label, sizes): &(String, Vec<f64>)| {
            let part = |(name, size): (&String, &f64)| format!("{name} {}", short(*size));
            let parts: Vec<String> = self.parts.iter().zip(sizes).map(part).collect();
            format!("{label}: {} in all; {}.", short(sizes.iter().sum()), parts.join(", "))
        };
        let limit =
            |(label, size): &(String, f64)| format!("The line is {label}: {}.", short(*size));
        self.bars.iter().map(bar).chain(self.limit.as_ref().map(limit)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Bars;

    #[test]
    fn bars_say_their_parts_and_survive_any_size() {
        for scale in [0.0, 1e-300, 1.0, 1e15] {
            let figure = Bars::new("Bytes", "Bytes by stage.", &["weights", "moments"])
                .axis("bytes")
                .bar("stage 0", &[2.0 * scale, 12.0 * scale])
                .bar("stage 1", &[2.0 * scale, 0.0])
                .limit("a card", scale)
                .figure();
            let svg = figure.svg();
            assert!(svg.contains("stage 1") && !svg.contains("NaN") && !svg.contains("inf"));
            assert!(figure.description().contains("moments"));
        }
    }
}
