//! A case's settings, with the defaults of the library that computed it.

use crate::Source;
use serde_json::{Map, Value};
use std::cell::RefCell;
use thiserror::Error;

/// What is wrong with a case's settings.
#[derive(Debug, Error, PartialEq)]
pub enum HyperparameterProblem {
    /// The case names an optimizer or schedule that is not in the format's table.
    #[error("unknown {kind} `{name}`; known: {known}")]
    UnknownName {
        /// `optimizer` or `schedule`.
        kind: &'static str,
        /// The name.
        name: String,
        /// The names that are known.
        known: String,
    },
    /// A setting that the optimizer or schedule does not have.
    #[error("unknown hyperparameter `{key}` of {owner}; it has: {known}")]
    Unknown {
        /// The optimizer or schedule.
        owner: String,
        /// The setting.
        key: String,
        /// The settings it has.
        known: String,
    },
    /// A setting that is absent, and for which the library has no default.
    #[error("`hyperparameters.{key}` is absent, and {library} has no default for it")]
    Absent {
        /// The setting.
        key: &'static str,
        /// The library.
        library: String,
    },
    /// A setting of the wrong type.
    #[error("`hyperparameters.{key}` is {found}; it must be {expected}")]
    Type {
        /// The setting.
        key: &'static str,
        /// What it is.
        found: Value,
        /// What it must be.
        expected: &'static str,
    },
    /// A library that computes what the case holds in no way that is known.
    #[error("`source.library` is `{library}`; {owner} is defined by: {known}")]
    Library {
        /// The optimizer or schedule.
        owner: String,
        /// The library.
        library: String,
        /// The libraries whose version of it is known.
        known: &'static str,
    },
    /// A setting outside the range in which the optimizer or schedule is defined.
    #[error("{0}")]
    Range(String),
}

/// Which libraries have a default for a setting.
#[derive(Clone, Copy)]
pub(crate) enum Default<T> {
    /// None: the case must say it.
    None,
    /// PyTorch.
    Torch(T),
    /// Optax.
    Optax(T),
    /// Both, each its own: PyTorch's first.
    Each(T, T),
}

/// Reads settings by name and remembers which names there are.
pub(crate) struct Settings<'a> {
    owner: &'a str,
    source: &'a Source,
    values: &'a Map<String, Value>,
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Settings<'a> {
    pub(crate) fn new(owner: &'a str, source: &'a Source, values: &'a Map<String, Value>) -> Self {
        Self { owner, source, values, known: RefCell::default() }
    }

    /// A number.
    pub(crate) fn number(
        &self,
        key: &'static str,
        default: Default<f64>,
    ) -> Result<f64, HyperparameterProblem> {
        self.read(key, default, "a number", Value::as_f64)
    }

    /// A whole number.
    pub(crate) fn count(
        &self,
        key: &'static str,
        default: Default<u64>,
    ) -> Result<u64, HyperparameterProblem> {
        // Other languages write 100 as 100.0.
        let whole = |value: &Value| {
            value.as_u64().or_else(|| {
                let number = value.as_f64()?;
                (number >= 0.0 && number.fract() == 0.0 && number < 2_f64.powi(53))
                    .then_some(number as u64)
            })
        };
        self.read(key, default, "a whole number of at least 0", whole)
    }

    /// True or false.
    pub(crate) fn flag(
        &self,
        key: &'static str,
        default: Default<bool>,
    ) -> Result<bool, HyperparameterProblem> {
        self.read(key, default, "true or false", Value::as_bool)
    }

    /// A word.
    pub(crate) fn word(
        &self,
        key: &'static str,
        default: Default<&'static str>,
    ) -> Result<String, HyperparameterProblem> {
        let default = match default {
            Default::None => Default::None,
            Default::Torch(word) => Default::Torch(word.to_owned()),
            Default::Optax(word) => Default::Optax(word.to_owned()),
            Default::Each(torch, optax) => Default::Each(torch.to_owned(), optax.to_owned()),
        };
        self.read(key, default, "a word", |value| value.as_str().map(str::to_owned))
    }

    fn read<T>(
        &self,
        key: &'static str,
        default: Default<T>,
        expected: &'static str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, HyperparameterProblem> {
        self.known.borrow_mut().push(key);
        if let Some(value) = self.values.get(key) {
            let found = || value.clone();
            return read(value).ok_or_else(|| HyperparameterProblem::Type {
                key,
                found: found(),
                expected,
            });
        }
        match (default, self.source.library.as_str()) {
            (Default::Torch(value) | Default::Each(value, _), "torch") => Ok(value),
            (Default::Optax(value) | Default::Each(_, value), "optax") => Ok(value),
            (_, library) => Err(HyperparameterProblem::Absent { key, library: library.to_owned() }),
        }
    }

    /// Fails if the case has settings that nobody asked for.
    pub(crate) fn finish(&self) -> Result<(), HyperparameterProblem> {
        let known = self.known.borrow();
        match self.values.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(HyperparameterProblem::Unknown {
                owner: self.owner.to_owned(),
                key: key.clone(),
                known: known.join(", "),
            }),
        }
    }

    /// The error of a library whose version of the owner is not known.
    pub(crate) fn library_problem(&self, known: &'static str) -> HyperparameterProblem {
        let (owner, library) = (self.owner.to_owned(), self.source.library.clone());
        HyperparameterProblem::Library { owner, library, known }
    }
}
