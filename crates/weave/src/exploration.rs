//! Explorations in the page: their controls with their first state, which is also what is seen
//! without scripts and in print; and as a picture in the notebook.

use crate::problem::{escape, without_blank_lines};
use anyhow::{Result, anyhow};
use playground::{Control, Coordinate, Exploration, Handle, Kind, addressed, plain};
use regex::Regex;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::LazyLock;

/// The exploration as an element of the page of this chapter.
///
/// # Errors
/// If it refuses its own first settings.
pub fn markup(exploration: &Exploration, chapter: &str) -> Result<String> {
    let view = exploration.first()?;
    let Exploration { id, title, invitation, controls, handles, long, .. } = exploration;
    let parts = |figures: bool| -> String {
        let chosen = view.parts.iter().filter(|part| part.starts_with("<figure") == figures);
        chosen.map(|part| format!("<div>{}</div>", without_blank_lines(part))).collect()
    };
    let handles = json!(handles.iter().map(handle).collect::<Vec<_>>()).to_string();
    let mut attributes = format!(" data-handles=\"{}\"", escape(&handles));
    if *long {
        attributes += " data-long";
    }
    if exploration.picks() {
        attributes += if exploration.hover { " data-picks=\"hover\"" } else { " data-picks" };
    }
    let run = if *long { "<button type=\"button\" class=\"run\">Run</button>" } else { "" };
    Ok(format!(
        "\n<section class=\"exploration\" id=\"explore-{id}\" data-explore=\"{id}\" \
         data-module=\"{chapter}\"{attributes} aria-labelledby=\"explore-{id}-title\">\n\
         <p class=\"title\" id=\"explore-{id}-title\">{title}</p>\n<p class=\"invitation\">{invitation}</p>\n\
         <p class=\"problem-error\" role=\"alert\" hidden></p>\n<div class=\"figures\">{figures}</div>\n\
         <form class=\"controls\" hidden>{controls}<p class=\"buttons\">{run}<button type=\"reset\">Start \
         again</button> <a class=\"here\" href=\"#explore-{id}\">Link to this setting</a></p></form>\n\
         <div class=\"tables\">{tables}</div>\n<p class=\"summary\">{summary}</p>\n<p class=\"records\"></p>\n\
         <p class=\"spoken\" role=\"status\"></p>\n</section>\n\n",
        figures = parts(true),
        tables = parts(false),
        controls = grouped(id, controls),
        title = escape(title),
        invitation = escape(invitation),
        summary = escape(&view.summary),
    ))
}

/// The exploration's first state as Markdown for the notebook, where nothing moves: its summary, and
/// its [`pictures`].
///
/// # Errors
/// If it refuses its own first settings.
pub fn in_notebook(exploration: &Exploration) -> Result<String> {
    let summary = exploration.first()?.summary;
    let mut text = format!(
        "**{}.** In the book's page this is an exploration that moves. Its first state: {summary}\n",
        exploration.title
    );
    for (file, _) in pictures(exploration)? {
        let _ = write!(text, "\n![{}]({file})", exploration.title);
    }
    Ok(text)
}

/// The figures of the exploration's first state as files beside the notebooks: their names there, and
/// their text. Jupyter takes no drawing inside of Markdown.
///
/// # Errors
/// If it refuses its own first settings.
pub fn pictures(exploration: &Exploration) -> Result<Vec<(String, String)>> {
    let view = exploration.first()?;
    let drawings = view.parts.iter().filter_map(|part| {
        let (start, end) = (part.find("<svg")?, part.rfind("</svg>")?);
        Some(&part[start..end + "</svg>".len()])
    });
    let file = |(place, drawing): (usize, &str)| {
        let name = format!("figures/explore-{}-{}.svg", exploration.id, place + 1);
        (name, in_a_file(drawing))
    };
    Ok(drawings.enumerate().map(file).collect())
}

/// A drawing as the text of a file. A file knows nothing of the theme around it, so it brings its own
/// ground.
pub fn in_a_file(drawing: &str) -> String {
    drawing.replacen("<svg", "<svg style=\"background:#fff;color:#000\"", 1) + "\n"
}

/// Refuses a link to a setting that its exploration does not have.
///
/// # Errors
/// Begins with the number of the line, from 0.
pub fn check_links(markdown: &str) -> Result<()> {
    static LINK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\]\([^)\s]*#(explore-[^)\s]*)\)").expect("a valid pattern"));
    for (line, text) in markdown.lines().enumerate() {
        for link in LINK.captures_iter(text) {
            if let Some(Err(error)) = addressed(&link[1]) {
                return Err(anyhow!("{line}: the link to `#{}`: {error}", &link[1]));
            }
        }
    }
    Ok(())
}

fn handle(handle: &Handle) -> Value {
    let coordinate = |coordinate: Coordinate| match coordinate {
        Coordinate::At(place) => json!({ "at": place }),
        Coordinate::Of(control) => json!({ "of": control }),
    };
    json!({ "part": handle.part, "x": coordinate(handle.x), "y": coordinate(handle.y) })
}

/// Controls in their groups: neighbors under the same heading fold out together, and switches stand in
/// rows.
fn grouped(id: &str, controls: &[Control]) -> String {
    let switches = |one: &Control, other: &Control| {
        matches!((one.kind, other.kind), (Kind::Switch, Kind::Switch))
    };
    let inside = |group: &[Control]| -> String {
        let row = |row: &[Control]| {
            let markup: String = row.iter().map(|one| control_markup(id, one)).collect();
            match row[0].kind {
                Kind::Switch => format!("<div class=\"switches\">{markup}</div>"),
                _ => markup,
            }
        };
        group.chunk_by(switches).map(row).collect()
    };
    let (mut plain, mut folded) = (String::new(), String::new());
    for group in controls.chunk_by(|one, other| one.group == other.group) {
        match group[0].group {
            "" => plain += &inside(group),
            heading => {
                let _ = write!(
                    folded,
                    "<details class=\"group\"><summary>{}</summary><div class=\"controls\">{}</div></details>",
                    escape(heading),
                    inside(group)
                );
            }
        }
    }
    match folded.as_str() {
        "" => plain,
        folded => format!("{plain}<div class=\"groups\">{folded}</div>"),
    }
}

fn control_markup(exploration: &str, control: &Control) -> String {
    let Control { name, label, kind, first, resets, .. } = control;
    let id = format!("{exploration}-{name}");
    let label = escape(label);
    let resets = match *resets {
        "" => String::new(),
        other => format!(" data-resets=\"{other}\""),
    };
    let common = format!("id=\"{id}\" name=\"{name}\" data-first=\"{}\"{resets}", escape(first));
    let described = format!("aria-describedby=\"{id}-error\"");
    let error = format!("<p class=\"field-error\" id=\"{id}-error\" role=\"alert\" hidden></p>");
    let named = format!(
        "<label for=\"{id}\">{label} <output for=\"{id}\" aria-live=\"off\">{first}</output></label>"
    );
    let slider = |low: f64, high: f64, step: f64, value: &str| {
        format!(
            "<input type=\"range\" {common} min=\"{low}\" max=\"{high}\" step=\"{step}\" value=\"{value}\" \
             aria-valuetext=\"{first}\""
        )
    };
    let field = match kind {
        Kind::Switch => {
            let checked = if *first == "on" { " checked" } else { "" };
            return format!(
                "<label class=\"switch\"><input type=\"checkbox\" {common}{checked}> {label}</label>"
            );
        }
        Kind::Choice(choices) => {
            let list: Vec<String> = choices.iter().map(|choice| plain(*choice)).collect();
            let place = list.iter().position(|choice| choice == first).unwrap_or(0).to_string();
            let slider = slider(0.0, (choices.len() - 1) as f64, 1.0, &place);
            format!("{named}{slider} data-choices=\"{}\" {described}>", list.join(" "))
        }
        Kind::Range(low, high, step) => {
            format!("{named}{} {described}>", slider(*low, *high, *step, first))
        }
        Kind::Number(low, high) => format!(
            "<label for=\"{id}\">{label} <small>({} to {})</small></label><input type=\"text\" \
             inputmode=\"decimal\" autocomplete=\"off\" {common} value=\"{first}\" {described}>",
            plain(*low),
            plain(*high)
        ),
        Kind::Text => format!(
            "<label for=\"{id}\">{label}</label><input type=\"text\" autocomplete=\"off\" \
             autocapitalize=\"off\" spellcheck=\"false\" class=\"typed\" {common} value=\"{}\" {described}>",
            escape(first)
        ),
        Kind::Pick(options) => {
            let option = |(value, words): &(&str, &str)| {
                let selected = if value == first { " selected" } else { "" };
                format!("<option value=\"{value}\"{selected}>{}</option>", escape(words))
            };
            let options: String = options.iter().map(option).collect();
            format!(
                "<label for=\"{id}\">{label}</label><select {common} {described}>{options}</select>"
            )
        }
        Kind::Time(most, until) => format!(
            "{named}{} data-most=\"{most}\" data-until=\"{until}\" {described}><span class=\"buttons\"><button type=\"button\" class=\"play\">Play</button>\
             <button type=\"button\" class=\"step\">Step</button><button type=\"button\" \
             class=\"rewind\">Rewind</button></span>",
            slider(0.0, f64::from(*most), 1.0, first)
        ),
    };
    let class = if matches!(kind, Kind::Time(..)) { "control time" } else { "control" };
    format!("<div class=\"{class}\">{field}{error}</div>")
}

#[cfg(test)]
mod tests {
    use super::{check_links, markup};

    #[test]
    fn every_exploration_has_a_first_state_and_a_label_for_each_control() {
        for exploration in playground::explorations() {
            let page = markup(exploration, "a-chapter").unwrap();
            assert!(page.contains("<svg") && !page.contains("\n\n<"), "{}", exploration.id);
            for control in exploration.controls {
                let id = format!("id=\"{}-{}\"", exploration.id, control.name);
                assert_eq!(page.matches(&id).count(), 1, "{id}");
            }
        }
    }

    #[test]
    fn a_link_to_a_setting_that_is_not_there_is_refused() {
        let link = |fragment: &str| check_links(&format!("first\n[x](adam.md#{fragment})"));
        assert!(link("a-heading").is_ok());
        assert!(link("explore-bias-correction:beta2=0.9&first=off").is_ok());
        for wrong in ["bias-correction:beta2=7", "bias-correction:speed=1", "nothing:x=1"] {
            let error = link(&format!("explore-{wrong}")).unwrap_err().to_string();
            assert!(error.starts_with("1: the link to"), "{error}");
        }
    }
}
