//! Features that are mostly absent, some of them rare: the setting AdaGrad was made for (Duchi,
//! Hazan and Singer 2011, section 1.3).

use super::Examples;
use crate::LabError;
use crate::random::{Purpose, Stream};
use ndarray::Array2;

/// `count` examples of two classes. Feature j is 1 with probability `frequencies[j]` and 0
/// otherwise. Each feature has a weight, drawn from the normal distribution with mean 0 and
/// variance 1; the class is 1 where the weights of an example's features sum to more than 0.
///
/// So rare features say as much about an example that has them as frequent ones.
///
/// # Errors
/// If a frequency is outside [0, 1].
pub fn sparse_features(frequencies: &[f64], count: usize, seed: u64) -> Result<Examples, LabError> {
    if let Some(frequency) = frequencies.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(LabError::setting("frequency", frequency, "[0, 1]"));
    }
    let mut stream = Stream::new(seed, Purpose::Noise);
    let weights: Vec<f64> = frequencies.iter().map(|_| stream.normal()).collect();
    let inputs = Array2::from_shape_fn((count, frequencies.len()), |(_, feature)| {
        f64::from(stream.uniform() < frequencies[feature])
    });
    let class = |example: ndarray::ArrayView1<f64>| {
        let score: f64 = example.iter().zip(&weights).map(|(x, weight)| x * weight).sum();
        usize::from(score > 0.0)
    };
    let labels = inputs.rows().into_iter().map(class).collect();
    Ok(Examples { inputs, labels })
}

#[cfg(test)]
mod tests {
    use super::sparse_features;
    use approx::assert_abs_diff_eq;

    #[test]
    fn features_come_as_often_as_asked() {
        let frequencies = [0.0, 0.01, 0.5, 1.0];
        let examples = sparse_features(&frequencies, 20_000, 1).unwrap();
        for (column, frequency) in examples.inputs.columns().into_iter().zip(frequencies) {
            // Four standard errors of a share near one half are 0.014.
            assert_abs_diff_eq!(column.sum() / 20_000.0, frequency, epsilon = 0.015);
        }
        assert!(examples.labels.iter().all(|&label| label < 2));
        assert!(sparse_features(&[1.5], 1, 0).is_err());
    }
}
