//! Whether computed values agree with a case's reference, and if not, where they first differ.

use crate::{OptimizerCase, ScheduleCase, Trajectory};
use std::fmt;

/// The first place where values differ from the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// Where.
    pub place: Place,
    /// What was computed, and what the reference has; nothing where one has no value there.
    pub values: Option<(f64, f64)>,
    /// How far they may be apart.
    pub allowed: f64,
}

/// A place in a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A coordinate after a step.
    Coordinate {
        /// The step, from 1.
        step: usize,
        /// The parameter's name.
        parameter: String,
        /// The index in the parameter, one number for each axis.
        index: Vec<usize>,
    },
    /// The rate of a step.
    Rate {
        /// The step, from 0.
        step: usize,
    },
    /// The values have another length or form from here on.
    Form {
        /// What there is, and what the reference has.
        difference: String,
    },
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Coordinate { step, parameter, index } => {
                write!(f, "step {step}, parameter `{parameter}`, index {index:?}: ")?;
            }
            Place::Rate { step } => write!(f, "step {step} (from 0): ")?,
            Place::Form { difference } => write!(f, "{difference}")?,
        }
        if let Some((found, reference)) = self.values {
            let (error, allowed) = ((found - reference).abs(), self.allowed);
            write!(
                f,
                "{found:?} where the reference has {reference:?}; off by {error:.2e}, allowed is \
                 {allowed:.2e}"
            )?;
        }
        Ok(())
    }
}

fn form(difference: String) -> Option<Disagreement> {
    Some(Disagreement { place: Place::Form { difference }, values: None, allowed: 0.0 })
}

pub(crate) fn of_trajectory(case: &OptimizerCase, found: &Trajectory) -> Option<Disagreement> {
    let mut largest: Vec<Vec<f64>> = case
        .parameters
        .iter()
        .map(|parameter| parameter.values.iter().map(|x| x.abs().max(1.0)).collect())
        .collect();
    for (step, (tensors, references)) in found.iter().zip(&case.trajectory).enumerate() {
        if tensors.len() != references.len() {
            let (found, expected) = (tensors.len(), references.len());
            return form(format!("step {}: {found} tensors where there are {expected}", step + 1));
        }
        for (tensor, parameter) in case.parameters.iter().enumerate() {
            let (values, references) = (&tensors[tensor], &references[tensor]);
            if values.len() != references.len() {
                let (found, expected) = (values.len(), references.len());
                return form(format!(
                    "step {}, parameter `{}`: {found} values where there are {expected}",
                    step + 1,
                    parameter.name
                ));
            }
            for (place, (&value, &reference)) in values.iter().zip(references).enumerate() {
                let largest = &mut largest[tensor][place];
                *largest = largest.max(reference.abs());
                let allowed = case.tolerance.relative * *largest;
                if !agree(value, reference, allowed) {
                    let index = index(place, &parameter.shape);
                    let (step, parameter) = (step + 1, parameter.name.clone());
                    return Some(Disagreement {
                        place: Place::Coordinate { step, parameter, index },
                        values: Some((value, reference)),
                        allowed,
                    });
                }
            }
        }
    }
    same_length("steps", found.len(), case.trajectory.len())
}

pub(crate) fn of_rates(case: &ScheduleCase, found: &[f64]) -> Option<Disagreement> {
    let peak = case.learning_rates.iter().fold(0.0_f64, |peak, rate| peak.max(rate.abs()));
    let allowed = case.tolerance.relative * peak;
    let apart = |(&rate, &reference): (&f64, &f64)| !agree(rate, reference, allowed);
    let mut pairs = found.iter().zip(&case.learning_rates);
    match pairs.clone().position(apart) {
        Some(step) => Some(Disagreement {
            place: Place::Rate { step },
            values: pairs.nth(step).map(|(&rate, &reference)| (rate, reference)),
            allowed,
        }),
        None => same_length("rates", found.len(), case.learning_rates.len()),
    }
}

/// Whether two numbers are at most this far apart, which a NaN is from nothing.
fn agree(value: f64, reference: f64, allowed: f64) -> bool {
    (value - reference).abs() <= allowed
}

fn same_length(what: &str, found: usize, expected: usize) -> Option<Disagreement> {
    if found == expected {
        return None;
    }
    form(format!("all that can be compared agrees, but there are {found} {what} of {expected}"))
}

/// The index in a tensor of this shape of the coordinate at `place` in row-major order.
fn index(mut place: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&length| {
            let here = place % length;
            place /= length;
            here
        })
        .collect();
    index.reverse();
    index
}

#[cfg(test)]
mod tests {
    #[test]
    fn places_become_indices_row_by_row() {
        assert_eq!(super::index(17, &[2, 3, 4]), [1, 1, 1]);
        assert_eq!(super::index(3, &[4]), [3]);
        assert!(super::index(0, &[]).is_empty());
    }
}
