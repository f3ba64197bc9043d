//! What a function does in a problem's cases, and where two functions differ.

use std::fmt;

/// What was recorded: each number with what it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Behavior(pub(super) Vec<(String, f64)>);

impl Behavior {
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.strip_suffix("done\n")?;
        let case = |line: &str| {
            let (bits, what) = line.split_once('\t')?;
            Some((what.to_owned(), f64::from_bits(u64::from_str_radix(bits, 16).ok()?)))
        };
        text.lines().map(case).collect::<Option<Vec<_>>>().map(Self)
    }

    pub(super) fn text(&self) -> String {
        let line = |(what, value): &(String, f64)| format!("{:016x}\t{what}\n", value.to_bits());
        self.0.iter().map(line).collect::<String>() + "done\n"
    }
}

/// The first case in which two behaviors differ.
pub(super) struct Difference {
    what: String,
    ours: f64,
    theirs: f64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, ours, theirs } = self;
        write!(
            f,
            "The first case that differs is {what}: yours gives {ours}, but it should be {theirs}."
        )
    }
}

pub(super) fn difference(ours: &Behavior, theirs: &Behavior, tolerance: f64) -> Option<Difference> {
    let pairs = ours.0.iter().zip(&theirs.0);
    let differs = |ours: f64, theirs: f64| {
        let scale = ours.abs().max(theirs.abs()).max(1.0);
        // Infinities agree with themselves and with nothing else, and so does what is not a number.
        let same = ours == theirs || (ours.is_nan() && theirs.is_nan());
        let close = scale.is_finite() && (ours - theirs).abs() <= tolerance * scale;
        !(same || close)
    };
    let first = pairs.clone().find(|((_, ours), (_, theirs))| differs(*ours, *theirs));
    let first = first.map(|((_, ours), (what, theirs))| (what.clone(), *ours, *theirs));
    let cut = || {
        let (ours, theirs) = (ours.0.len() as f64, theirs.0.len() as f64);
        (ours != theirs).then(|| ("the number of cases".to_owned(), ours, theirs))
    };
    let (what, ours, theirs) = first.or_else(cut)?;
    Some(Difference { what, ours, theirs })
}

#[cfg(test)]
mod tests {
    use super::{Behavior, difference};

    #[test]
    fn only_an_infinity_is_as_good_as_an_infinity() {
        let of = |value: f64| Behavior(vec![("a case".to_owned(), value)]);
        let differ = |ours: f64, theirs: f64| difference(&of(ours), &of(theirs), 1e-9).is_some();
        assert!(!differ(1.0 + 1e-12, 1.0) && differ(1.0 + 1e-6, 1.0));
        assert!(!differ(f64::INFINITY, f64::INFINITY) && !differ(f64::NAN, f64::NAN));
        for other in [1.0, f64::NEG_INFINITY, f64::NAN] {
            assert!(differ(f64::INFINITY, other) && differ(other, f64::INFINITY), "{other}");
        }
    }
}
