//! Handwritten digits, 8 × 8 pixels: 1797 images from the UCI repository (CC BY 4.0).
//!
//! `crates/lab/data/README.md` states the source and the notation of the file.

use super::Examples;
use crate::random::{Purpose, Stream};
use ndarray::{Array2, Axis};

/// How many pixels an image has.
pub const DIGIT_PIXELS: usize = 64;
/// How many classes there are: the digits 0 to 9.
pub const DIGIT_CLASSES: usize = 10;

const TRAINING_EXAMPLES: usize = 1297;
const DARKEST: f64 = 16.0;

/// The digits, split into 1297 training and 500 test images in a fixed random order.
///
/// Ink levels are scaled to [0, 1], then the mean training image is subtracted from all.
#[derive(Clone, Debug, PartialEq)]
pub struct Digits {
    /// What models are fitted to.
    pub training: Examples,
    /// What they are judged by.
    pub test: Examples,
}

impl Digits {
    /// Loads the data set. The split is the same every time.
    pub fn load() -> Self {
        let all = parse(include_str!("../../data/digits.txt"));
        let order = Stream::new(0, Purpose::Split).permutation(all.len());
        let (training, test) = order.split_at(TRAINING_EXAMPLES);
        let (mut training, mut test) = (all.select(training), all.select(test));
        let mean = training.inputs.sum_axis(Axis(0)) / training.len() as f64;
        training.inputs -= &mean;
        test.inputs -= &mean;
        Self { training, test }
    }
}

/// Reads one image a line. The file is part of this crate and a test reads all of it, so a
/// character that means nothing cannot occur.
fn parse(text: &str) -> Examples {
    let mut pixels = Vec::new();
    let mut labels = Vec::new();
    for line in text.lines() {
        let (image, label) = line.split_at(DIGIT_PIXELS);
        pixels.extend(
            image.chars().map(|level| f64::from(level.to_digit(17).unwrap_or(0)) / DARKEST),
        );
        labels.push(label.trim().parse().unwrap_or(0));
    }
    let inputs = Array2::from_shape_vec((labels.len(), DIGIT_PIXELS), pixels)
        .expect("every line holds 64 pixels");
    Examples { inputs, labels }
}

#[cfg(test)]
mod tests {
    use super::{DIGIT_CLASSES, DIGIT_PIXELS, Digits};
    use approx::assert_abs_diff_eq;

    #[test]
    fn every_line_of_the_file_is_an_image_and_a_digit() {
        for line in include_str!("../../data/digits.txt").lines() {
            let (image, label) = line.split_once(' ').unwrap();
            assert_eq!(image.len(), DIGIT_PIXELS);
            assert!(image.chars().all(|level| level.is_digit(17)));
            assert!(label.parse::<usize>().unwrap() < DIGIT_CLASSES);
        }
    }

    #[test]
    fn the_split_holds_all_images_and_centers_the_training_set() {
        let digits = Digits::load();
        assert_eq!((digits.training.len(), digits.test.len()), (1297, 500));
        for column in digits.training.inputs.columns() {
            assert_abs_diff_eq!(column.sum(), 0.0, epsilon = 1e-10);
        }
        for class in 0..DIGIT_CLASSES {
            assert!(digits.test.labels.iter().filter(|&&label| label == class).count() > 30);
        }
    }
}
