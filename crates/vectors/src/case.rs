//! The two formats, as they stand in files.

use crate::Unreadable;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fs;
use std::path::Path;

/// Values of each parameter after each step: step, then parameter, then coordinate in row-major
/// order. Gradients have the same form.
pub type Trajectory = Vec<Vec<Vec<f64>>>;

/// A case of either format.
#[derive(Clone, Debug)]
pub enum Case {
    /// `optimizer-vectors/1`.
    Optimizer(OptimizerCase),
    /// `schedule-vectors/1`.
    Schedule(ScheduleCase),
}

/// What an optimizer made of a sequence of gradients.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimizerCase {
    /// `optimizer-vectors/1`.
    pub format: String,
    /// Who computed it.
    pub source: Source,
    /// The optimizer, as the table of the format names it.
    pub optimizer: String,
    /// Its settings; where absent, those of the source.
    pub hyperparameters: Map<String, Value>,
    /// `f32` or `f64`: what the replay runs in.
    pub dtype: String,
    /// The parameters at the start.
    pub parameters: Vec<Parameter>,
    /// The gradients, one entry a step.
    pub gradients: Trajectory,
    /// The parameters after each step.
    pub trajectory: Trajectory,
    /// How far a value may be off.
    pub tolerance: Tolerance,
}

/// The rates that a schedule gave.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleCase {
    /// `schedule-vectors/1`.
    pub format: String,
    /// Who computed it.
    pub source: Source,
    /// The schedule, as the table of the format names it.
    pub schedule: String,
    /// Its settings; where absent, those of the source.
    pub hyperparameters: Map<String, Value>,
    /// The rate of each step, from step 0.
    pub learning_rates: Vec<f64>,
    /// How far a rate may be off.
    pub tolerance: Tolerance,
}

/// The library that computed a case. What else it says about itself is not read.
#[derive(Clone, Debug, Deserialize)]
pub struct Source {
    /// `torch`, `optax`, or another.
    pub library: String,
    /// Its version.
    #[serde(default)]
    pub version: Value,
}

/// A parameter tensor at the start.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its coordinates in row-major order.
    pub values: Vec<f64>,
}

/// How far a value may be off.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tolerance {
    /// Relative to the largest magnitude so far, or to 1 where that is larger.
    pub relative: f64,
}

pub(crate) fn read(path: &Path) -> Result<Case, Unreadable> {
    let text = text(path)?;
    let value: Value = parse(path, &text)?;
    let format = value.get("format").and_then(Value::as_str);
    match format {
        // Read again from the text, so that an error names its line.
        Some("optimizer-vectors/1") => {
            let case: OptimizerCase = parse(path, &text)?;
            case.check().map_err(|problem| Unreadable::new(path, problem))?;
            Ok(Case::Optimizer(case))
        }
        Some("schedule-vectors/1") => {
            let case: ScheduleCase = parse(path, &text)?;
            case.tolerance.check().map_err(|problem| Unreadable::new(path, problem))?;
            if case.learning_rates.is_empty() {
                return Err(Unreadable::new(path, "`learning_rates` is empty"));
            }
            Ok(Case::Schedule(case))
        }
        Some(other) => Err(Unreadable::new(
            path,
            format!("unknown format `{other}`; known: optimizer-vectors/1, schedule-vectors/1"),
        )),
        None => Err(Unreadable::new(path, "there is no `format` that says what the file is")),
    }
}

/// What another program answered: the entry of this name in an object, or the whole file.
pub(crate) fn read_answer<T: DeserializeOwned>(path: &Path, entry: &str) -> Result<T, Unreadable> {
    let text = text(path)?;
    match parse::<Value>(path, &text)? {
        Value::Object(mut object) => {
            let answer = object
                .remove(entry)
                .ok_or_else(|| Unreadable::new(path, format!("there is no `{entry}`")))?;
            serde_json::from_value(answer)
                .map_err(|error| Unreadable::new(path, format!("`{entry}`: {error}")))
        }
        _ => parse(path, &text),
    }
}

fn text(path: &Path) -> Result<String, Unreadable> {
    fs::read_to_string(path).map_err(|error| Unreadable::new(path, error))
}

fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|error| Unreadable::new(path, error))
}

impl Tolerance {
    fn check(self) -> Result<(), String> {
        let relative = self.relative;
        if relative.is_finite() && relative >= 0.0 {
            Ok(())
        } else {
            Err(format!("`tolerance.relative` is {relative}; it must be at least 0"))
        }
    }
}

impl OptimizerCase {
    fn check(&self) -> Result<(), String> {
        self.tolerance.check()?;
        if !["f32", "f64"].contains(&self.dtype.as_str()) {
            return Err(format!("unknown dtype `{}`; known: f32, f64", self.dtype));
        }
        if self.parameters.is_empty() {
            return Err("`parameters` is empty".to_owned());
        }
        for (place, parameter) in self.parameters.iter().enumerate() {
            let size = parameter.shape.iter().try_fold(1_usize, |size, &n| size.checked_mul(n));
            let count = parameter.values.len();
            if size != Some(count) {
                let shape = &parameter.shape;
                return Err(format!(
                    "`parameters[{place}].values` has {count} values, which do not fill {shape:?}"
                ));
            }
        }
        if self.gradients.is_empty() {
            return Err("`gradients` is empty".to_owned());
        }
        if self.gradients.len() != self.trajectory.len() {
            let (gradients, trajectory) = (self.gradients.len(), self.trajectory.len());
            return Err(format!(
                "`gradients` has {gradients} steps and `trajectory` {trajectory}; they must have \
                 the same number"
            ));
        }
        for (name, steps) in [("gradients", &self.gradients), ("trajectory", &self.trajectory)] {
            for (step, tensors) in steps.iter().enumerate() {
                self.check_sizes(&format!("`{name}[{step}]"), tensors)?;
            }
        }
        Ok(())
    }

    fn check_sizes(&self, place: &str, tensors: &[Vec<f64>]) -> Result<(), String> {
        let (found, expected) = (tensors.len(), self.parameters.len());
        if found != expected {
            return Err(format!(
                "{place}` has {found} tensors where there are {expected} parameters"
            ));
        }
        for (tensor, (values, parameter)) in tensors.iter().zip(&self.parameters).enumerate() {
            let (found, expected) = (values.len(), parameter.values.len());
            if found != expected {
                let name = &parameter.name;
                return Err(format!(
                    "{place}[{tensor}]` has {found} values where parameter `{name}` has {expected}"
                ));
            }
        }
        Ok(())
    }
}
