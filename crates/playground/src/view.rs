//! What the reader sees for some settings.

use figures::Figure;
use serde::Serialize;
use serde_json::{Map, Value};

/// What the reader sees for some settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct View {
    /// Figures, tables and code, as HTML elements.
    pub parts: Vec<String>,
    /// The current numbers in a few sentences, for every reader.
    pub summary: String,
    /// The numbers behind the parts, by name.
    pub series: Map<String, Value>,
    /// A result that the page keeps and shows beside earlier ones.
    pub record: Option<f64>,
}

impl View {
    /// Figures and their summary.
    pub(crate) fn new(figures: &[Figure], summary: String) -> Self {
        Self { parts: figures.iter().map(Figure::html).collect(), summary, ..Self::default() }
    }

    /// Adds a table; the first column names the rows.
    pub(crate) fn table(mut self, caption: &str, columns: &[&str], rows: &[Vec<String>]) -> Self {
        let heading = |name: &&str| match *name {
            "" => "<td></td>".to_owned(),
            name => format!("<th scope=\"col\">{}</th>", escape(name)),
        };
        let head: String = columns.iter().map(heading).collect();
        let row = |cells: &Vec<String>| -> String {
            let cell = |(place, text): (usize, &String)| match place {
                0 => format!("<th scope=\"row\">{}</th>", escape(text)),
                _ => format!("<td>{}</td>", escape(text)),
            };
            format!("<tr>{}</tr>", cells.iter().enumerate().map(cell).collect::<String>())
        };
        let body: String = rows.iter().map(row).collect();
        self.parts.push(format!(
            "<div class=\"numbers\" tabindex=\"0\" role=\"group\" aria-label=\"{0}\"><table><caption>{0}</caption><thead><tr>{head}</tr></thead>\
             <tbody>{body}</tbody></table></div>",
            escape(caption)
        ));
        self
    }

    /// Adds code to be copied.
    pub(crate) fn code(mut self, title: &str, code: &str) -> Self {
        self.parts.push(format!(
            "<details class=\"code\"><summary>{}</summary><button type=\"button\" class=\"copy\">Copy</button>\
             <pre tabindex=\"0\">{}</pre></details>",
            escape(title),
            escape(code)
        ));
        self
    }

    /// Adds the numbers behind a part.
    pub(crate) fn series(mut self, name: &str, numbers: impl Serialize) -> Self {
        let value = serde_json::to_value(numbers).unwrap_or(Value::Null);
        self.series.insert(name.to_owned(), value);
        self
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
