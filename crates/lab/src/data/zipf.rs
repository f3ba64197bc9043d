//! Classes of which a few are frequent and many are rare.
//!
//! Kunstner, Milligan, Yadav, Schmidt and Bietti (2024) find that such an imbalance alone is enough
//! for Adam to outrun gradient descent; inputs that say nothing about the class suffice to show it.

use super::Examples;
use crate::LabError;
use crate::random::{Purpose, Stream};
use ndarray::Array2;

/// Zipf's law: the frequency of the k-th class, from k = 1, is proportional to k^−`exponent`. An
/// exponent of 0 makes all classes equally frequent.
pub fn zipf_frequencies(classes: usize, exponent: f64) -> Vec<f64> {
    let weights: Vec<f64> = (1..=classes).map(|k| libm::pow(k as f64, -exponent)).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// `count` examples whose classes are drawn with [`zipf_frequencies`] and whose inputs, uniform in
/// [0, 1), do not depend on the class: a model can only tell them apart one by one.
///
/// # Errors
/// If there is no class, or the exponent is not a finite number.
pub fn zipf_classes(
    classes: usize,
    exponent: f64,
    features: usize,
    count: usize,
    seed: u64,
) -> Result<Examples, LabError> {
    if classes == 0 {
        return Err(LabError::setting("classes", classes, "1.."));
    }
    if !exponent.is_finite() {
        return Err(LabError::setting("exponent", exponent, "the finite numbers"));
    }
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut reached = 0.0;
    let cumulative: Vec<f64> = zipf_frequencies(classes, exponent)
        .into_iter()
        .map(|frequency| {
            reached += frequency;
            reached
        })
        .collect();
    let mut draw = || {
        let place = stream.uniform();
        cumulative.partition_point(|&below| below <= place).min(classes - 1)
    };
    let labels = (0..count).map(|_| draw()).collect();
    let inputs = Array2::from_shape_simple_fn((count, features), || stream.uniform());
    Ok(Examples { inputs, labels })
}

#[cfg(test)]
mod tests {
    use super::{zipf_classes, zipf_frequencies};
    use approx::assert_abs_diff_eq;

    #[test]
    fn frequencies_follow_the_law_and_draws_follow_the_frequencies() {
        let frequencies = zipf_frequencies(20, 1.0);
        assert_abs_diff_eq!(frequencies.iter().sum::<f64>(), 1.0, epsilon = 1e-14);
        assert_abs_diff_eq!(frequencies[0], 4.0 * frequencies[3], epsilon = 1e-14);
        for exponent in [0.0, 1.0] {
            let drawn = zipf_classes(20, exponent, 1, 50_000, 0).unwrap();
            for (class, frequency) in zipf_frequencies(20, exponent).into_iter().enumerate() {
                let seen = drawn.labels.iter().filter(|&&label| label == class).count();
                // Five standard errors of a binomial share.
                let error = 5.0 * (frequency / 50_000.0).sqrt();
                assert_abs_diff_eq!(seen as f64 / 50_000.0, frequency, epsilon = error);
            }
        }
    }

    #[test]
    fn impossible_settings_are_refused() {
        assert!(zipf_classes(0, 1.0, 1, 1, 0).is_err());
        assert!(zipf_classes(2, f64::INFINITY, 1, 1, 0).is_err());
    }
}
