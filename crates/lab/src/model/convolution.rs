//! Convolutions with 3 × 3 windows, as one matrix product.
//!
//! Images are stored as matrices, with one row for each pixel of each image and one column for each
//! channel. The window around each pixel, with zeros beyond the edges, becomes a row of 9 · channels
//! entries; a convolution is the product of these rows with a matrix.

use ndarray::Array2;

/// The height and the width of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub height: usize,
    pub width: usize,
}

impl Extent {
    /// Calls `visit` with each pixel's row, the place of each of its window's entries from 0 to 8,
    /// and the row of the pixel there, for all that are inside the image.
    fn windows(self, images: usize, mut visit: impl FnMut(usize, usize, usize)) {
        let Self { height, width } = self;
        for image in 0..images {
            for y in 0..height {
                for x in 0..width {
                    let pixel = (image * height + y) * width + x;
                    for place in 0..9 {
                        let (dy, dx) = (place / 3, place % 3);
                        // Coordinates are shifted by one, so that the left edge is at 1.
                        let (there_y, there_x) = (y + dy, x + dx);
                        if (1..=height).contains(&there_y) && (1..=width).contains(&there_x) {
                            let there = (image * height + there_y - 1) * width + there_x - 1;
                            visit(pixel, place, there);
                        }
                    }
                }
            }
        }
    }

    fn pixels(self) -> usize {
        self.height * self.width
    }

    /// The windows of all pixels: one row each, 9 · channels columns.
    pub(super) fn gather(self, images: &Array2<f64>) -> Array2<f64> {
        let channels = images.ncols();
        let mut windows = Array2::zeros((images.nrows(), 9 * channels));
        let columns = 9 * channels;
        let (from, to) = (images.as_slice(), windows.as_slice_mut());
        let (from, to) = (from.expect("images are contiguous"), to.expect("so are new matrices"));
        self.windows(images.nrows() / self.pixels(), |pixel, place, there| {
            let start = pixel * columns + place * channels;
            to[start..start + channels]
                .copy_from_slice(&from[there * channels..(there + 1) * channels]);
        });
        windows
    }

    /// Adds every window's entries to the pixels they were gathered from.
    pub(super) fn scatter(self, windows: &Array2<f64>) -> Array2<f64> {
        let columns = windows.ncols();
        let channels = columns / 9;
        let mut images = Array2::zeros((windows.nrows(), channels));
        let (from, to) = (windows.as_slice(), images.as_slice_mut());
        let (from, to) = (from.expect("products are contiguous"), to.expect("so are new matrices"));
        self.windows(windows.nrows() / self.pixels(), |pixel, place, there| {
            let start = pixel * columns + place * channels;
            for (sum, x) in to[there * channels..][..channels].iter_mut().zip(&from[start..]) {
                *sum += x;
            }
        });
        images
    }

    /// The mean over each image's pixels: one row an image.
    pub(super) fn mean(self, images: &Array2<f64>) -> Array2<f64> {
        let pixels = self.pixels();
        let mut means = Array2::zeros((images.nrows() / pixels, images.ncols()));
        for (row, pixel) in images.rows().into_iter().enumerate() {
            let mut mean = means.row_mut(row / pixels);
            mean += &pixel;
        }
        means / pixels as f64
    }

    /// The gradient with respect to the pixels, given that with respect to their mean.
    pub(super) fn mean_backward(self, error: &Array2<f64>) -> Array2<f64> {
        let pixels = self.pixels();
        Array2::from_shape_fn((error.nrows() * pixels, error.ncols()), |(row, channel)| {
            error[[row / pixels, channel]] / pixels as f64
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Extent;
    use ndarray::Array2;

    #[test]
    fn windows_hold_each_pixels_neighbors_and_zeros_beyond_the_edge() {
        let extent = Extent { height: 2, width: 3 };
        let images = Array2::from_shape_fn((12, 1), |(row, _)| row as f64 + 1.0);
        let windows = extent.gather(&images);
        assert_eq!(windows.row(0).to_vec(), [0., 0., 0., 0., 1., 2., 0., 4., 5.]);
        assert_eq!(windows.row(7).to_vec(), [0., 0., 0., 7., 8., 9., 10., 11., 12.]);
        // Each pixel of a 2 × 3 image is in 4 windows at the corners and in 6 in the middle.
        let counts = extent.scatter(&Array2::ones((6, 9)));
        assert_eq!(counts.column(0).to_vec(), [4., 6., 4., 4., 6., 4.]);
        assert_eq!(extent.mean(&images).column(0).to_vec(), [3.5, 9.5]);
    }
}
