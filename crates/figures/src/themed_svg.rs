//! The drawing backend: SVG elements whose colors the page decides.

use crate::palette::{self, DATA_INK, INK, SERIES};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
};
use std::convert::Infallible;
use std::fmt::Write;

/// What has been drawn so far. Axes are one layer; data is another, so that it can be cut off at
/// the edges of the plot.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    /// Axes, grid and labels.
    pub(crate) frame: String,
    /// Everything that lies inside the plot.
    pub(crate) data: String,
}

/// Writes into [`Layers`].
pub(crate) struct ThemedSvg<'a> {
    layers: &'a mut Layers,
    size: (u32, u32),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> ThemedSvg<'a> {
    /// A backend of this size in SVG units.
    pub(crate) fn new(layers: &'a mut Layers, size: (u32, u32)) -> Self {
        Self { layers, size }
    }

    /// The layer that elements of this color belong to.
    fn layer(&mut self, color: BackendColor) -> &mut String {
        if color.rgb == (INK[0], INK[1], INK[2]) {
            &mut self.layers.frame
        } else {
            &mut self.layers.data
        }
    }

    fn element(&mut self, color: BackendColor, element: std::fmt::Arguments) -> Drawn {
        if color.alpha > 0.0 {
            self.layer(color).push_str(&element.to_string());
        }
        Ok(())
    }
}

/// `fill` or `stroke` with its opacity, where it is not 1.
fn paint(attribute: &str, color: BackendColor) -> String {
    let mut paint = format!(r#"{attribute}="{}""#, palette::css(color));
    if color.alpha < 1.0 {
        let _ = write!(paint, r#" {attribute}-opacity="{}""#, color.alpha);
    }
    paint
}

fn dashes(color: BackendColor) -> String {
    let dashes = SERIES
        .iter()
        .find(|style| color.rgb == (style.color[0], style.color[1], style.color[2]))
        .map_or("", |style| style.dashes);
    match dashes {
        "" => String::new(),
        dashes => format!(r#" stroke-dasharray="{dashes}""#),
    }
}

/// Coordinates as an SVG point list, without points that repeat the one before.
fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut list = String::new();
    let mut last = None;
    for (x, y) in path {
        if last != Some((x, y)) {
            let _ = write!(list, "{}{x},{y}", if list.is_empty() { "" } else { " " });
        }
        last = Some((x, y));
    }
    list
}

/// `text` with the characters that mean something in XML replaced.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// An estimate of how wide a text is, in the widest of the fonts that browsers take for sans-serif.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let advance = |c: char| match c {
        ' ' | '.' | ',' | ':' | 'i' | 'j' | 'l' | '\'' => 0.33,
        't' | 'f' | 'r' | '(' | ')' | '-' => 0.43,
        'm' | 'w' | 'M' | 'W' | '×' | '%' => 0.98,
        c if c.is_uppercase() => 0.72,
        _ => 0.64,
    };
    size * text.chars().map(advance).sum::<f64>()
}

/// The background of the page around the figure, drawn around a text to set it off from lines.
const HALO: &str =
    r#" stroke="var(--bg,var(--jp-layout-color0,#fff))" stroke-width="7" paint-order="stroke""#;

impl DrawingBackend for ThemedSvg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let fill = paint("fill", color);
        self.element(color, format_args!(r#"<rect x="{x}" y="{y}" width="1" height="1" {fill}/>"#))
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        (x1, y1): BackendCoord,
        (x2, y2): BackendCoord,
        style: &S,
    ) -> Drawn {
        let (color, width) = (style.color(), style.stroke_width());
        let stroke = paint("stroke", color);
        self.element(
            color,
            format_args!(
                r#"<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {stroke} stroke-width="{width}"/>"#
            ),
        )
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let color = style.color();
        let paint = if fill {
            paint("fill", color)
        } else {
            format!(r#"fill="none" {}"#, paint("stroke", color))
        };
        let (width, height) = (right - left, bottom - top);
        self.element(
            color,
            format_args!(
                r#"<rect x="{left}" y="{top}" width="{width}" height="{height}" {paint}/>"#
            ),
        )
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let (color, width) = (style.color(), style.stroke_width());
        let (stroke, dashes, points) = (paint("stroke", color), dashes(color), points(path));
        self.element(
            color,
            format_args!(
                r#"<polyline fill="none" {stroke} stroke-width="{width}"{dashes} points="{points}"/>"#
            ),
        )
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let color = style.color();
        let (fill, points) = (paint("fill", color), points(path));
        self.element(color, format_args!(r#"<polygon {fill} points="{points}"/>"#))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let color = style.color();
        let paint = if fill {
            paint("fill", color)
        } else {
            format!(
                r#"fill="none" {} stroke-width="{}""#,
                paint("stroke", color),
                style.stroke_width()
            )
        };
        self.element(color, format_args!(r#"<circle cx="{x}" cy="{y}" r="{radius}" {paint}/>"#))
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let (color, size, (x, y)) = (style.color(), style.size(), at);
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let shift = match style.anchor().v_pos {
            VPos::Top => "0.8em",
            VPos::Center => "0.35em",
            VPos::Bottom => "-0.2em",
        };
        let turn = match style.transform() {
            FontTransform::None => String::new(),
            FontTransform::Rotate90 => format!(r#" transform="rotate(90,{x},{y})""#),
            FontTransform::Rotate180 => format!(r#" transform="rotate(180,{x},{y})""#),
            FontTransform::Rotate270 => format!(r#" transform="rotate(270,{x},{y})""#),
        };
        let (fill, text) = (paint("fill", color), escape(text));
        let among_data = color.rgb == (DATA_INK[0], DATA_INK[1], DATA_INK[2]);
        let halo = if among_data { HALO } else { "" };
        self.element(
            color,
            format_args!(
                r#"<text x="{x}" y="{y}" dy="{shift}" text-anchor="{anchor}" font-size="{size}" {fill}{halo}{turn}>{text}</text>"#
            ),
        )
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((text_width(text, style.size()) as u32, (1.2 * style.size()) as u32))
    }
}

/// The ink of data marks, for plotters.
pub(crate) fn data_ink() -> plotters::style::RGBColor {
    plotters::style::RGBColor(DATA_INK[0], DATA_INK[1], DATA_INK[2])
}
