//! A linear or logarithmic axis with round tick marks.

use crate::number::short;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// An axis leads no further than this: what lies beyond has diverged, and its curve ends at the border.
const FARTHEST: f64 = 1e100;

/// The range an axis shows, and how it is divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
    /// Whether ticks stand between whole numbers instead of at round ones.
    between: bool,
}

impl Axis {
    /// An axis that shows exactly this range.
    pub(crate) fn spanning(low: f64, high: f64, logarithmic: bool) -> Self {
        Self { low, high, logarithmic, between: false }
    }

    /// An axis that shows all values that have not diverged (on a logarithmic one, all positive ones) with
    /// a little room around them.
    pub(crate) fn around(values: impl Iterator<Item = f64>, logarithmic: bool) -> Self {
        let shown =
            values.filter(|x| x.abs() <= FARTHEST && (*x >= 1.0 / FARTHEST || !logarithmic));
        let (low, high) = shown
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > high {
            return Self {
                low: if logarithmic { 0.1 } else { 0.0 },
                high: 1.0,
                logarithmic,
                between: false,
            };
        }
        if logarithmic {
            let margin = libm::pow(high / low, 0.04).max(1.05);
            return Self { low: low / margin, high: high * margin, logarithmic, between: false };
        }
        let margin = 0.04 * (high - low).max(1e-9 * high.abs().max(1e-9));
        // A quantity that is never negative keeps its zero as the border.
        let low = if low >= 0.0 && low < 3.0 * margin { 0.0 } else { low - margin };
        Self { low, high: high + margin, logarithmic, between: false }
    }

    /// This axis with ticks half-way between whole numbers, where a table's labels stand.
    pub(crate) fn between(self) -> Self {
        Self { between: true, ..self }
    }

    /// Where a value stands between the ends: 0 at the low end, 1 at the high one.
    pub(crate) fn position(&self, value: f64) -> f64 {
        if self.logarithmic {
            let value = value.max(f64::MIN_POSITIVE);
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The value that stands at this position.
    pub(crate) fn at(&self, position: f64) -> f64 {
        if self.logarithmic {
            self.low * libm::pow(self.high / self.low, position)
        } else {
            self.low + position * (self.high - self.low)
        }
    }

    /// Whether a value has a position on this axis at all.
    pub(crate) fn shows(&self, value: f64) -> bool {
        value.is_finite() && (value > 0.0 || !self.logarithmic)
    }

    /// Whether a value lies between the ends.
    pub(crate) fn covers(&self, value: f64) -> bool {
        (0.0..=1.0).contains(&self.position(value))
    }

    /// The low and the high end.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// The ends and the kind of the axis, for the page's script.
    pub(crate) fn attribute(&self) -> String {
        format!("{} {}{}", self.low, self.high, if self.logarithmic { " log" } else { "" })
    }

    fn ticks(&self, most: usize) -> Vec<f64> {
        if self.between {
            return (0..most).map(|cell| self.low + cell as f64 + 0.5).collect();
        }
        if self.logarithmic { self.decades(most) } else { self.round_multiples(most) }
    }

    /// Powers of ten, and where they are few their doubles and fivefolds too.
    fn decades(&self, most: usize) -> Vec<f64> {
        let first = libm::floor(libm::log10(self.low)) as i32;
        let last = libm::ceil(libm::log10(self.high)) as i32;
        let within = |factors: &[f64], stride: usize| -> Vec<f64> {
            (first..=last)
                .filter(|exponent| exponent.rem_euclid(stride as i32) == 0)
                .flat_map(|exponent| {
                    factors.iter().map(move |f| f * libm::pow(10.0, f64::from(exponent)))
                })
                .filter(|tick| (self.low * 0.999_999..=self.high * 1.000_001).contains(tick))
                .collect()
        };
        let fine = within(&[1.0, 2.0, 5.0], 1);
        if fine.len() <= most {
            return fine;
        }
        (1..)
            .map(|stride| within(&[1.0], stride))
            .find(|ticks| ticks.len() <= most)
            .unwrap_or_default()
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    fn round_multiples(&self, most: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / most.max(1) as f64;
        let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * power)
            .find(|step| *step >= rough)
            .unwrap_or(10.0 * power);
        let first = libm::ceil(self.low / step - 1e-9) as i64;
        let last = libm::floor(self.high / step + 1e-9) as i64;
        (first..=last).map(|multiple| multiple as f64 * step).collect()
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        // Far outside, any pixel will do: the frame cuts it off. Within i32 it must stay.
        let position = self.position(*value).clamp(-20.0, 21.0);
        limit.0 + libm::round(position * f64::from(limit.1 - limit.0)) as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.ticks(hint.bold_points())
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        short(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn what_has_diverged_leaves_an_axis_that_can_be_drawn() {
        for logarithmic in [false, true] {
            let values = [0.1, 1e80, 1e308, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NAN];
            let axis = Axis::around(values.into_iter(), logarithmic);
            let (low, high) = axis.ends();
            assert!(low.is_finite() && high.is_finite() && high < 1e101, "{low} {high}");
            assert!(axis.ticks(6).len() <= 12);
        }
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(
            Axis::spanning(0.0, 1.0, false).ticks(5),
            [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]
        );
        assert_eq!(Axis::spanning(-3.0, 4.0, false).ticks(4), [-2.0, 0.0, 2.0, 4.0]);
        assert_eq!(Axis::spanning(0.5, 3000.0, true).ticks(6), [1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(Axis::spanning(1.0, 6.0, true).ticks(6), [1.0, 2.0, 5.0]);
    }

    #[test]
    fn an_axis_makes_room_for_its_values_and_survives_none() {
        let axis = Axis::around([2.0, 4.0, f64::NAN].into_iter(), false);
        assert!(axis.ends().0 < 2.0 && axis.ends().1 > 4.0);
        assert_eq!(Axis::around(std::iter::empty(), true).ends(), (0.1, 1.0));
    }
}
