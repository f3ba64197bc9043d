//! Colors, and what stands in for them where they cannot be seen.

use plotters_backend::BackendColor;

/// How one series looks: a color, the first six from the set of Okabe and Ito (2008), which
/// color-blind readers can tell apart, and a dash pattern for those who see no color and for print.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SeriesStyle {
    /// The color where no theme says otherwise.
    pub(crate) color: [u8; 3],
    /// The dashes and gaps of the line; empty for a solid line.
    pub(crate) dashes: &'static str,
}

/// The looks of series, in the order in which they are given out.
pub(crate) const SERIES: [SeriesStyle; 8] = [
    SeriesStyle { color: [0x00, 0x72, 0xb2], dashes: "" },
    SeriesStyle { color: [0xd5, 0x5e, 0x00], dashes: "14 7" },
    SeriesStyle { color: [0x00, 0x9e, 0x73], dashes: "3 6" },
    SeriesStyle { color: [0xcc, 0x79, 0xa7], dashes: "18 6 3 6" },
    SeriesStyle { color: [0xe6, 0x9f, 0x00], dashes: "8 4" },
    SeriesStyle { color: [0x56, 0xb4, 0xe9], dashes: "2 3" },
    SeriesStyle { color: [0x8c, 0x5a, 0x2b], dashes: "20 4" },
    SeriesStyle { color: [0x76, 0x76, 0x76], dashes: "12 4 3 4 3 4" },
];

/// The look of the series with this index.
pub(crate) fn series(index: usize) -> SeriesStyle {
    SERIES[index % SERIES.len()]
}

/// Stands for the color of the text around the figure, for axes and their labels.
pub(crate) const INK: [u8; 3] = [1, 1, 1];
/// The same ink, for marks that belong to the data: contours and reference lines.
pub(crate) const DATA_INK: [u8; 3] = [2, 2, 2];

/// How a color is written in the SVG: the page's ink, a series color that a theme may override
/// through `--series-N`, or the color itself.
pub(crate) fn css(color: BackendColor) -> String {
    let (r, g, b) = color.rgb;
    let rgb = [r, g, b];
    if rgb == INK || rgb == DATA_INK {
        return "currentColor".to_owned();
    }
    let hex = format!("#{r:02x}{g:02x}{b:02x}");
    match SERIES.iter().position(|style| style.color == rgb) {
        Some(index) => format!("var(--series-{},{hex})", index + 1),
        None => hex,
    }
}
