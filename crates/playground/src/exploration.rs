//! What an exploration is: controls, and a function from their settings to a view.

use serde::Serialize;
use serde_json::{Map, Value};
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
    /// Runs it, with one setting for each control, in order.
    pub(crate) view: fn(&[f64]) -> Result<View, String>,
}

/// Something that can be set. A switch is 1 when it is on and 0 when it is off.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// What settings call it.
    pub name: &'static str,
    /// What the reader sees.
    pub label: &'static str,
    /// What kind of control it is.
    pub kind: Kind,
    /// Its first value.
    pub value: f64,
}

/// The kinds of controls.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One of these values, in rising order.
    Choice(&'static [f64]),
    /// On or off.
    Switch,
}

/// What the reader sees for some settings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// Figures, as HTML elements.
    pub figures: Vec<String>,
    /// The current numbers in a sentence, for every reader.
    pub summary: String,
    /// The numbers behind the figures, by name.
    pub series: Map<String, Value>,
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
    #[error("there is no setting `{0}`")]
    UnknownSetting(String),
    /// A setting that its control does not offer.
    #[error("{name} = {value} is not among the values it can take: {choices:?}")]
    BadSetting {
        /// The control's name.
        name: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        choices: Vec<String>,
    },
    /// The experiment refused.
    #[error("{0}")]
    Refused(String),
}

impl Exploration {
    /// Runs the exploration; absent settings take their control's first value.
    ///
    /// # Errors
    /// If a setting is unknown or not among its control's values.
    pub fn run(&self, settings: &Map<String, Value>) -> Result<View, ExplorationError> {
        let known = |name: &String| self.controls.iter().any(|control| control.name == name);
        if let Some(unknown) = settings.keys().find(|name| !known(name)) {
            return Err(ExplorationError::UnknownSetting(unknown.clone()));
        }
        let values: Vec<f64> = self
            .controls
            .iter()
            .map(|control| match settings.get(control.name) {
                None => Ok(control.value),
                Some(value) => control.read(value),
            })
            .collect::<Result<_, _>>()?;
        (self.view)(&values).map_err(ExplorationError::Refused)
    }
}

impl Control {
    /// The values that the control can take.
    pub fn choices(&self) -> &'static [f64] {
        match self.kind {
            Kind::Choice(choices) => choices,
            Kind::Switch => &[0.0, 1.0],
        }
    }

    fn read(&self, value: &Value) -> Result<f64, ExplorationError> {
        let number = value.as_f64();
        number.filter(|number| self.choices().contains(number)).ok_or_else(|| {
            ExplorationError::BadSetting {
                name: self.name,
                value: value.to_string(),
                choices: self.choices().iter().map(f64::to_string).collect(),
            }
        })
    }
}

/// Every exploration.
pub fn explorations() -> &'static [Exploration] {
    &[crate::bias_correction::EXPLORATION]
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
