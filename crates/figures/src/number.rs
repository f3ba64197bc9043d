//! Numbers as a reader wants to see them.

/// A number in at most about four significant digits: `0.0125`, `1297`, `3.2×10⁻⁷`.
///
/// ```
/// assert_eq!(figures::short(0.30000000000000004), "0.3");
/// assert_eq!(figures::short(1234567.0), "1.235×10⁶");
/// assert_eq!(figures::short(-0.00002), "−2×10⁻⁵");
/// ```
pub fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return match (value.is_nan(), value > 0.0) {
            (true, _) => "not a number",
            (_, true) => "∞",
            (_, false) => "−∞",
        }
        .to_owned();
    }
    // Rounding to four digits first keeps 9999.96 from becoming a number of five.
    let rounded = format!("{:.3e}", value.abs());
    let (digits, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if value < 0.0 { "−" } else { "" };
    let trim = |number: &str| match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => number.to_owned(),
    };
    if (-3..6).contains(&exponent) {
        let decimals = (3 - exponent).max(0) as usize;
        return format!("{sign}{}", trim(&format!("{:.decimals$}", value.abs())));
    }
    let mantissa = trim(digits);
    let power = superscript(exponent);
    if mantissa == "1" {
        format!("{sign}10{power}")
    } else {
        format!("{sign}{mantissa}×10{power}")
    }
}

/// A number rounded to two significant digits; whole numbers below a million stay as they are.
pub(crate) fn two_digits(value: f64) -> String {
    if value == libm::round(value) && value.abs() < 1e6 {
        return short(value);
    }
    short(rounded(value, 2))
}

/// Labels for numbers that stand beside each other: rounded to two significant digits where that
/// moves one by less than a tenth of the way to the next, to more digits elsewhere.
pub(crate) fn side_by_side(values: &[f64]) -> Vec<String> {
    let gap = |value: f64| {
        let others = values.iter().filter(|&&other| other != value);
        others.map(|other| (other - value).abs()).fold(f64::INFINITY, f64::min)
    };
    let fits = |value: f64, digits| (rounded(value, digits) - value).abs() < 0.1 * gap(value);
    values
        .iter()
        .map(|&value| match (2..4).find(|&digits| fits(value, digits)) {
            Some(2) => two_digits(value),
            Some(digits) => short(rounded(value, digits)),
            None => short(value),
        })
        .collect()
}

fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

fn superscript(exponent: i32) -> String {
    let raised = |digit: char| match digit {
        '-' => '⁻',
        digit => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']
            [digit.to_digit(10).unwrap_or(0) as usize],
    };
    exponent.to_string().chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn labels_beside_each_other_differ() {
        assert_eq!(side_by_side(&[0.9, 0.99, 0.999, 0.9999]), ["0.9", "0.99", "0.999", "0.9999"]);
        assert_eq!(side_by_side(&[0.01, 0.031_623, 0.1]), ["0.01", "0.032", "0.1"]);
        assert_eq!(side_by_side(&[128.0, 256.0]), ["128", "256"]);
    }
}
