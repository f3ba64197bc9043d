//! Claims' numbers within prose: `{{claim ID QUANTITY}}`.

use anyhow::{Result, anyhow, bail};
use std::collections::BTreeMap;

/// Measured quantities by claim id and quantity name, as a notebook stores them.
pub type Measured = BTreeMap<String, BTreeMap<String, f64>>;

const OPEN: &str = "{{claim ";

/// The claims that a text refers to, each once.
pub fn references(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = text
        .split(OPEN)
        .skip(1)
        .filter_map(|rest| rest.split(['}', ' ']).next())
        .map(str::to_owned)
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Measures claims, to the digits that their tolerances warrant.
///
/// # Errors
/// If there is no such claim, or one of its quantities does not hold: a book with a false claim
/// is not printed.
pub fn measure(ids: &[String]) -> Result<Measured> {
    let quote = |id: &String| -> Result<_> {
        let claim = lab::claims::find(id).ok_or_else(|| unknown(id))?;
        let quantities =
            claim.check(lab::claims::Run::FULL).map_err(|failure| anyhow!("{failure}"))?;
        let named = quantities.iter().map(|q| (q.name.to_owned(), q.quotable())).collect();
        Ok((id.clone(), named))
    };
    lab::parallel::map(ids, quote).into_iter().collect()
}

/// `text` with every reference replaced by its number.
///
/// # Errors
/// If a reference is malformed, or its number is not among the measured ones.
pub fn fill_in(text: &str, measured: &Measured) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (reference, after) = after
            .split_once("}}")
            .ok_or_else(|| anyhow!("a `{{{{claim` is not closed by `}}}}`"))?;
        filled += before;
        let number = number(reference, measured)?;
        // At the start of a line, a whole number with a point would begin a numbered list.
        let lists = number.bytes().all(|byte| byte.is_ascii_digit())
            && (filled.is_empty() || filled.ends_with('\n'))
            && after.starts_with(['.', ')']);
        filled += &number;
        if lists {
            filled.push('\\');
        }
        rest = after;
    }
    Ok(filled + rest)
}

fn number(reference: &str, measured: &Measured) -> Result<String> {
    let words: Vec<&str> = reference.split_whitespace().collect();
    let [id, quantity] = words[..] else {
        bail!("`{{{{claim {reference}}}}}`: write {{{{claim ID QUANTITY}}}}");
    };
    lab::claims::find(id).ok_or_else(|| unknown(id))?;
    let quantities =
        measured.get(id).ok_or_else(|| anyhow!("claim `{id}` was not measured yet"))?;
    let value = quantities.get(quantity).ok_or_else(|| {
        let names: Vec<&str> = quantities.keys().map(String::as_str).collect();
        anyhow!("claim `{id}` has no quantity `{quantity}`; it has {}", names.join(", "))
    })?;
    Ok(figures::short(*value))
}

fn unknown(id: &str) -> anyhow::Error {
    let known: Vec<&str> = lab::claims::ledger().map(|claim| claim.id).collect();
    anyhow!("there is no claim `{id}`; known are {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Measured, fill_in, references};

    #[test]
    fn numbers_come_from_the_measurement() {
        let measured =
            Measured::from([("first-step".into(), [("gradient-1".into(), 0.99999999)].into())]);
        let text = "It is {{claim first-step gradient-1}} η.";
        assert_eq!(references(text), ["first-step"]);
        assert_eq!(fill_in(text, &measured).unwrap(), "It is 1 η.");
        let text = "It is\n{{claim first-step gradient-1}}. So";
        assert_eq!(fill_in(text, &measured).unwrap(), "It is\n1\\. So");
        let error = |text| fill_in(text, &measured).unwrap_err().to_string();
        assert!(error("{{claim first-step speed}}").contains("has no quantity `speed`"));
        assert!(error("{{claim nonsense x}}").contains("there is no claim `nonsense`"));
        assert!(error("{{claim first-step}}").contains("write {{claim ID QUANTITY}}"));
        assert!(error("{{claim first-step").contains("not closed"));
    }
}
