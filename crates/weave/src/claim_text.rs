//! Claims' numbers within prose: `{{claim ID QUANTITY}}`, or `{{claim ID QUANTITY FORM}}`.

use crate::ledger::Ledger;
use anyhow::{Result, anyhow, bail};
use figures::short;

const OPEN: &str = "{{claim ";

/// A claim's number, as prose quotes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote<'a> {
    /// The claim.
    pub id: &'a str,
    /// The number, in the form that is asked for.
    pub number: String,
}

/// The claims that a text refers to, in the order of the text.
pub fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split(OPEN).skip(1).filter_map(|rest| rest.split(['}', ' ']).next())
}

/// `text` with every reference replaced by what `show` makes of its number.
///
/// # Errors
/// If a reference is malformed, or there is no such number in the ledger.
pub fn fill_in(
    text: &str,
    ledger: &Ledger,
    mut show: impl FnMut(&Quote) -> String,
) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (reference, after) = after
            .split_once("}}")
            .ok_or_else(|| anyhow!("a `{{{{claim` is not closed by `}}}}`"))?;
        filled += before;
        let shown = show(&quote(reference, ledger)?);
        // At the start of a line, a whole number with a point would begin a numbered list.
        let lists = shown.bytes().all(|byte| byte.is_ascii_digit())
            && (filled.is_empty() || filled.ends_with('\n'))
            && after.starts_with(['.', ')']);
        filled += &shown;
        if lists {
            filled.push('\\');
        }
        rest = after;
    }
    Ok(filled + rest)
}

/// A form that a number can be quoted in: its name, and what it makes of the number.
type Form = (&'static str, fn(f64) -> String);

const FORMS: [Form; 4] = [
    ("percent", |value| format!("{} %", short(100.0 * value))),
    ("size", |value| short(value.abs())),
    ("ten-to-the", |value| two_digits(libm::pow(10.0, value))),
    ("two-to-the", |value| two_digits(libm::exp2(value))),
];

fn two_digits(value: f64) -> String {
    let rounded = format!("{value:.1e}");
    short(rounded.parse().unwrap_or(value))
}

fn quote<'a>(reference: &'a str, ledger: &Ledger) -> Result<Quote<'a>> {
    let words: Vec<&str> = reference.split_whitespace().collect();
    let (id, quantity, form) = match words[..] {
        [id, quantity] => (id, quantity, None),
        [id, quantity, form] => (id, quantity, Some(form)),
        _ => bail!("`{{{{claim {reference}}}}}`: write {{{{claim ID QUANTITY}}}}"),
    };
    let value = ledger.entry(id, quantity)?.quotable;
    let Some(form) = form else {
        return Ok(Quote { id, number: short(value) });
    };
    let Some((_, shape)) = FORMS.iter().find(|(name, _)| *name == form) else {
        let known = FORMS.map(|(name, _)| name);
        bail!("`{{{{claim {reference}}}}}`: `{form}` is no form; known are {}", known.join(", "));
    };
    Ok(Quote { id, number: shape(value) })
}

#[cfg(test)]
mod tests {
    use super::{fill_in, references};
    use crate::ledger::Ledger;

    #[test]
    fn numbers_come_from_the_ledger() {
        let ledger = Ledger::with("first-step", "gradient-1", 0.99999999);
        let fill = |text| fill_in(text, &ledger, |quote| quote.number.clone());
        let text = "It is {{claim first-step gradient-1}} η.";
        assert_eq!(references(text).collect::<Vec<_>>(), ["first-step"]);
        assert_eq!(fill(text).unwrap(), "It is 1 η.");
        let text = "It is\n{{claim first-step gradient-1}}. So";
        assert_eq!(fill(text).unwrap(), "It is\n1\\. So");
        let error = |text| fill(text).unwrap_err().to_string();
        assert!(error("{{claim first-step speed}}").contains("has no quantity `speed`"));
        assert!(error("{{claim nonsense x}}").contains("there is no claim `nonsense`"));
        assert!(error("{{claim momentum-lag x}}").contains("was not measured yet"));
        assert!(error("{{claim first-step}}").contains("write {{claim ID QUANTITY}}"));
        assert!(error("{{claim first-step gradient-1 loud}}").contains("`loud` is no form"));
        assert!(error("{{claim first-step").contains("not closed"));
    }

    #[test]
    fn a_number_can_be_quoted_in_another_form() {
        let ledger = Ledger::with("first-step", "gradient-1", -1.5);
        let fill = |form| {
            let text = format!("{{{{claim first-step gradient-1 {form}}}}}");
            fill_in(&text, &ledger, |quote| quote.number.clone()).unwrap()
        };
        assert_eq!(fill("percent"), "−150 %");
        assert_eq!(fill("size"), "1.5");
        assert_eq!(fill("ten-to-the"), "0.032");
        assert_eq!(fill("two-to-the"), "0.35");
    }
}
