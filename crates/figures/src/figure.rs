//! A finished picture.

use crate::themed_svg::escape;
use std::fmt;

/// An SVG with its title, description and caption.
#[derive(Clone, PartialEq)]
pub struct Figure {
    title: String,
    description: String,
    caption: String,
    svg: String,
}

impl fmt::Debug for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Figure \"{}\", {}", self.title, Self::NOT_SHOWN)
    }
}

impl Figure {
    /// What a notebook says instead of showing a figure. evcxr does not call
    /// [`evcxr_display`](Self::evcxr_display) for a cell that moves a variable of an earlier one.
    pub const NOT_SHOWN: &str = "not shown: the cell uses up a variable of an earlier cell; borrow it with `&`, or clone it";

    pub(crate) fn new(title: &str, description: &str, size: (u32, u32), content: &str) -> Self {
        let (width, height) = size;
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             font-family=\"system-ui,sans-serif\" fill=\"currentColor\">\
             <title>{}</title><desc>{}</desc>{content}</svg>",
            escape(title),
            escape(description),
        );
        Self {
            title: title.to_owned(),
            description: description.to_owned(),
            caption: String::new(),
            svg,
        }
    }

    /// This figure with a caption that tells the reader what to look at.
    #[must_use]
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = caption.into();
        self
    }

    /// The SVG element.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// What the picture shows, in words and numbers, for readers who cannot see it.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The figure as an HTML element with its caption.
    pub fn html(&self) -> String {
        format!(
            "<figure class=\"descent-figure\" style=\"max-width:640px;margin:16px auto\">{}\
             <figcaption><strong>{}.</strong> {}</figcaption></figure>",
            self.svg,
            escape(&self.title),
            escape(&self.caption),
        )
    }

    /// The figure where only text can be shown.
    pub fn text(&self) -> String {
        let parts = [format!("{}.", self.title), self.description.clone(), self.caption.clone()];
        parts
            .iter()
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Shows the figure as the output of a notebook cell; the kernel calls this.
    pub fn evcxr_display(&self) {
        show(&self.html(), &self.text());
    }
}

/// Figures that belong together, one below the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Panels(pub Vec<Figure>);

impl Panels {
    /// Shows the figures as the output of a notebook cell; the kernel calls this.
    pub fn evcxr_display(&self) {
        let html: String = self.0.iter().map(Figure::html).collect();
        let text: Vec<String> = self.0.iter().map(Figure::text).collect();
        show(&html, &text.join("\n"));
    }
}

/// Puts out HTML for a notebook and text for where there is none, as the kernel expects them.
pub fn show(html: &str, text: &str) {
    println!("EVCXR_BEGIN_CONTENT text/html\n{html}\nEVCXR_END_CONTENT");
    println!("EVCXR_BEGIN_CONTENT text/plain\n{text}\nEVCXR_END_CONTENT");
}
