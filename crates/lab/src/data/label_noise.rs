//! Labels that are wrong on purpose.

use super::Examples;
use crate::LabError;
use crate::random::{Purpose, Stream};

/// The examples with a `share` of their labels, rounded to a whole number, replaced by another of
/// `classes` classes. Which ones, and by which class, is uniformly random.
///
/// # Errors
/// If `share` is outside [0, 1], or a label is not below `classes`, or there is no other class.
pub fn with_label_noise(
    examples: &Examples,
    share: f64,
    classes: usize,
    seed: u64,
) -> Result<Examples, LabError> {
    if !(0.0..=1.0).contains(&share) {
        return Err(LabError::setting("share", share, "[0, 1]"));
    }
    let fewest = examples.labels.iter().max().map_or(2, |label| (label + 1).max(2));
    if classes < fewest {
        return Err(LabError::setting("classes", classes, format!("{fewest}..")));
    }
    let mut stream = Stream::new(seed, Purpose::Noise);
    let mut noisy = examples.clone();
    let wrong = (share * examples.len() as f64).round() as usize;
    for index in stream.permutation(examples.len()).into_iter().take(wrong) {
        let label = &mut noisy.labels[index];
        *label = (*label + 1 + stream.below(classes - 1)) % classes;
    }
    Ok(noisy)
}

#[cfg(test)]
mod tests {
    use super::with_label_noise;
    use crate::data::{DIGIT_CLASSES, Digits};

    #[test]
    fn exactly_the_share_is_wrong_and_all_wrong_classes_occur() {
        let clean = Digits::load().test;
        let noisy = with_label_noise(&clean, 0.2, DIGIT_CLASSES, 3).unwrap();
        assert_eq!(noisy.inputs, clean.inputs);
        let offsets: Vec<usize> = clean
            .labels
            .iter()
            .zip(&noisy.labels)
            .map(|(from, to)| (to + DIGIT_CLASSES - from) % DIGIT_CLASSES)
            .filter(|offset| *offset != 0)
            .collect();
        assert_eq!(offsets.len(), 100);
        assert!((1..DIGIT_CLASSES).all(|offset| offsets.contains(&offset)));
        assert_eq!(noisy, with_label_noise(&clean, 0.2, DIGIT_CLASSES, 3).unwrap());
        assert_ne!(noisy, with_label_noise(&clean, 0.2, DIGIT_CLASSES, 4).unwrap());
    }

    #[test]
    fn impossible_settings_are_refused() {
        let clean = Digits::load().test;
        assert!(with_label_noise(&clean, f64::NAN, DIGIT_CLASSES, 0).is_err());
        let refusal = with_label_noise(&clean, 0.1, 9, 0).unwrap_err().to_string();
        assert_eq!(refusal, "classes = 9 is outside 10..; choose a value inside it");
    }
}
