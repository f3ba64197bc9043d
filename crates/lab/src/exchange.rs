//! Results to and from CSV and JSON, for plotting them with what one likes.
//!
//! CSV is for flat rows: [`crate::sweep::Trial`]s, or the [`Row`]s of a run's telemetry, one for each
//! step and tensor. JSON is for any result. What is infinite or not a number is written as `inf` and
//! `NaN` in CSV; JSON has no words for it, so [`to_json`] refuses to lose it and names the remedy.
//!
//! ```
//! use descent::Sgd;
//! use lab::data::Digits;
//! use lab::exchange::{from_csv, rows, to_csv};
//! use lab::model::SoftmaxRegression;
//! use lab::train::Trainer;
//!
//! let digits = Digits::load();
//! let model = SoftmaxRegression::for_digits();
//! let trainer = Trainer::new(&model, Sgd, 0.5, &digits.training, 32, 0)?;
//! let telemetry = trainer.detailed().run(3, |_| ())?;
//! let text = to_csv(&rows(&telemetry))?;
//! assert!(text.starts_with("step,loss,learning_rate,tensor,gradient_norm"));
//! assert_eq!(from_csv::<lab::exchange::Row>(&text)?, rows(&telemetry));
//! # Ok::<(), lab::LabError>(())
//! ```

use crate::LabError;
use crate::train::Telemetry;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// One line of a run's telemetry: a step, and one tensor, or all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The step, from 1.
    pub step: u64,
    /// The mean loss over the step's batch, before the update.
    pub loss: f64,
    /// The learning rate of the first group.
    pub learning_rate: f64,
    /// The tensor's name; empty for all of them together.
    pub tensor: String,
    /// The norm of the gradient, before clipping.
    pub gradient_norm: f64,
    /// The norm of the update divided by that of the parameters before it.
    pub update_ratio: f64,
    /// How many gradient coordinates were infinite or not a number.
    pub non_finite: usize,
    /// The root mean square update, divided by the learning rate; of all tensors together only.
    pub update_rms: Option<f64>,
    /// The tensor's norm before the step.
    pub weight_norm: Option<f64>,
    /// The cosine between the update and −g.
    pub cosine: Option<f64>,
    /// √v̂ + ε: a twentieth of the coordinates is below.
    pub denominator_low: Option<f64>,
    /// √v̂ + ε: the median.
    pub denominator_median: Option<f64>,
    /// √v̂ + ε: a twentieth of the coordinates is above.
    pub denominator_high: Option<f64>,
    /// η / (√v̂ + ε): the median.
    pub effective_rate_median: Option<f64>,
}

/// Telemetry as flat rows: for each step one for all tensors, then one for each measured tensor.
pub fn rows(telemetry: &[Telemetry]) -> Vec<Row> {
    let of_step = |step: &Telemetry| {
        let whole = Row {
            step: step.step,
            loss: step.loss,
            learning_rate: step.learning_rate,
            tensor: String::new(),
            gradient_norm: step.gradient_norm,
            update_ratio: step.update_ratio,
            non_finite: step.non_finite,
            update_rms: Some(step.update_rms),
            weight_norm: None,
            cosine: None,
            denominator_low: None,
            denominator_median: None,
            denominator_high: None,
            effective_rate_median: None,
        };
        let of_tensors = step.layers.iter().map(|layer| Row {
            tensor: layer.name.clone(),
            gradient_norm: layer.gradient_norm,
            update_ratio: layer.update_ratio,
            non_finite: layer.non_finite,
            update_rms: None,
            weight_norm: Some(layer.weight_norm),
            cosine: Some(layer.cosine),
            denominator_low: layer.denominator.map(|quantiles| quantiles.low),
            denominator_median: layer.denominator.map(|quantiles| quantiles.median),
            denominator_high: layer.denominator.map(|quantiles| quantiles.high),
            effective_rate_median: layer.effective_rate.map(|quantiles| quantiles.median),
            ..whole.clone()
        });
        let tensors: Vec<Row> = of_tensors.collect();
        std::iter::once(whole).chain(tensors)
    };
    telemetry.iter().flat_map(of_step).collect()
}

/// Flat rows as CSV, with the fields' names in the first line.
///
/// # Errors
/// If a row is not flat: CSV has no place for lists and maps.
pub fn to_csv<T: Serialize>(rows: &[T]) -> Result<String, LabError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(|error| {
            LabError::Table(format!("{error}; CSV takes flat rows, write this as JSON"))
        })?;
    }
    let bytes = writer.into_inner().map_err(|error| LabError::Table(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| LabError::Table(error.to_string()))
}

/// Rows from CSV whose first line names the fields.
///
/// # Errors
/// The line that could not be read, and why.
pub fn from_csv<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, LabError> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error: csv::Error| LabError::Table(error.to_string()))
}

/// Any result as JSON.
///
/// # Errors
/// If a number in it is infinite or not a number, which JSON cannot hold and which would come back
/// as nothing.
pub fn to_json<T: Serialize + DeserializeOwned>(value: &T) -> Result<String, LabError> {
    let text = serde_json::to_string(value).map_err(|error| LabError::Table(error.to_string()))?;
    match from_json::<T>(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(LabError::Table(
            "a number in this result is infinite or not a number, for which JSON has no word; leave \
             those entries out, or write rows as CSV"
                .to_owned(),
        )),
    }
}

/// A result from JSON.
///
/// # Errors
/// The line and column that could not be read, and why.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, LabError> {
    serde_json::from_str(text).map_err(|error| LabError::Table(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{Row, from_csv, from_json, rows, to_csv, to_json};
    use crate::train::{LayerTelemetry, Quantiles, Telemetry};

    fn telemetry(cosine: f64) -> Vec<Telemetry> {
        let quantiles = Quantiles { low: 0.1, median: 1.0 / 3.0, high: 1e300 };
        let layer = LayerTelemetry {
            name: "weight, \"first\"".to_owned(),
            gradient_norm: 0.1 + 0.2,
            weight_norm: 5e-324,
            update_ratio: 1e-3,
            cosine,
            non_finite: 2,
            denominator: Some(quantiles),
            effective_rate: None,
        };
        vec![Telemetry {
            step: 7,
            loss: 2.5,
            learning_rate: 1e-3,
            gradient_norm: 1.0,
            update_ratio: 0.1,
            update_rms: 0.2,
            non_finite: 2,
            layers: vec![layer],
        }]
    }

    #[test]
    fn both_formats_bring_back_every_bit() {
        let run = telemetry(0.7);
        let flat = rows(&run);
        assert_eq!(flat.len(), 2);
        assert_eq!(from_csv::<Row>(&to_csv(&flat).unwrap()).unwrap(), flat);
        assert_eq!(from_json::<Vec<Telemetry>>(&to_json(&run).unwrap()).unwrap(), run);
    }

    #[test]
    fn what_is_not_a_number_survives_csv_and_is_refused_as_json() {
        let run = telemetry(f64::NAN);
        let back = from_csv::<Row>(&to_csv(&rows(&run)).unwrap()).unwrap();
        assert!(back[1].cosine.unwrap().is_nan());
        assert!(to_json(&run).unwrap_err().to_string().contains("JSON has no word"));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        let text = to_csv(&rows(&telemetry(0.5))).unwrap().replace("2.5", "two");
        let refusal = from_csv::<Row>(&text).unwrap_err().to_string();
        assert!(refusal.contains("line: 2") && refusal.contains("float"), "{refusal}");
        let refusal = from_json::<Vec<Telemetry>>("[{]").unwrap_err().to_string();
        assert!(refusal.contains("line 1 column"), "{refusal}");
        let refusal = to_csv(&telemetry(0.5)).unwrap_err().to_string();
        assert!(refusal.contains("flat rows"), "{refusal}");
    }
}
