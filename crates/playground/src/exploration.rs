//! What an exploration is: controls, and a function from their settings to a view.

use crate::control::{Control, Settings};
use crate::explorations::EXPLORATIONS;
use crate::view::View;
use std::collections::BTreeMap;
use thiserror::Error;

/// Something in the page that the reader can move.
#[derive(Clone, Copy, Debug)]
pub struct Exploration {
    /// What chapters and requests call it.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What to try, in a sentence or two.
    pub invitation: &'static str,
    /// What can be set.
    pub controls: &'static [Control],
    /// What can be dragged in its figures.
    pub handles: &'static [Handle],
    /// Whether it trains networks, which takes longer than a moment: the page then runs it when asked,
    /// draws what there is meanwhile, and offers to stop it.
    pub long: bool,
    /// Whether what a place stands for is shown as soon as the cursor is there, and not only chosen when
    /// it is clicked.
    pub hover: bool,
    /// What a place in a figure stands for, where it is not a handle.
    pub(crate) pick: Option<fn(&Settings, &Place) -> Changes>,
    /// Runs it. What is passed to the second argument is drawn at once.
    pub(crate) view: Run,
}

/// From settings to a view; what there is before the end goes to the second argument.
type Run = fn(&Settings, &mut dyn FnMut(&View)) -> Result<View, Refusal>;

/// A point in a figure that the reader can drag. It moves in the directions in which it has a
/// control.
#[derive(Clone, Copy, Debug)]
pub struct Handle {
    /// Which of the view's parts it lies in.
    pub part: usize,
    /// Its place along the horizontal axis.
    pub x: Coordinate,
    /// Its place along the vertical axis.
    pub y: Coordinate,
}

/// Where a handle lies along an axis.
#[derive(Clone, Copy, Debug)]
pub enum Coordinate {
    /// Always here.
    At(f64),
    /// Where the control of this name says.
    Of(&'static str),
}

/// A place in a figure, in the coordinates of its axes.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Which of the view's parts it lies in.
    pub part: usize,
    /// Its horizontal coordinate.
    pub x: f64,
    /// Its vertical coordinate.
    pub y: f64,
    /// A twentieth of the figure's width and height, in its coordinates: how near is near.
    pub near: (f64, f64),
}

/// New settings, by the names of their controls.
pub type Changes = BTreeMap<&'static str, String>;

/// Why an exploration does not show some settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The control that the message belongs to, if it belongs to one.
    pub(crate) control: Option<&'static str>,
    /// What is wrong and what to do.
    pub(crate) message: String,
}

impl Refusal {
    /// A message about one control.
    pub(crate) fn of(control: &'static str, message: impl ToString) -> Self {
        Self { control: Some(control), message: message.to_string() }
    }
}

impl From<lab::LabError> for Refusal {
    fn from(error: lab::LabError) -> Self {
        Self { control: None, message: error.to_string() }
    }
}

/// Why an exploration could not be run.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ExplorationError {
    /// There is no such exploration.
    #[error("there is no exploration `{id}`; known are {known}")]
    Unknown {
        /// What was asked for.
        id: String,
        /// What there is.
        known: String,
    },
    /// A setting that no control has.
    #[error("there is no setting `{name}` in {id}; known are {known}")]
    UnknownSetting {
        /// The exploration.
        id: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A setting that its control does not take.
    #[error("“{label}” takes {takes}, and not “{value}”")]
    BadSetting {
        /// The control's name.
        name: String,
        /// What the reader sees beside it.
        label: String,
        /// What was given.
        value: String,
        /// What is allowed.
        takes: String,
    },
    /// The exploration refused.
    #[error("{message}")]
    Refused {
        /// The control that the message belongs to.
        control: Option<&'static str>,
        /// What is wrong.
        message: String,
    },
}

impl ExplorationError {
    /// The control that the message belongs to, if it belongs to one.
    pub fn control(&self) -> Option<&str> {
        match self {
            Self::BadSetting { name, .. } => Some(name),
            Self::Refused { control, .. } => *control,
            _ => None,
        }
    }
}

impl Exploration {
    /// An exploration that does nothing: a start for those that state only what they have.
    pub(crate) const BLANK: Self = Self {
        id: "",
        title: "",
        invitation: "",
        controls: &[],
        handles: &[],
        long: false,
        hover: false,
        pick: None,
        view: |_, _| Ok(View::default()),
    };

    /// Reads settings; absent ones take their control's first value.
    ///
    /// # Errors
    /// If a setting is unknown or cannot be what its control takes.
    pub fn read(&self, settings: &BTreeMap<String, String>) -> Result<Settings, ExplorationError> {
        let known = |name: &String| self.controls.iter().any(|control| control.name == name);
        if let Some(unknown) = settings.keys().find(|name| !known(name)) {
            let known: Vec<&str> = self.controls.iter().map(|control| control.name).collect();
            return Err(ExplorationError::UnknownSetting {
                id: self.id,
                name: unknown.clone(),
                known: known.join(", "),
            });
        }
        let read = |control: &Control| {
            let text = settings.get(control.name).map_or(control.first, String::as_str);
            Ok((control.name, control.read(text)?))
        };
        Ok(Settings(self.controls.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Runs the exploration. What there is before the end is passed to `draw`.
    ///
    /// # Errors
    /// If the settings cannot be read, or the exploration refuses them.
    pub fn run(
        &self,
        settings: &BTreeMap<String, String>,
        draw: &mut dyn FnMut(&View),
    ) -> Result<View, ExplorationError> {
        let settings = self.read(settings)?;
        (self.view)(&settings, draw)
            .map_err(|Refusal { control, message }| ExplorationError::Refused { control, message })
    }

    /// What the reader sees first.
    ///
    /// # Errors
    /// If the exploration refuses its own first settings.
    pub fn first(&self) -> Result<View, ExplorationError> {
        self.run(&BTreeMap::new(), &mut |_| ())
    }

    /// Whether a place in its figures stands for settings.
    pub fn picks(&self) -> bool {
        self.pick.is_some()
    }

    /// The settings that a place in a figure stands for; none if for nothing.
    ///
    /// # Errors
    /// If the settings cannot be read.
    pub fn pick(
        &self,
        settings: &BTreeMap<String, String>,
        place: &Place,
    ) -> Result<Changes, ExplorationError> {
        let settings = self.read(settings)?;
        Ok(self.pick.map(|pick| pick(&settings, place)).unwrap_or_default())
    }
}

/// Every exploration, in the order of their chapters.
pub fn explorations() -> &'static [Exploration] {
    EXPLORATIONS
}

/// The exploration of this id.
///
/// # Errors
/// If there is none; names those there are.
pub fn exploration(id: &str) -> Result<&'static Exploration, ExplorationError> {
    explorations().iter().find(|exploration| exploration.id == id).ok_or_else(|| {
        let known: Vec<&str> = explorations().iter().map(|exploration| exploration.id).collect();
        ExplorationError::Unknown { id: id.to_owned(), known: known.join(", ") }
    })
}

/// The exploration and the settings that a fragment of an address stands for:
/// `explore-ID:name=value&name=value`, as the page writes it, with characters in values that would mean
/// something else there as `%` and their bytes. `None` if it is no such fragment.
///
/// # Errors
/// If there is no such exploration, or its settings cannot be read.
pub fn addressed(fragment: &str) -> Option<Result<&'static Exploration, ExplorationError>> {
    let (id, settings) = fragment.strip_prefix("explore-")?.split_once(':')?;
    let settings = settings.split('&').filter_map(|pair| pair.split_once('='));
    let settings = settings.map(|(name, value)| (name.to_owned(), decoded(value))).collect();
    // What trains networks is not run only to look at its settings.
    let read = |exploration: &'static Exploration| match exploration.long {
        true => exploration.read(&settings).map(|_| exploration),
        false => exploration.run(&settings, &mut |_| ()).map(|_| exploration),
    };
    Some(exploration(id).and_then(read))
}

/// A text with `%2B` and its like replaced by what they stand for, as `decodeURIComponent` does it; as
/// it is where that cannot be done.
fn decoded(text: &str) -> String {
    let bytes = || -> Option<Vec<u8>> {
        let mut pieces = text.split('%');
        let mut bytes = pieces.next()?.as_bytes().to_vec();
        for piece in pieces {
            let (digits, rest) = piece.split_at_checked(2)?;
            let digits =
                Some(digits).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            bytes.extend(rest.as_bytes());
        }
        Some(bytes)
    };
    bytes().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{addressed, decoded};

    #[test]
    fn an_address_can_hold_any_text() {
        assert_eq!(decoded("beta1%20m%20%2B%20g"), "beta1 m + g");
        assert_eq!(decoded("%CE%B2"), "β");
        for odd in ["100%", "%2", "%zz", "%+2", "%FF", "%€"] {
            assert_eq!(decoded(odd), odd);
        }
        let momentum = "explore-own-rule:u=m&m=beta1%20m%20%2B%20g&v=0&momentum=on";
        assert_eq!(addressed(momentum).unwrap().unwrap().id, "own-rule");
        assert!(addressed("explore-own-rule:u=%2B").unwrap().is_err());
        assert!(addressed("cell-setup").is_none());
    }
}
