//! What all figures share: size, axes, legend, and the border at which data is cut off.

use crate::axis::Axis;
use crate::figure::Figure;
use crate::number::{short, side_by_side};
use crate::palette::{INK, SeriesStyle};
use crate::themed_svg::{Layers, ThemedSvg, escape, text_width};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::IntoDrawingArea;
use plotters::style::{Color, IntoFont, RGBColor, TextStyle};
use std::fmt::Write;

/// Figures are this wide and high, in SVG units; the page scales them to its column.
const WIDTH: u32 = 1000;
const HEIGHT: u32 = 620;
const TEXT: i32 = 27;
const LEGEND_ROW: u32 = 42;

/// What a figure draws its data on.
pub(crate) type Canvas<'a, 'b> = ChartContext<'a, ThemedSvg<'b>, Cartesian2d<Axis, Axis>>;

/// How the ticks of the two axes are written.
type Labels<'a> = (&'a dyn Fn(&f64) -> String, &'a dyn Fn(&f64) -> String);

/// Title, description and axes of a figure in the making.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) x_label: String,
    pub(crate) y_label: String,
    pub(crate) x_logarithmic: bool,
    pub(crate) y_logarithmic: bool,
    /// Whether grid lines help to read this figure.
    pub(crate) grid: bool,
    /// Whether the figure carries its axes along, so that a page can turn a place in it into numbers.
    pub(crate) live: bool,
}

impl Frame {
    pub(crate) fn new(title: &str, description: &str) -> Self {
        Self {
            title: title.to_owned(),
            description: description.to_owned(),
            x_label: String::new(),
            y_label: String::new(),
            x_logarithmic: false,
            y_logarithmic: false,
            grid: true,
            live: false,
        }
    }

    /// Draws axes and legend, lets `data` draw inside them, and finishes the figure. `facts` are
    /// sentences with numbers that are added to the description.
    pub(crate) fn draw(
        &self,
        (x, y): (Axis, Axis),
        legend: &[(&str, SeriesStyle)],
        facts: &[String],
        data: impl FnOnce(&mut Canvas),
    ) -> Figure {
        let (legend, rows) = legend_markup(legend);
        let ticks = |value: &f64| short(*value);
        self.compose((x, y), (&ticks, &ticks), (7, 6), (&legend, rows), facts, data)
    }

    /// As [`draw`](Self::draw), for a table: the axes count cells from 0, and each cell's label is
    /// written at its middle.
    pub(crate) fn draw_table(
        &self,
        axes: (Axis, Axis),
        (columns, rows): (&[f64], &[f64]),
        facts: &[String],
        data: impl FnOnce(&mut Canvas),
    ) -> Figure {
        let of = |labels: &[String], value: f64| {
            let cell = libm::floor(value) as usize;
            let middle = value > cell as f64;
            labels.get(cell).filter(|_| middle).cloned().unwrap_or_default()
        };
        let count = (columns.len(), rows.len());
        let (columns, rows) = (side_by_side(columns), side_by_side(rows));
        let axes = (axes.0.between(), axes.1.between());
        self.compose(
            axes,
            (&|value| of(&columns, *value), &|value| of(&rows, *value)),
            count,
            ("", 0),
            facts,
            data,
        )
    }

    /// As [`draw`](Self::draw), for rows that have names: the vertical axis counts rows from 0, at the
    /// bottom.
    pub(crate) fn draw_rows(
        &self,
        (x, y): (Axis, Axis),
        rows: &[&str],
        legend: &[(&str, SeriesStyle)],
        facts: &[String],
        data: impl FnOnce(&mut Canvas),
    ) -> Figure {
        let (legend, legend_rows) = legend_markup(legend);
        let of = |value: &f64| {
            let row = libm::floor(*value) as usize;
            rows.get(row).copied().unwrap_or_default().to_owned()
        };
        let axes = (x, y.between());
        let labels: Labels = (&|value| short(*value), &of);
        self.compose(axes, labels, (7, rows.len()), (&legend, legend_rows), facts, data)
    }

    fn compose(
        &self,
        axes: (Axis, Axis),
        labels: Labels,
        ticks: (usize, usize),
        (legend, legend_rows): (&str, u32),
        facts: &[String],
        data: impl FnOnce(&mut Canvas),
    ) -> Figure {
        let mut layers = Layers::default();
        let border =
            self.draw_layers(&mut layers, axes, labels, ticks, legend_rows * LEGEND_ROW, data);

        let (left, top) = (border.0.start, border.1.start);
        let (width, height) = (border.0.end - left, border.1.end - top);
        let live = match self.live {
            true => format!(
                " class=\"plot\" data-x=\"{}\" data-y=\"{}\"",
                axes.0.attribute(),
                axes.1.attribute()
            ),
            false => String::new(),
        };
        let content = format!(
            "{frame}<svg{live} x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"{left} {top} {width} {height}\" stroke-linejoin=\"round\">{data}</svg>{legend}",
            frame = layers.frame,
            data = layers.data,
        );
        let description = [std::slice::from_ref(&self.description), facts].concat().join(" ");
        Figure::new(&self.title, &description, (WIDTH, HEIGHT), &content)
    }

    /// Draws into the layers and says where the data's rectangle lies.
    fn draw_layers(
        &self,
        layers: &mut Layers,
        (x, y): (Axis, Axis),
        labels: Labels,
        ticks: (usize, usize),
        legend_height: u32,
        data: impl FnOnce(&mut Canvas),
    ) -> (std::ops::Range<i32>, std::ops::Range<i32>) {
        let ink = RGBColor(INK[0], INK[1], INK[2]);
        let text = TextStyle::from(("sans-serif", TEXT).into_font()).color(&ink);
        let area = ThemedSvg::new(layers, (WIDTH, HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .margin_right(28)
            .margin_top(12 + legend_height)
            .x_label_area_size(78)
            .y_label_area_size(130)
            .build_cartesian_2d(x, y)
            .expect("drawing into a string does not fail");
        let mut mesh = chart.configure_mesh();
        mesh.x_labels(ticks.0)
            .y_labels(ticks.1)
            .x_label_formatter(labels.0)
            .y_label_formatter(labels.1)
            .x_desc(&self.x_label)
            .y_desc(&self.y_label)
            .label_style(text.clone())
            .axis_desc_style(text)
            .axis_style(ink.mix(0.6))
            .bold_line_style(ink.mix(0.14))
            .max_light_lines(0);
        if !self.grid {
            mesh.disable_mesh();
        }
        mesh.draw().expect("drawing into a string does not fail");
        data(&mut chart);
        chart.plotting_area().get_pixel_range()
    }
}

/// The legend's elements, in as many rows as it takes, and how many rows that is.
fn legend_markup(entries: &[(&str, SeriesStyle)]) -> (String, u32) {
    const SAMPLE: f64 = 62.0;
    const LEFT: f64 = 142.0;
    let (mut markup, mut row, mut x) = (String::new(), 0, LEFT);
    for (label, style) in entries {
        let width = SAMPLE + 12.0 + text_width(label, f64::from(TEXT));
        if x > LEFT && x + width > f64::from(WIDTH) - 12.0 {
            row += 1;
            x = LEFT;
        }
        let y = 12 + row * LEGEND_ROW + LEGEND_ROW / 2;
        let stroke = crate::palette::css(plotters_backend::BackendColor {
            alpha: 1.0,
            rgb: (style.color[0], style.color[1], style.color[2]),
        });
        let _ = write!(
            markup,
            "<line x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\" stroke=\"{stroke}\" stroke-width=\"5\" \
             stroke-dasharray=\"{}\"/><text x=\"{}\" y=\"{y}\" dy=\"0.35em\" font-size=\"{TEXT}\">{}</text>",
            x + SAMPLE,
            if style.dashes.is_empty() { "none" } else { style.dashes },
            x + SAMPLE + 12.0,
            escape(label),
        );
        x += width + 34.0;
    }
    (markup, if entries.is_empty() { 0 } else { row + 1 })
}

/// The color of a series, for plotters.
pub(crate) fn color(style: SeriesStyle) -> RGBColor {
    RGBColor(style.color[0], style.color[1], style.color[2])
}
