"""Writes digits.txt from the copy of the UCI digits that scikit-learn ships.

    pip install scikit-learn && python make_digits.py

One line an image: 64 pixels in row-major order, each an ink level from 0 to 16 written as one
character of `0123456789abcdefg`, then a space and the digit it shows.
"""

from pathlib import Path

from sklearn.datasets import load_digits

LEVELS = "0123456789abcdefg"

pixels, labels = load_digits(return_X_y=True)
lines = (
    "".join(LEVELS[int(level)] for level in image) + f" {label}\n"
    for image, label in zip(pixels, labels)
)
Path(__file__).with_name("digits.txt").write_text("".join(lines))
