//! What can be set in an exploration, and how a setting is read.
//!
//! Every setting travels as text: as it is typed, as it stands in the page's address, and as a
//! sentence of the book links to it.

use crate::exploration::ExplorationError;

/// Something in the page that the reader can set.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// What settings call it.
    pub name: &'static str,
    /// What the reader sees.
    pub label: &'static str,
    /// What kind of control it is.
    pub kind: Kind,
    /// Its first value, as text.
    pub first: &'static str,
    /// The control that goes back to its first value when this one is changed: `*` for all others; empty
    /// for none.
    pub resets: &'static str,
    /// The heading under which it stands with its neighbors; empty for none.
    pub group: &'static str,
}

/// The kinds of controls.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A slider over these values, in rising order.
    Choice(&'static [f64]),
    /// A slider from the first number to the second, in steps of the third.
    Range(f64, f64, f64),
    /// A number that is typed, from the first to the second.
    Number(f64, f64),
    /// On or off.
    Switch,
    /// One of these; each has a name for settings and one for readers.
    Pick(&'static [(&'static str, &'static str)]),
    /// A line that is typed; the exploration itself says whether it can be read.
    Text,
    /// A place in time from 0 to this, or to where the control of this name says if that is earlier, with
    /// buttons that play, step and rewind.
    Time(u32, &'static str),
}

impl Control {
    const fn new(name: &'static str, label: &'static str, kind: Kind, first: &'static str) -> Self {
        Self { name, label, kind, first, resets: "", group: "" }
    }

    /// A slider over some values.
    pub const fn choice(
        name: &'static str,
        label: &'static str,
        values: &'static [f64],
        first: &'static str,
    ) -> Self {
        Self::new(name, label, Kind::Choice(values), first)
    }

    /// A slider over a range `(low, high, step)`.
    pub const fn range(
        name: &'static str,
        label: &'static str,
        (low, high, step): (f64, f64, f64),
        first: &'static str,
    ) -> Self {
        Self::new(name, label, Kind::Range(low, high, step), first)
    }

    /// A number that is typed, in `(low, high)`.
    pub const fn number(
        name: &'static str,
        label: &'static str,
        (low, high): (f64, f64),
        first: &'static str,
    ) -> Self {
        Self::new(name, label, Kind::Number(low, high), first)
    }

    /// A switch.
    pub const fn switch(name: &'static str, label: &'static str, on: bool) -> Self {
        Self::new(name, label, Kind::Switch, if on { "on" } else { "off" })
    }

    /// A choice among named things; the first of them is chosen first.
    pub const fn pick(
        name: &'static str,
        label: &'static str,
        options: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self::new(name, label, Kind::Pick(options), options[0].0)
    }

    /// A line of text.
    pub const fn text(name: &'static str, label: &'static str, first: &'static str) -> Self {
        Self::new(name, label, Kind::Text, first)
    }

    /// A place in time, in a run of as many steps as the control `until` says, `most` at the most.
    pub const fn time(
        name: &'static str,
        label: &'static str,
        (most, until): (u32, &'static str),
        first: &'static str,
    ) -> Self {
        Self::new(name, label, Kind::Time(most, until), first)
    }

    /// This control, which takes another one back to its first value.
    pub const fn resetting(self, resets: &'static str) -> Self {
        Self { resets, ..self }
    }

    /// This control under a heading.
    pub const fn under(self, group: &'static str) -> Self {
        Self { group, ..self }
    }

    /// The setting that a text stands for.
    ///
    /// # Errors
    /// Names the control, and says what it takes.
    pub fn read(&self, text: &str) -> Result<Setting, ExplorationError> {
        let refused = |takes: String| ExplorationError::BadSetting {
            name: self.name.to_owned(),
            label: self.label.to_owned(),
            value: shortened(text),
            takes,
        };
        let within = |low: f64, high: f64| {
            let number = text.trim().parse::<f64>().ok();
            number
                .filter(|number| (low..=high).contains(number))
                .map(Setting::Number)
                .ok_or_else(|| refused(format!("a number from {} to {}", plain(low), plain(high))))
        };
        match self.kind {
            Kind::Choice(values) => {
                let number = text.trim().parse::<f64>().ok();
                number.filter(|number| values.contains(number)).map(Setting::Number).ok_or_else(
                    || {
                        let known: Vec<String> = values.iter().map(|value| plain(*value)).collect();
                        refused(format!("one of {}", known.join(", ")))
                    },
                )
            }
            Kind::Range(low, high, _) | Kind::Number(low, high) => within(low, high),
            Kind::Time(most, _) => {
                let time = text.trim().parse::<u32>().ok().filter(|time| *time <= most);
                time.map(|time| Setting::Number(f64::from(time)))
                    .ok_or_else(|| refused(format!("a whole number from 0 to {most}")))
            }
            Kind::Switch => match text.trim() {
                "on" => Ok(Setting::Switch(true)),
                "off" => Ok(Setting::Switch(false)),
                _ => Err(refused("on or off".to_owned())),
            },
            Kind::Pick(options) => {
                let found = options.iter().find(|(name, _)| *name == text.trim());
                found.map(|(name, _)| Setting::Name(name)).ok_or_else(|| {
                    let known: Vec<&str> = options.iter().map(|(name, _)| *name).collect();
                    refused(format!("one of {}", known.join(", ")))
                })
            }
            Kind::Text if text.trim().is_empty() => {
                Err(refused("something to be typed".to_owned()))
            }
            Kind::Text => Ok(Setting::Text(text.trim().to_owned())),
        }
    }
}

/// A number as a reader would type it: 7e9 rather than its ten digits.
pub fn plain(number: f64) -> String {
    if number != 0.0 && !(1e-4..1e7).contains(&number.abs()) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

/// The beginning of a text that may be very long.
fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A setting that has been read.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Of a slider, a number or a place in time.
    Number(f64),
    /// Of a switch.
    Switch(bool),
    /// Of a choice among named things.
    Name(&'static str),
    /// Of a line of text.
    Text(String),
}

/// One setting for each control of an exploration.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings(pub(crate) Vec<(&'static str, Setting)>);

impl Settings {
    fn get(&self, name: &str) -> &Setting {
        let found = self.0.iter().find(|(known, _)| *known == name);
        &found.unwrap_or_else(|| panic!("the exploration has no control `{name}`")).1
    }

    /// The number of this control; 1 or 0 for a switch.
    ///
    /// # Panics
    /// As all of these, if the exploration has no such control.
    pub fn number(&self, name: &str) -> f64 {
        match self.get(name) {
            Setting::Number(number) => *number,
            other => panic!("`{name}` is {other:?}, which is no number"),
        }
    }

    /// The number of this control as a count.
    pub fn count(&self, name: &str) -> usize {
        self.number(name).round() as usize
    }

    /// Whether this switch is on.
    pub fn on(&self, name: &str) -> bool {
        *self.get(name) == Setting::Switch(true)
    }

    /// What was chosen, or typed.
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Setting::Name(chosen) => chosen,
            Setting::Text(typed) => typed,
            other => panic!("`{name}` is {other:?}, which is no text"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Control, Setting};

    #[test]
    fn a_setting_that_cannot_be_is_told_what_can() {
        let parameters = Control::number("parameters", "parameters", (1.0, 1e15), "7e9");
        assert_eq!(parameters.read(" 7e9 "), Ok(Setting::Number(7e9)));
        for wrong in ["", "NaN", "inf", "1e400", "-1", "seven", &"9".repeat(400)] {
            let error = parameters.read(wrong).unwrap_err().to_string();
            assert!(error.contains("a number from 1 to 1e15"), "{wrong}: {error}");
            assert!(error.len() < 200);
        }
        let time = Control::time("t", "step", (100, "steps"), "0");
        assert!(time.read("101").is_err() && time.read("1.5").is_err());
        let beta = Control::choice("beta", "β", &[0.5, 0.9], "0.9");
        assert!(beta.read("0.7").unwrap_err().to_string().contains("one of 0.5, 0.9"));
        let rule = Control::pick("rule", "rule", &[("sgd", "SGD"), ("adam", "Adam")]);
        assert!(rule.read("lion").unwrap_err().to_string().contains("sgd, adam"));
        assert!(Control::switch("on", "on", true).read("1").is_err());
        assert!(Control::text("u", "u", "g").read("  ").is_err());
    }
}
