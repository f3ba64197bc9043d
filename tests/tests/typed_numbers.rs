//! Numbers about results are printed from claims or outputs, never typed: what is typed in prose all
//! the same stands in `book/typed-numbers.toml`, with the reason.
//!
//! Looked at are numbers with a decimal point, percentages and whole numbers from 100 on, in the prose
//! of all pages, and what a formula says something is about equal to. Not looked at are code, other
//! formulas, sections on exercises and sources, years, and the numbers of sections and theorems.

use mdbook_driver::MDBook;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use whole::layout;

/// Page, number, and the words around it.
type Found = BTreeMap<(String, String), String>;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// The numbers that are typed in the prose of the book.
fn typed() -> Found {
    let layout = layout();
    let book = MDBook::load(layout.root()).unwrap().book;
    let mut found = Found::new();
    for page in layout.pages_of(&book).unwrap() {
        for (number, around) in numbers(&page.prose().collect::<Vec<_>>().join("\n")) {
            found.entry((page.name.clone(), number)).or_insert(around);
        }
    }
    found
}

/// The numbers of a text that might be about results, each with the words around it.
fn numbers(text: &str) -> Vec<(String, String)> {
    let mut text = regex(r"(?s)```.*?```").replace_all(text, " ").into_owned();
    text = without_sections(&text, &["Exercises", "Sources"]);
    for code_claims_links in [r"(?s)\{\{.*?\}\}", r"`[^`]*`", r"\]\([^)]*\)"] {
        text = regex(code_claims_links).replace_all(&text, " ").into_owned();
    }
    let about = regex(r"\\approx\s*(-?\d+(?:\.\d+)?)");
    let formula = regex(r"(?s)\$\$.*?\$\$|\$[^$]*\$");
    let mut found: Vec<(String, String)> = formula
        .find_iter(&text)
        .flat_map(|formula| about.captures_iter(formula.as_str()).collect::<Vec<_>>())
        .map(|captures| (captures[1].to_owned(), captures[0].to_owned()))
        .collect();
    let text = formula.replace_all(&text, " F ").into_owned();
    let places = "section|sections|theorem|theorems|table|figure|algorithm|lemma|appendix|Lecture";
    let cited =
        regex(&format!(r"(?:{places})\s+[A-Z]?\d+(?:\.\d+)*(?:,? (?:and|to) \d+(?:\.\d+)*)*"));
    let text = cited.replace_all(&text, " ").into_owned();
    let number = regex(r"(?:^|[^\w.])(\d+(?: \d{3})*(?:\.\d+)?(?: ?%)?)");
    for captures in number.captures_iter(&text) {
        let number = captures.get(1).unwrap();
        let plain = number.as_str().replace([' ', '%'], "");
        let year = regex(r"^(18|19|20)\d\d$").is_match(number.as_str());
        let large = plain.parse::<f64>().unwrap() >= 100.0;
        if (plain.contains('.') || number.as_str().contains('%') || large) && !year {
            let from = (0..=number.start().saturating_sub(30)).rev();
            let from = from.into_iter().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            let to = (number.end() + 30).min(text.len());
            let to = (to..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap();
            found.push((number.as_str().to_owned(), text[from..to].replace('\n', " ")));
        }
    }
    found
}

/// The text without the sections of these headings.
fn without_sections(text: &str, headings: &[&str]) -> String {
    let mut inside = false;
    let kept = text.lines().filter(|line| {
        if let Some(heading) = line.strip_prefix("## ") {
            inside = headings.contains(&heading);
        }
        !inside
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// What may be typed: page and number.
fn allowed() -> BTreeSet<(String, String)> {
    let path = layout().root().join("book/typed-numbers.toml");
    let table: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let mut allowed = BTreeSet::new();
    for (page, reasons) in table {
        for (reason, numbers) in reasons.as_table().unwrap() {
            assert!(reason.len() > 10, "{page}: `{reason}` is no reason");
            for number in numbers.as_array().unwrap() {
                let entry = (page.clone(), number.as_str().unwrap().to_owned());
                assert!(allowed.insert(entry.clone()), "{entry:?} is listed twice");
            }
        }
    }
    allowed
}

#[test]
fn numbers_typed_in_prose_are_on_the_list_with_a_reason() {
    let (typed, allowed) = (typed(), allowed());
    let unlisted: Vec<String> = typed
        .iter()
        .filter(|(entry, _)| !allowed.contains(*entry))
        .map(|((page, number), around)| format!("{page}: {number} in “{around}”"))
        .collect();
    assert!(
        unlisted.is_empty(),
        "typed numbers; print results from a claim or an output, or list the number with its \
         reason in book/typed-numbers.toml:\n{}",
        unlisted.join("\n")
    );
    let unused: Vec<_> = allowed.iter().filter(|entry| !typed.contains_key(*entry)).collect();
    assert!(unused.is_empty(), "listed in book/typed-numbers.toml, but not typed: {unused:?}");
}

#[test]
fn results_are_found_and_settings_in_formulas_and_citations_are_not() {
    let found = |text| numbers(text).into_iter().map(|(number, _)| number).collect::<Vec<_>>();
    assert_eq!(found("It is 3.16 times, 12 % or 1 000 steps."), ["3.16", "12 %", "1 000"]);
    assert_eq!(found("See section 3.1 and table 2.1 (2019). Ten of 12."), [""; 0]);
    assert_eq!(found("At $\\beta = 0.9$ it is $\\sqrt{0.1/1.9} \\approx 0.23$."), ["0.23"]);
    assert_eq!(found("{{claim a b}} and `0.5`\n## Sources\n0.7\n## More\n0.8"), ["0.8"]);
}
