//! Every row of the syllabus has its home in the book, and the home is there.

use scraper::{Html, Selector};
use std::collections::BTreeSet;
use std::fs;
use whole::{built_book, layout};

#[test]
fn every_row_of_the_syllabus_leads_to_sections_that_exist() {
    let text = fs::read_to_string(layout().root().join("book/syllabus.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let mut rows = BTreeSet::new();
    let mut dead = Vec::new();
    for row in table["row"].as_array().unwrap() {
        let number = row["number"].as_integer().unwrap();
        assert!(rows.insert(number), "row {number} is listed twice");
        assert!(!row["subject"].as_str().unwrap().is_empty());
        let homes = row["home"].as_array().unwrap();
        assert!(!homes.is_empty(), "row {number} has no home");
        for home in homes.iter().map(|home| home.as_str().unwrap()) {
            let (page, anchor) = home.split_once('#').expect("a home is a section of a page");
            let alive = fs::read_to_string(built_book().join(page)).is_ok_and(|page| {
                let selector = Selector::parse("[id]").unwrap();
                Html::parse_document(&page)
                    .select(&selector)
                    .any(|element| element.value().attr("id") == Some(anchor))
            });
            if !alive {
                dead.push(format!("row {number}: {home}"));
            }
        }
    }
    assert!(dead.is_empty(), "no such sections:\n{}", dead.join("\n"));
    let expected: BTreeSet<i64> = (1..=42).collect();
    assert_eq!(rows, expected);
}
